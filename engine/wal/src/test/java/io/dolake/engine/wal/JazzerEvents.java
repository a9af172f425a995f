/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.SqliteRecord;
import java.util.Arrays;
import java.util.List;

/** Events as hashes, of whole values. */
record JazzerEvents(List<Long> events) implements ChangeListener {
    @Override
    public void begin(Lsn lsn, long commitTimeMs) {
        events.add(lsn.value());
    }

    @Override
    public void schemaChange(SchemaChange change) {
        events.add((long) Arrays.deepHashCode(new Object[] {change.kind().name(), change.name(), change.sql()}));
    }

    @Override
    public void rowChange(RowChange change) {
        Object before = change.beforeSchema() == null
                ? null
                : SqliteRecord.values(change.beforeSchema(), change.rowid(), change.before());
        Object after = change.afterSchema() == null
                ? null
                : SqliteRecord.values(change.afterSchema(), change.rowid(), change.after());
        String table = change.schema().name();
        events.add((long) Arrays.deepHashCode(new Object[] {table, change.rowid(), before, after}));
    }

    @Override
    public void commit(long count) {
        events.add(count);
    }
}
