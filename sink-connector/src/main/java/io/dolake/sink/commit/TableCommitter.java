/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.sink.buffer.RowsRejectedException;
import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.catalog.CommitConflict;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.UnavailableConfig;
import io.dolake.sink.index.IndexBuild;
import io.dolake.sink.index.IndexProgress;
import io.dolake.sink.index.IndexSpace;
import io.dolake.sink.index.TableIndex;
import io.dolake.sink.record.SourceTables;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.row.SoftDeletes;
import io.dolake.sink.table.Branch;
import io.dolake.sink.table.ColumnRenames;
import io.dolake.sink.table.CommitClaim;
import io.dolake.sink.table.HeadValidator;
import io.dolake.sink.table.SingleAttemptOperations;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.table.TableOffsets;
import io.dolake.sink.write.RowWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.Transactions;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.DeleteWriteResult;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits buffers to one table: schema change, rows, deletes and offsets in one Iceberg transaction, based on exactly
 * the snapshot against which the deletes were resolved. After a failed attempt, whatever the reason, the next one looks
 * everything up again. Used by one thread at a time.
 */
public final class TableCommitter {
    private static final Logger LOG = LoggerFactory.getLogger(TableCommitter.class);

    /** Outcome of an attempt. {@code snapshotId} is null if the table needed no change. */
    public record Outcome(Long snapshotId, int rows, int deletes) {}

    private final TableIdentifier name;
    private final TableAccess access;
    private final SinkConfig config;
    private final String connector;
    private final OffsetFence fence;
    private final TableIndex index;
    private final Branch branch;
    private final ColumnRenames renames;
    private final SoftDeletes softDeletes;
    private final CommitClaim claim = new CommitClaim();
    private final OpenedTable opened;
    private final CommitFiles files;
    private final CommitPlanner planner;
    private Table table;

    public TableCommitter(
            TableIdentifier name,
            TableAccess access,
            SinkConfig config,
            String connector,
            int taskId,
            IndexSpace indexSpace) {
        this.name = name;
        this.access = access;
        this.opened = new OpenedTable(name, access);
        this.config = config;
        this.connector = connector;
        this.fence = new OffsetFence(connector, config.continuesOtherConnectors());
        this.branch = access.branch(name);
        this.renames = new ColumnRenames(config);
        this.softDeletes = new SoftDeletes(config.changelogPrefix());
        this.index = new TableIndex(indexSpace, name);
        this.files = new CommitFiles(config, taskId);
        this.planner =
                new CommitPlanner(name, branch, index, fence, softDeletes, files, UnavailableConfig.policy(config));
    }

    /**
     * Tries once. Throws {@link CommitConflict} if another writer committed meanwhile, {@link IndexBuild.Stopped} if
     * reading the index is to stop, {@link RowsRejectedException} if the table cannot accept some of the rows.
     */
    Outcome attempt(CommitRequest request, BooleanSupplier isStopped) {
        if (!open(request.buffer())) {
            return new Outcome(null, 0, 0);
        }
        SourceTables.check(table, request.source());
        if (fence.isCommitted(table, request)) {
            return finishLost(request);
        }
        if (claim.isOthers(table.properties(), request.owner())) {
            throw new CommitConflict("another task, which has lost races to this one, commits next");
        }
        long startedNs = System.nanoTime();
        String from = metadata().current().metadataFileLocation();
        try {
            Outcome outcome = commit(request, isStopped);
            claim.won();
            return outcome;
        } catch (NoSuchTableException e) {
            opened.refuseDropped();
            throw e;
        } catch (ValidationException | CommitFailedException | CommitConflict e) {
            if (!isConflict(e, from)) {
                throw e instanceof CommitConflict conflict && conflict.getCause() != null
                        ? (RuntimeException) conflict.getCause()
                        : e;
            }
            claim.lost(table, request.owner(), System.nanoTime() - startedNs);
            throw e instanceof CommitConflict conflict ? conflict : new CommitConflict(e);
        }
    }

    /**
     * Whether another writer committed since the table was at {@code from}. If none did and a commit still fails,
     * something is wrong with the commit itself.
     */
    private boolean isConflict(RuntimeException failure, String from) {
        return HeadValidator.hasRefused(failure)
                || !Objects.equals(from, metadata().refresh().metadataFileLocation());
    }

    private TableOperations metadata() {
        return ((HasTableOperations) table).operations();
    }

    private Outcome commit(CommitRequest request, BooleanSupplier isStopped) {
        TableBuffer buffer = request.buffer();
        renameColumns(request);
        // Before any lookup: a new transaction reloads the table, which may have advanced.
        Snapshot head = branch.head(table);
        Map<TopicPartition, Long> floors = fence.check(table, request);
        CommitPlanner.Resolved resolved = planner.resolve(table, head, request, floors, isStopped);
        if (resolved.changesNothing()) {
            return new Outcome(null, 0, 0);
        }
        CommitPlan plan = resolved.plan();
        List<RowShape> shapes = resolved.shapes();
        Transaction transaction = Transactions.newTransaction(table.name(), new SingleAttemptOperations(metadata()));
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
        return new Outcome(snapshotId, plan.rows().size(), plan.deletes().size());
    }

    private void renameColumns(CommitRequest request) {
        Map<String, String> pending = renames.pending(name, table);
        if (!pending.isEmpty() && config.evolvesSchemas()) {
            fence.check(table, request);
            ColumnRenames.apply(name, table, pending);
        }
    }

    /** Loads the table, or creates it if there are rows for it; false if there is no table and none is needed. */
    private boolean open(TableBuffer buffer) {
        table = opened.load(buffer.shapes());
        if (table != null) {
            access.check(name, table);
        }
        return table != null;
    }

    /** Forgets what was cached of the table, after a failure: the next attempt reloads it. */
    void reset() {
        opened.reset();
    }

    /**
     * Forgets everything about the table; not to be called while an attempt is under way.
     *
     * @param isOther whether the table may be another one than before, or the same one with earlier offsets
     */
    public void startAnew(boolean isOther) {
        opened.reset();
        if (isOther) {
            opened.forget();
            fence.forgetAll();
        }
        index.clear();
        files.forget();
    }

    /** Records that the table exists, before the first attempt: then it is noticed if the table is dropped. */
    public void isSeen(Table seen) {
        opened.isSeen(seen);
    }

    public void forget(TopicPartition partition) {
        fence.forget(partition);
    }

    public SoftDeletes softDeletes() {
        return softDeletes;
    }

    /** May be called by any thread. */
    public TableIndex.Sizes indexSizes() {
        return index.sizes();
    }

    /** May be called by any thread. */
    public IndexProgress.State indexProgress() {
        return index.progress();
    }

    /** Frees the space of the index; not to be called while an attempt is under way. */
    void close() {
        index.clear();
    }

    private Outcome finishLost(CommitRequest request) {
        Map<TopicPartition, TableOffsets.Position> positions = new HashMap<>();
        for (TopicPartition partition : request.buffer().firstOffsets().keySet()) {
            TableOffsets.read(table.properties(), connector, partition)
                    .ifPresent(position -> positions.put(partition, position));
        }
        fence.committed(positions);
        files.forget();
        Snapshot snapshot = IndexUpdate.snapshotOf(request.buffer().commitId(), table, branch);
        return new Outcome(snapshot == null ? null : snapshot.snapshotId(), 0, 0);
    }
}
