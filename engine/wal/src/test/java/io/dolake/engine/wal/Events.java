/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.SqliteRecord;
import io.dolake.schemas.TableSchema;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;

/** Writes each event as one line, for comparison in tests. */
class Events implements ChangeListener {
    private final List<String> lines = new ArrayList<>();
    private final List<Lsn> lsns = new ArrayList<>();
    private long expected;

    List<String> lines() {
        return lines;
    }

    List<Lsn> lsns() {
        return lsns;
    }

    @Override
    public void begin(Lsn lsn, long commitTimeMs) {
        lsns.add(lsn);
        expected = 0;
    }

    @Override
    public void schemaChange(SchemaChange change) {
        check(change.event());
        String renamed = change.previousName() == null ? "" : " from " + change.previousName();
        lines.add(change.kind() + " " + change.type() + " " + change.name() + renamed);
    }

    @Override
    public void rowChange(RowChange change) {
        check(change.event());
        String table = change.schema().name();
        lines.add(
                switch (change.operation()) {
                    case CREATE -> "+" + table + image(change.afterSchema(), change.rowid(), change.after());
                    case UPDATE ->
                        "~" + table + image(change.beforeSchema(), change.rowid(), change.before()) + " ->"
                                + image(change.afterSchema(), change.rowid(), change.after());
                    case DELETE -> "-" + table + image(change.beforeSchema(), change.rowid(), change.before());
                });
    }

    @Override
    public void commit(long events) {
        check(events);
    }

    private void check(long event) {
        if (event != expected) {
            throw new AssertionError("event " + event + " where " + expected + " was expected");
        }
        expected++;
    }

    private static String image(TableSchema schema, long rowid, ByteSlice record) {
        StringJoiner text = new StringJoiner(", ", " (", ")");
        if (!schema.withoutRowid() && schema.rowidAlias() < 0) {
            text.add("#" + rowid);
        }
        for (Object value : SqliteRecord.values(schema, rowid, record)) {
            if (value instanceof byte[] bytes) {
                text.add("x" + HexFormat.of().formatHex(bytes));
            } else {
                text.add(value instanceof String s ? "'" + s + "'" : String.valueOf(value));
            }
        }
        return text.toString();
    }
}
