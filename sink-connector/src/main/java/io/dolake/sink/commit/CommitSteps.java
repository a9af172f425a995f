/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.UnavailableConfig;
import io.dolake.sink.index.TableIndex;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.row.SoftDeletes;
import io.dolake.sink.table.Branch;
import io.dolake.sink.table.ColumnRenames;
import io.dolake.sink.table.SingleAttemptOperations;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.table.TableOffsets;
import io.dolake.sink.write.RowWriter;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.Transactions;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.io.DeleteWriteResult;
import org.apache.kafka.common.TopicPartition;

/**
 * The steps of one attempt to commit a buffer to a table: rename columns, resolve the changes against the head, evolve
 * the schema, write files, commit the transaction, update the index. Used by one thread at a time.
 */
final class CommitSteps {
    private final TableIdentifier name;
    private final TableAccess access;
    private final SinkConfig config;
    private final String connector;
    private final OffsetFence fence;
    private final TableIndex index;
    private final Branch branch;
    private final ColumnRenames renames;
    private final CommitFiles files;
    private final CommitPlanner planner;

    CommitSteps(
            TableIdentifier name,
            TableAccess access,
            SinkConfig config,
            OffsetFence fence,
            TableIndex index,
            SoftDeletes softDeletes) {
        this.name = name;
        this.access = access;
        this.config = config;
        this.connector = config.connector();
        this.fence = fence;
        this.index = index;
        this.branch = access.branch(name);
        this.renames = new ColumnRenames(config);
        this.files = new CommitFiles(config, config.taskId());
        this.planner =
                new CommitPlanner(name, branch, index, fence, softDeletes, files, UnavailableConfig.policy(config));
    }

    /** Takes all steps. Throws if another writer commits meanwhile, or the table cannot accept some of the rows. */
    TableCommitter.Outcome run(Table table, CommitRequest request, BooleanSupplier isStopped) {
        TableBuffer buffer = request.buffer();
        renameColumns(table, request);
        // Before any lookup: a new transaction reloads the table, which may have advanced.
        Snapshot head = branch.head(table);
        Map<TopicPartition, Long> floors = fence.check(table, request);
        CommitPlanner.Resolved resolved = planner.resolve(table, head, request, floors, isStopped);
        if (resolved.changesNothing()) {
            return new TableCommitter.Outcome(null, 0, 0);
        }
        CommitPlan plan = resolved.plan();
        List<RowShape> shapes = resolved.shapes();
        Transaction transaction = Transactions.newTransaction(
                table.name(), new SingleAttemptOperations(((HasTableOperations) table).operations()));
        new SchemaFit(name, table, config, access.hasWholeRows(name))
                .evolve(transaction, buffer, shapes, resolved.isEmpty());
        RowWriter.Written written = files.writeRows(table, transaction, request, plan, shapes);
        DeleteWriteResult deletes = files.writeDeletes(table, transaction, buffer, plan, index.files());
        Map<TopicPartition, TableOffsets.Position> positions = fence.positions(request);
        new TableTransaction(table, branch, connector, transaction)
                .commit(request, positions, new TableTransaction.Rows(head, plan, written, deletes, index.files()));
        fence.committed(positions);
        files.forget();
        Long snapshotId = new IndexUpdate(name, table, branch, index).apply(buffer.commitId(), plan, written, deletes);
        return new TableCommitter.Outcome(
                snapshotId, plan.rows().size(), plan.deletes().size());
    }

    private void renameColumns(Table table, CommitRequest request) {
        Map<String, String> pending = renames.pending(name, table);
        if (!pending.isEmpty() && config.evolvesSchemas()) {
            fence.check(table, request);
            ColumnRenames.apply(name, table, pending);
        }
    }

    /** The outcome of a commit whose reply was lost: the table has it. */
    TableCommitter.Outcome finishLost(Table table, CommitRequest request) {
        fence.readBack(table, request);
        files.forget();
        Snapshot snapshot = IndexUpdate.snapshotOf(request.buffer().commitId(), table, branch);
        return new TableCommitter.Outcome(snapshot == null ? null : snapshot.snapshotId(), 0, 0);
    }

    /** Forgets the files that earlier attempts wrote. */
    void forgetFiles() {
        files.forget();
    }
}
