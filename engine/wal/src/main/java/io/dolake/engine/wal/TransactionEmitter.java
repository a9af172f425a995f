/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.Operation;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import java.util.function.LongSupplier;

/** Passes the events of one transaction to the listener. A transaction without events is left out. */
final class TransactionEmitter {
    private final RowChange change = new RowChange();
    private final LongSupplier commitTimeMs;
    private ChangeListener listener;
    private Lsn lsn;
    private boolean begun;
    private long events;

    TransactionEmitter(LongSupplier commitTimeMs) {
        this.commitTimeMs = commitTimeMs;
    }

    void start(ChangeListener newListener, Lsn newLsn) {
        listener = newListener;
        lsn = newLsn;
        begun = false;
        events = 0;
    }

    /** Index of the next event. */
    long nextEvent() {
        return events;
    }

    void schemaChange(SchemaChange schemaChange) {
        begin();
        events++;
        listener.schemaChange(schemaChange);
    }

    /** The slice for the record before; valid until the next event. */
    ByteSlice before() {
        return change.before();
    }

    /** The slice for the record after; valid until the next event. */
    ByteSlice after() {
        return change.after();
    }

    /** Emits the record that {@link #after} points at. */
    void create(Table table, long rowid) {
        begin();
        listener.rowChange(change.set(events++, Operation.CREATE, rowid, null, table.schema()));
    }

    /**
     * Emits a record that {@link #after} points at, right after another one that came to the same table. It is counted
     * only by {@link #created}.
     */
    void createNext(long rowid) {
        listener.rowChange(change.next(rowid));
    }

    /** Counts records emitted by {@link #createNext}. */
    void created(int rows) {
        events += rows;
    }

    /** Emits the records that {@link #before} and {@link #after} point at. */
    void update(Table before, Table after, long rowid) {
        begin();
        listener.rowChange(change.set(events++, Operation.UPDATE, rowid, before.schema(), after.schema()));
    }

    /** Emits the record that {@link #before} points at. */
    void delete(Table table, long rowid) {
        begin();
        listener.rowChange(change.set(events++, Operation.DELETE, rowid, table.schema(), null));
    }

    void finish() {
        if (begun) {
            listener.commit(events);
        }
    }

    private void begin() {
        if (!begun) {
            begun = true;
            listener.begin(lsn, commitTimeMs.getAsLong());
        }
    }
}
