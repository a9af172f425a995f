/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.sink.index.KeyGrowth;
import io.dolake.sink.index.LiveFile;
import io.dolake.sink.index.LiveFiles;
import io.dolake.sink.record.SourceTables;
import io.dolake.sink.table.Branch;
import io.dolake.sink.table.CommitClaim;
import io.dolake.sink.table.HeadValidator;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.table.TableOffsets;
import io.dolake.sink.write.RowWriter;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.io.DeleteWriteResult;
import org.apache.iceberg.util.ContentFileUtil;
import org.apache.kafka.common.TopicPartition;

/**
 * The Iceberg transaction of one attempt: offsets and key as properties, then rows and deletes, validated against the
 * head for which they were made.
 */
final class TableTransaction {
    private final Table table;
    private final Branch branch;
    private final String connector;
    private final Transaction transaction;

    /**
     * The changes to the table's rows.
     *
     * @param head the snapshot for which the plan was made; null for an empty table
     * @param deletes null if there are none
     * @param live the table's files at {@code head}
     */
    record Rows(Snapshot head, CommitPlan plan, RowWriter.Written written, DeleteWriteResult deletes, LiveFiles live) {}

    TableTransaction(Table table, Branch branch, String connector, Transaction transaction) {
        this.table = table;
        this.branch = branch;
        this.connector = connector;
        this.transaction = transaction;
    }

    /** Commits; throws Iceberg's exceptions if another writer has committed since the head. */
    void commit(CommitRequest request, Map<TopicPartition, TableOffsets.Position> positions, Rows rows) {
        setProperties(request, positions);
        RowDelta delta = rowDelta(rows);
        delta.set(TableOffsets.SUMMARY_COMMIT, request.buffer().commitId());
        delta.set(TableOffsets.SUMMARY_CONNECTOR, connector);
        delta.set(TableOffsets.SUMMARY_OFFSETS, TableOffsets.summary(positions));
        delta.commit();
        transaction.commitTransaction();
    }

    private void setProperties(CommitRequest request, Map<TopicPartition, TableOffsets.Position> positions) {
        UpdateProperties update = transaction.updateProperties();
        if (table.properties().containsKey(CommitClaim.PROPERTY)) {
            // Our own claim, or one that has expired.
            update.remove(CommitClaim.PROPERTY);
        }
        TableOffsets.properties(connector, positions).forEach(update::set);
        if (request.source() != null && !table.properties().containsKey(SourceTables.PROPERTY)) {
            update.set(SourceTables.PROPERTY, request.source());
        }
        List<String> wantedKey = request.buffer().keyNames();
        if (wantedKey != null && !wantedKey.equals(TableAccess.keyColumns(table))) {
            List<String> key = KeyGrowth.present(wantedKey, transaction.table());
            update.set(TableAccess.KEY_COLUMNS, TableAccess.json(key));
        }
        update.commit();
    }

    private RowDelta rowDelta(Rows rows) {
        Long headId = rows.head() == null ? null : rows.head().snapshotId();
        DeleteWriteResult deletes = rows.deletes();
        RowDelta delta = transaction.newRowDelta().toBranch(branch.name()).validateWith(new HeadValidator(headId));
        if (headId != null) {
            delta.validateFromSnapshot(headId);
        }
        if (rows.plan().isEmptied()) {
            for (LiveFile live : rows.live().all()) {
                delta.removeRows(live.file());
                live.deletes().stream().filter(ContentFileUtil::isFileScoped).forEach(delta::removeDeletes);
            }
            delta.validateDeletedFiles();
        }
        rows.written().files().forEach(delta::addRows);
        if (deletes != null) {
            deletes.deleteFiles().forEach(delta::addDeletes);
            deletes.rewrittenDeleteFiles().forEach(delta::removeDeletes);
            delta.validateDataFilesExist(deletes.referencedDataFiles());
        }
        return delta;
    }
}
