/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.data.Envelope.Operation;
import io.debezium.relational.TableId;
import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.SqliteRecord;
import io.dolake.schemas.TableSchema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the change log of one database into events, and keeps its offset exact: an event carries the offset that is
 * valid once it has been sent. The last event of a transaction carries that of the whole transaction, so each event
 * waits for the next entry of the log before it is emitted.
 */
final class ChangeReader implements ChangeListener {
    private static final Logger LOGGER = LoggerFactory.getLogger(ChangeReader.class);

    private final String database;
    private final DoSqlDatabaseSchema schema;
    private final DoSqlOffsetContext offset;
    private final Sink sink;
    private final TableGuard guard;

    private Lsn lsn;
    private long commitTimeMs;
    private long skipped;
    private boolean announced;
    private SelectedChange waiting;
    /** The row of {@link #waiting} as it was read, if it may be needed. */
    private RowChange waitingRow;

    private TableId removed;

    /** Receives the events. The offset is already that after the event. */
    interface Sink {
        /** Before the first event of a transaction; the offset is that before it. */
        void begin(Lsn lsn, long commitTimeMs);

        void change(SelectedChange change, Lsn lsn, long commitTimeMs);

        /** After the last event of a transaction with events. */
        void end(long commitTimeMs);

        /** Whether {@link #end} emits an additional event, which then carries the offset of the whole transaction. */
        boolean announcesEnd();

        /** Reads the pending tables again; the last event of this carries the offset of the whole transaction. */
        void resnapshot(Lsn lsn);
    }

    /** Suspends tables, with no report other than the log. */
    ChangeReader(String database, DoSqlDatabaseSchema schema, DoSqlOffsetContext offset, Sink sink) {
        this(database, schema, offset, sink, new TableGuard(FailureMode.SUSPEND, offset, (failure, fault) -> {}));
    }

    ChangeReader(String database, DoSqlDatabaseSchema schema, DoSqlOffsetContext offset, Sink sink, TableGuard guard) {
        this.guard = guard;
        this.database = database;
        this.schema = schema;
        this.offset = offset;
        this.sink = sink;
    }

    /** Whether the log broke off inside a transaction. */
    boolean isInTransaction() {
        return lsn != null;
    }

    /** LSN of the newest transaction that was read; 0 if it is not known. */
    long commitTimeMs() {
        return commitTimeMs;
    }

    /** A new subscription starts, from the LSN of the offset. What was read and not emitted is sent again. */
    void restart() {
        lsn = null;
        waiting = null;
        removed = null;
    }

    @Override
    public void begin(Lsn newLsn, long newCommitTimeMs) {
        if (lsn != null || !newLsn.isAfter(offset.lsn())) {
            throw new DoLakeException(
                    ErrorCode.PROTOCOL_ERROR,
                    "Cannot read changes of database " + database + ": transaction " + newLsn + " begins after "
                            + (lsn != null ? lsn + ", which has not ended" : offset.lsn()));
        }
        lsn = newLsn;
        commitTimeMs = newCommitTimeMs;
        skipped = offset.event();
        announced = false;
    }

    @Override
    public void schemaChange(SchemaChange change) {
        if (!change.type().equals("table")) {
            return;
        }
        flush();
        boolean isNew = change.event() >= skipped;
        TableId id = table(change.name());
        try {
            switch (change.kind()) {
                case CREATE -> {
                    checkNew(id, isNew);
                    applySchema(change.schema());
                    empty(id, change.event(), isNew);
                }
                case ALTER -> alter(change, id, isNew);
                case DROP -> remove(id, change.event(), isNew);
            }
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            flush();
            if (isNew) {
                offset.sentEvents(change.event() + 1);
            }
            guard.failed(id, lsn, change.event(), e);
        }
    }

