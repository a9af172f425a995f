/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.Operation;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.SqliteRecord;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.zip.CRC32;

/** A summary of many rows: their number, and sums of rowids and of checksums of values, per operation. */
final class RowSums implements ChangeListener {
    private static final class Sum {
        private long rows;
        private long rowids;
        private long values;
    }

    private final Map<Operation, Sum> sums = new EnumMap<>(Operation.class);

    /** Adds a row whose second column has this value; that of an update is the new one. */
    void add(Operation operation, long rowid, Object value) {
        Sum sum = sums.computeIfAbsent(operation, key -> new Sum());
        CRC32 crc = new CRC32();
        crc.update(value instanceof byte[] bytes ? bytes : String.valueOf(value).getBytes(StandardCharsets.UTF_8));
        sum.rows++;
        sum.rowids += rowid;
        sum.values += crc.getValue() * (rowid | 1);
    }

    @Override
    public void rowChange(RowChange change) {
        boolean deleted = change.operation() == Operation.DELETE;
        Object[] values =
                SqliteRecord.values(change.schema(), change.rowid(), deleted ? change.before() : change.after());
        add(change.operation(), change.rowid(), values[1]);
    }

    @Override
    public void begin(Lsn lsn, long commitTimeMs) {}

    @Override
    public void schemaChange(SchemaChange change) {}

    @Override
    public void commit(long events) {}

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        sums.forEach((operation, sum) ->
                text.append(operation + " " + sum.rows + " rows " + sum.rowids + " " + sum.values + "; "));
        return text.toString();
    }
}
