/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.sql.JsonRow;
import io.dolake.pipeline.sql.TextTable;
import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.Operation;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.SqliteRecord;
import io.dolake.schemas.TableSchema;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Turns changes into lines: JSON objects or readable text. Virtual generated columns are not carried. */
final class EventPrinter implements ChangeListener {
    private final boolean json;
    private final String indent;
    private final Consumer<String> lines;
    private Lsn lsn = Lsn.ZERO;
    private long events;

    EventPrinter(boolean json, String indent, Consumer<String> lines) {
        this.json = json;
        this.indent = indent;
        this.lines = lines;
    }

    /** Events printed so far. */
    long events() {
        return events;
    }

    /** LSN of the last transaction that was begun. */
    Lsn lsn() {
        return lsn;
    }

    @Override
    public void begin(Lsn newLsn, long commitTimeMs) {
        lsn = newLsn;
    }

    @Override
    public void schemaChange(SchemaChange change) {
        events++;
        if (!json) {
            lines.accept(indent + lsn + ":" + change.event() + "  ddl  " + change.sql());
            return;
        }
        Map<String, Object> line = head(change.event(), "ddl", change.name());
        line.put("sql", change.sql());
        lines.accept(JsonRow.of(line));
    }

    @Override
    public void rowChange(RowChange change) {
        events++;
        Map<String, Object> before = change.operation() == Operation.CREATE
                ? null
                : image(change.beforeSchema(), change.rowid(), change.before());
        Map<String, Object> after = change.operation() == Operation.DELETE
                ? null
                : image(change.afterSchema(), change.rowid(), change.after());
        if (json) {
            Map<String, Object> line = head(
                    change.event(), change.operation().code(), change.schema().name());
            line.put("before", before);
            line.put("after", after);
            if (isKnownByRowid(change.schema(), after == null ? before : after)) {
                line.put("rowid", change.rowid());
            }
            lines.accept(JsonRow.of(line));
        } else {
            lines.accept(indent + lsn + ":" + change.event() + "  "
                    + change.operation().code() + "    " + change.schema().name() + "  "
                    + text(change.operation(), before, after));
        }
    }

    /** It has no primary key, or NULL in it. */
    private static boolean isKnownByRowid(TableSchema schema, Map<String, Object> image) {
        return schema.primaryKey().isEmpty()
                || schema.primaryKey().stream()
                        .anyMatch(
                                column -> image.get(schema.columns().get(column).name()) == null);
    }

    private Map<String, Object> head(long event, String operation, String table) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("lsn", new BigInteger(lsn.toString()));
        line.put("event", event);
        line.put("op", operation);
        line.put("table", table);
        return line;
    }

    private static Map<String, Object> image(TableSchema schema, long rowid, ByteSlice record) {
        Object[] values = SqliteRecord.values(schema, rowid, record);
        Map<String, Object> image = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            ColumnSchema column = schema.columns().get(i);
            if (column.isStored()) {
                image.put(column.name(), values[i]);
            }
        }
        return image;
    }

    private static String text(Operation operation, Map<String, Object> before, Map<String, Object> after) {
        return switch (operation) {
            case CREATE -> text(after);
            case DELETE -> text(before);
            case UPDATE -> text(before) + " -> " + text(after);
        };
    }

    private static String text(Map<String, Object> image) {
        StringBuilder text = new StringBuilder("{");
        image.forEach((name, value) -> text.append(text.length() == 1 ? "" : ", ")
                .append(name)
                .append('=')
                .append(value instanceof String string ? "'" + TextTable.cell(string) + "'" : TextTable.cell(value)));
        return text.append('}').toString();
    }

    @Override
    public void commit(long transactionEvents) {
        // a transaction has no line of its own
    }
}
