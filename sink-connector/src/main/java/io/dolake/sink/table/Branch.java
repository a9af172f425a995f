/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;

/**
 * The branch of a table that is written to. A branch that does not exist yet is created by the first commit to it, from
 * the head of the main branch at that time. Schema, specs and properties, including offsets, belong to the table,
 * whichever branch is written.
 *
 * @param name as in the table's refs
 */
public record Branch(String name) {
    /** The branch that readers see by default. */
    public static final Branch MAIN = new Branch(SnapshotRef.MAIN_BRANCH);

    /** The snapshot that the next commit follows; null if there is none. */
    public Snapshot head(Table table) {
        return table.refs().containsKey(name) ? table.snapshot(name) : table.currentSnapshot();
    }

    /** A scan of the branch's content. */
    public TableScan scan(Table table) {
        return table.refs().containsKey(name) ? table.newScan().useRef(name) : table.newScan();
    }

    /**
     * Whether the schema may be replaced where this branch is empty: no reader of the main branch would miss a column.
     */
    public boolean ownsSchema(Table table) {
        return equals(MAIN) || !table.refs().containsKey(MAIN.name());
    }

    /** Refuses a table in which the name belongs to something other than a branch. */
    public void check(Table table) {
        SnapshotRef ref = table.refs().get(name);
        if (ref != null && ref.isTag()) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot commit to branch " + name + " of table " + table.name() + ": it is a tag")
                    .withHint("Name another branch in iceberg.table.<table>.commit-branch");
        }
    }
}
