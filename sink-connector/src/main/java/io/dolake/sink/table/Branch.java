/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;

/**
 * The branch of a table that is written to. One that does not exist yet begins with the first commit to it, at what is then
 * the main branch's head. Schema, specs and properties, offsets among them, are the table's, whichever branch it is.
 *
 * @param name as in the table's refs
 */
public record Branch(String name) {
    /** The one that readers see who name none. */
    public static final Branch MAIN = new Branch(SnapshotRef.MAIN_BRANCH);

    /** The snapshot that the next commit follows; null if there is none. */
    public Snapshot head(Table table) {
        return table.refs().containsKey(name) ? table.snapshot(name) : table.currentSnapshot();
    }

    /** A scan of what it has. */
    public TableScan scan(Table table) {
        return table.refs().containsKey(name) ? table.newScan().useRef(name) : table.newScan();
    }

    /** Whether the schema may be replaced where this branch is empty: no reader of the main one would miss a column. */
    public boolean ownsSchema(Table table) {
        return equals(MAIN) || !table.refs().containsKey(MAIN.name());
    }

    /** Refuses a table in which something else has the name. */
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