    private void alter(SchemaChange change, TableId id, boolean isNew) {
        String previous = change.previousName();
        boolean renamed = previous != null && !previous.equals(change.name());
        if (!renamed && offset.faults().isSuspended(id.table())) {
            return;
        }
        boolean reread = renamed || StoredRows.readDifferently(schema.mapping(id), change.schema());
        if (isNew && reread && change.schema() != null && schema.isCaptured(id) && !isCovered(id)) {
            LOGGER.info("Rows of {} will be sent again: it was altered at LSN {}", id, lsn);
            offset.pendingResnapshots().request(id.table());
        }
        if (renamed) {
            if (change.schema() != null && schema.isCaptured(id)) {
                schema.checkRenamed(table(previous), id, change.schema());
            }
            remove(table(previous), change.event(), isNew);
            checkNew(id, isNew);
        }
        applySchema(change.schema());
    }

    private void checkNew(TableId id, boolean isNew) {
        if (isNew && schema.isCaptured(id)) {
            schema.checkNew(id);
        }
    }

    private boolean isCovered(TableId id) {
        return offset.pendingResnapshots().covers(id.table(), lsn);
    }

    private void applySchema(TableSchema table) {
        if (table == null
                || !schema.isCaptured(table(table.name()))
                || offset.faults().isSuspended(table.name())) {
            return;
        }
        schema.apply(database, table);
    }

    /**
     * A table that is created where nothing is known of what was sent before: a truncate event removes the rows of an
     * earlier one of its name.
     */
    private void empty(TableId id, long event, boolean isNew) {
        TableMapping mapping = schema.mapping(id);
        if (isNew
                && offset.isAnew()
                && mapping != null
                && schema.isCaptured(id)
                && !isCovered(id)
                && !offset.faults().isSuspended(id.table())) {
            waiting = new SelectedChange(event, id, mapping.schema().schemaLsn(), Operation.TRUNCATE, null, null);
        }
    }

    /**
     * A table of this name no longer exists: a truncate event removes its rows. The log does not contain the columns of
     * a dropped table; if they are not known, the event has none.
     */
    private void remove(TableId id, long event, boolean isNew) {
        boolean pending = offset.pendingResnapshots().pending().contains(id.table());
        boolean sentLater = !pending && isCovered(id);
        if (pending) {
            offset.pendingResnapshots().forget(id.table());
        }
        boolean wasSuspended = offset.faults().isSuspended(id.table());
        if (isNew && !sentLater) {
            offset.faults().forget(id.table());
        }
        if (!isNew || sentLater || !schema.isCaptured(id) || !isDescribed(id) || wasSuspended && !hasTopic(id)) {
            schema.drop(id);
            return;
        }
        Lsn schemaLsn = schema.mapping(id).schema().schemaLsn();
        waiting = new SelectedChange(event, id, schemaLsn, Operation.TRUNCATE, null, null);
        removed = id;
    }

    /**
     * Whether the table has its own topic; of one that was suspended because another table has the topic, nothing was
     * ever sent.
     */
    private boolean hasTopic(TableId id) {
        try {
            schema.checkNew(id);
            return true;
        } catch (DoLakeException e) {
            LOGGER.info("Nothing was sent of {}, which is gone: {}", id, e.getMessage());
            return false;
        }
    }

    /** Whether an event can name the table at all; if not, nothing was ever sent of it. */
    private boolean isDescribed(TableId id) {
        try {
            return schema.mapping(id) != null || schema.apply(database, StoredRows.unknown(id.table())) != null;
        } catch (DoLakeException e) {
            LOGGER.info("Nothing was sent of {}, which is gone: {}", id, e.getMessage());
            return false;
        }
    }

    @Override
    public void rowChange(RowChange change) {
        if (change.event() < skipped) {
            return;
        }
        TableId id = table(change.schema().name());
        if (!schema.isCaptured(id) || isCovered(id) || offset.faults().isSuspended(id.table())) {
            return;
        }
        flush();
        Operation operation = Operation.forCode(change.operation().code());
        try {
            waiting = select(id, operation, change);
            waitingRow = guard.keepsRows() ? change.copy() : null;
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            offset.sentEvents(change.event() + 1);
            guard.failed(id, lsn, change.event(), operation, change, e);
        }
    }

