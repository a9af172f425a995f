/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.data.Envelope.Operation;
import io.debezium.relational.TableId;
import io.dolake.connector.dosql.RunFaults.TaskFailure;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.Suspension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what happens to a table when something of it cannot be sent: the table is suspended, continues without the
 * change, or fails the task. Errors that concern more than the table are rethrown.
 */
final class TableGuard {
    private static final Logger LOGGER = LoggerFactory.getLogger(TableGuard.class);

    private final FailureMode mode;
    private final DoSqlOffsetContext offset;
    private final Watcher watcher;
    private final boolean keepsRows;

    /** Listener for every fault, once it is in the offset. */
    interface Watcher {
        void failed(Failure failure, TableFault fault);
    }

    /**
     * A change that could not be sent.
     *
     * @param operation null where it is not known, as for a table that cannot be described
     * @param change null if it is not a change of a row; valid only during the call
     */
    record Failure(TableId table, Lsn lsn, long event, Operation operation, RowChange change, DoLakeException error) {}

    TableGuard(FailureMode mode, DoSqlOffsetContext offset, Watcher watcher) {
        this(mode, offset, false, watcher);
    }

    /** @param keepsRows whether the watcher needs rows as they were read, also of changes that fail later */
    TableGuard(FailureMode mode, DoSqlOffsetContext offset, boolean keepsRows, Watcher watcher) {
        this.keepsRows = keepsRows;
        this.mode = mode;
        this.offset = offset;
        this.watcher = watcher;
    }

    /** The offset of the database, which stores the faults. */
    DoSqlOffsetContext offset() {
        return offset;
    }

    boolean keepsRows() {
        return keepsRows;
    }

    /** A fault of the table itself: its definition, or all of its rows. */
    void failed(TableId table, Lsn lsn, long event, Throwable error) {
        failed(table, lsn, event, null, null, error, mode == FailureMode.FAIL ? mode : FailureMode.SUSPEND);
    }

    /** A fault of one change of a row. */
    void failed(TableId table, Lsn lsn, long event, Operation operation, RowChange change, Throwable error) {
        failed(table, lsn, event, operation, change, error, mode);
    }

    private void failed(
            TableId table,
            Lsn lsn,
            long event,
            Operation operation,
            RowChange change,
            Throwable error,
            FailureMode wanted) {
        rethrowUnlessOfTable(error);
        DoLakeException told = RunFaults.ofTable(table, error);
        Suspension reason = RunFaults.suspension(told, lsn + ":" + event, table.toString());
        if (wanted == FailureMode.FAIL) {
            throw new TaskFailure(told);
        }
        boolean skips = wanted != FailureMode.SUSPEND;
        TableFault fault = skips
                ? offset.faults().skip(table.table(), reason)
                : offset.faults().suspend(table.table(), reason);
        if (!skips) {
            offset.pendingResnapshots().forget(table.table());
            LOGGER.error("Table {} is suspended at {}:{}: {}", table, lsn, event, told.toString());
        } else if (wanted == FailureMode.WARN) {
            LOGGER.warn("A change of table {} at {}:{} is left out: {}", table, lsn, event, told.toString());
        }
        watcher.failed(new Failure(table, lsn, event, operation, change, told), fault);
    }

    private static void rethrowUnlessOfTable(Throwable error) {
        boolean isOfTable =
                RunFaults.isContained(error) && !RunFaults.isInterruption(error) && !RunFaults.isOfDatabase(error);
        if (isOfTable) {
            return;
        }
        if (error instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (error instanceof Error fatal) {
            throw fatal;
        }
        throw new IllegalStateException(error);
    }
}
