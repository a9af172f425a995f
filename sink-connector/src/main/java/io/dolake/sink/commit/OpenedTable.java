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
 * The table of a table writer, and the id by which it is known for the same one: a table that was dropped, or made anew under its name,
 * lacks what was committed to the one before, and nobody would know. Used by one thread at a time.
 */
final class OpenedTable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenedTable.class);

    private final TableIdentifier name;
    private final TableAccess access;
    private Table table;
    /** Of the table that was seen last; null if none was. */
    private final AtomicReference<String> uuid = new AtomicReference<>();

    OpenedTable(TableIdentifier name, TableAccess access) {
        this.name = name;
        this.access = access;
    }

    /** The table as it is now; created if it does not exist and there are rows, null if there are none. */
    Table load(List<RowShape> shapes) {
        if (table != null) {
            try {
                table.refresh();
            } catch (NoSuchTableException | IllegalStateException e) {
                // It is gone, or another one has its name: which, is seen when it is loaded.
                LOG.debug("Table {} is loaded anew", name, e);
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

    /** After a failure: loads the table anew when it is needed next. */
    void reset() {
        table = null;
    }

    /** Takes whatever table has the name next. */
    void forget() {
        table = null;
        uuid.set(null);
    }

    /** Says which table was seen, if none was before; may be called by any thread. */
    void isSeen(Table seen) {
        uuid.compareAndSet(null, uuid(seen));
    }

    /** Throws if a table was known, when it turns out that there is none. */
    void refuseDropped() {
        table = null;
        refuseReplaced();
    }

    private void refuseReplaced() {
        String seen = uuid.get();
        if (seen != null && (table == null || !seen.equals(uuid(table)))) {
            String how = table == null ? "it was dropped" : "it was dropped and made anew";
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
