/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.index.KeyBatch;
import io.dolake.sink.index.LiveFile;
import io.dolake.sink.index.RowPosition;
import io.dolake.sink.index.TableIndex;
import io.dolake.sink.table.Branch;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.table.TableOffsets;
import io.dolake.sink.write.RowWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.io.DeleteWriteResult;
import org.apache.iceberg.util.ContentFileUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies a commit that has succeeded to the table's key index. */
final class IndexUpdate {
    private static final Logger LOG = LoggerFactory.getLogger(IndexUpdate.class);

    private final TableIdentifier name;
    private final Table table;
    private final Branch branch;
    private final TableIndex index;

    IndexUpdate(TableIdentifier name, Table table, Branch branch, TableIndex index) {
        this.name = name;
        this.table = table;
        this.branch = branch;
        this.index = index;
    }

    /** Applies the commit to the index; returns the snapshot's id. */
    Long apply(String commitId, CommitPlan plan, RowWriter.Written written, DeleteWriteResult deletes) {
        table.refresh();
        Snapshot own = snapshotOf(commitId, table, branch);
        if (own == null || !Objects.equals(TableAccess.keyColumns(table), index.keyNames())) {
            index.clear();
            return own == null ? null : own.snapshotId();
        }
        if (plan.isEmptied()) {
            index.emptied();
        }
        if (deletes != null) {
            for (DeleteFile delete : deletes.deleteFiles()) {
                index.files()
                        .byPath(ContentFileUtil.referencedDataFileLocation(delete))
                        .addOwnDeletes(delete);
            }
        }
        List<LiveFile> added = new ArrayList<>();
        written.files().forEach(file -> added.add(index.files().add(file.copyWithoutStats(), List.of())));
        KeyBatch placed = new KeyBatch(written.placed().size());
        for (RowWriter.Placed row : written.placed()) {
            placed.add(
                    index.hash(row.key()),
                    RowPosition.pack(added.get(row.file()).id(), row.position()));
        }
        try {
            index.apply(plan.removedKeys(), placed);
            index.movedTo(own.snapshotId());
        } catch (DoLakeException e) {
            // The rows are committed all the same. The index is empty now: if building it fails again, that fails the
            // next commit.
            LOG.warn("Table {} is committed, but its index has to be rebuilt: {}", name, e.toString(), e);
        }
        return own.snapshotId();
    }

    /** The snapshot of a commit among the newest of the branch; null if it is not there. */
    static Snapshot snapshotOf(String commitId, Table table, Branch branch) {
        Snapshot snapshot = branch.head(table);
        while (snapshot != null && !commitId.equals(snapshot.summary().get(TableOffsets.SUMMARY_COMMIT))) {
            snapshot = snapshot.parentId() == null ? null : table.snapshot(snapshot.parentId());
        }
        return snapshot;
    }
}