    private SelectedChange select(TableId id, Operation operation, RowChange change) {
        TableMapping mapping = mappingFor(id, change);
        Object[] before = change.beforeSchema() == null
                ? null
                : values(mapping, change.beforeSchema(), change.rowid(), change.before());
        Object[] after = change.afterSchema() == null
                ? null
                : values(mapping, change.afterSchema(), change.rowid(), change.after());
        // both images first: the second may have given the table its _rescued_data
        Object[] afterRow = after == null ? null : schema.row(id, after, change.rowid());
        Object[] beforeRow = before == null ? null : schema.row(id, before, change.rowid());
        if (afterRow != null && beforeRow != null && beforeRow.length > afterRow.length) {
            afterRow = schema.row(id, after, change.rowid());
        }
        return new SelectedChange(change.event(), id, mapping.schema().schemaLsn(), operation, beforeRow, afterRow);
    }

    /** A row deleted in the transaction that altered its table still has the older schema; the newer one stays. */
    private TableMapping mappingFor(TableId id, RowChange change) {
        TableMapping current = schema.mapping(id);
        if (current != null
                && change.afterSchema() == null
                && !change.beforeSchema().schemaLsn().isAfter(current.schema().schemaLsn())) {
            return current;
        }
        return schema.apply(database, change.schema());
    }

    private static Object[] values(TableMapping mapping, TableSchema of, long rowid, ByteSlice record) {
        Object[] values = SqliteRecord.values(of, rowid, record);
        return of == mapping.schema() || of.equals(mapping.schema()) ? values : mapping.project(of, values);
    }

    /** A transaction after which tables have to be read again counts as sent once that is done. */
    @Override
    public void commit(long events) {
        if (skipped > events) {
            throw new DoLakeException(
                    ErrorCode.CDC_LSN_NOT_FOUND,
                    "Cannot continue after event " + skipped + " of transaction " + lsn + " of database " + database
                            + ": it has " + events + " events");
        }
        boolean rereads = offset.pendingResnapshots().isAnyPending();
        if (waiting != null && !sink.announcesEnd() && !rereads) {
            emit(() -> offset.sentTransaction(lsn));
        } else {
            flush();
        }
        if (rereads) {
            offset.sentEvents(events);
        } else {
            offset.sentTransaction(lsn);
        }
        if (announced) {
            sink.end(commitTimeMs);
        }
        if (rereads) {
            sink.resnapshot(lsn);
            offset.sentTransaction(lsn);
        }
        lsn = null;
    }

    /**
     * Reads pending tables again between two transactions; the rows then belong to the newest transaction that was
     * sent.
     */
    void resendPending() {
        if (lsn == null && offset.event() == 0 && offset.pendingResnapshots().isAnyPending()) {
            sink.resnapshot(offset.lsn());
            offset.pendingResnapshots().passed(offset.lsn());
        }
    }

    private void flush() {
        if (waiting != null) {
            long sent = waiting.event() + 1;
            emit(() -> offset.sentEvents(sent));
        }
    }

    private void emit(Runnable advance) {
        SelectedChange change = waiting;
        RowChange row = waitingRow;
        waiting = null;
        waitingRow = null;
        if (!announced) {
            announced = true;
            sink.begin(lsn, commitTimeMs);
        }
        advance.run();
        try {
            sink.change(change, lsn, commitTimeMs);
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            guard.failed(change.table(), lsn, change.event(), change.operation(), row, e);
        }
        if (removed != null) {
            schema.drop(removed);
            removed = null;
        }
    }

    private TableId table(String name) {
        return new TableId(database, null, name);
    }
}
