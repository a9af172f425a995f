/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.buffer;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.row.RecordPosition;
import io.dolake.sink.row.RowShape;
import java.util.LinkedHashMap;
import java.util.Map;

/** A commit cannot accept some rows of its buffer, and names them; without them it could succeed. */
public final class RowsRejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Map<RecordPosition, DoLakeException> rows;
    private final transient Map<RowShape, DoLakeException> shapes;

    /**
     * @param rows the reason for each row; empty if all rows of the shapes were changed again
     * @param shapes shapes of which no row is accepted, with the reason
     */
    public RowsRejectedException(Map<RecordPosition, DoLakeException> rows, Map<RowShape, DoLakeException> shapes) {
        super((rows.isEmpty() ? shapes : rows).values().iterator().next());
        this.rows = new LinkedHashMap<>(rows);
        this.shapes = Map.copyOf(shapes);
    }

    public Map<RecordPosition, DoLakeException> rows() {
        return rows;
    }

    public Map<RowShape, DoLakeException> shapes() {
        return shapes;
    }

    /** The first of the reasons, with the position of its record. */
    public DoLakeException first() {
        return rows.entrySet().stream()
                .map(row -> located(row.getValue(), row.getKey()))
                .findFirst()
                .orElseGet(() -> shapes.values().iterator().next());
    }

    /** The reason with the position of its record. */
    public static DoLakeException located(DoLakeException reason, RecordPosition position) {
        DoLakeException located =
                new DoLakeException(reason.code(), reason.getMessage() + " (" + position + ")", reason);
        return reason.hint().map(located::withHint).orElse(located);
    }
}
