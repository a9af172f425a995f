/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.table.TableAccess;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of a table writer, with the id by which it is recognized: a table that was dropped, or recreated under its
 * name, lacks what was committed to the previous one, and nobody would notice. Used by one thread at a time.
 */
final class OpenedTable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenedTable.class);

    private final TableIdentifier name;
    private final TableAccess access;
    private Table table;
    /** Id of the table that was seen last; null if none was. */
    private final AtomicReference<String> uuid = new AtomicReference<>();

    OpenedTable(TableIdentifier name, TableAccess access) {
        this.name = name;
        this.access = access;
    }

    /** The current table. Created if it does not exist and there are rows; null if there are none. */
    Table load(List<RowShape> shapes) {
        if (table != null) {
            try {
                table.refresh();
            } catch (NoSuchTableException | IllegalStateException e) {
                // The table was dropped, or another one has its name: loading it shows which.
                LOG.debug("Table {} is reloaded", name, e);
                table = null;
            }
        }
        if (table == null) {
            table = access.load(name).orElse(null);
            refuseReplaced();
        }
        if (table == null && !shapes.isEmpty()) {
            table = access.create(name, shapes.get(0));
        }
        if (table != null) {
            uuid.set(uuid(table));
        }
        return table;
    }

    /** After a failure: reloads the table when it is needed next. */
    void reset() {
        table = null;
    }

    /** Accepts whatever table has the name next. */
    void forget() {
        table = null;
        uuid.set(null);
    }

    /** Sets the table that was seen, if none was before; may be called by any thread. */
    void isSeen(Table seen) {
        uuid.compareAndSet(null, uuid(seen));
    }

    /** Throws if a table was known and is now missing. */
    void refuseDropped() {
        table = null;
        refuseReplaced();
    }

    private void refuseReplaced() {
        String seen = uuid.get();
        if (seen != null && (table == null || !seen.equals(uuid(table)))) {
            String how = table == null ? "it was dropped" : "it was dropped and recreated";
            throw new DoLakeException(
                            ErrorCode.TABLE_REPLACED,
                            "Cannot commit to table " + name + ": " + how + " under this task")
                    .withHint(OffsetFence.REPLACED_HINT);
        }
    }

    private static String uuid(Table table) {
        return ((HasTableOperations) table).operations().current().uuid();
    }
}
