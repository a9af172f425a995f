/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.branch.Branch;
import io.dolake.sink.turns.Turns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.Transactions;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.DeleteWriteResult;
import org.apache.iceberg.util.ContentFileUtil;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits buffers to one table: schema change, rows, deletes and offsets in one Iceberg transaction on exactly the snapshot
 * against which the deletes were resolved. An attempt that fails, for whatever reason, changes nothing that the next one
 * does not look up again. Used by one thread at a time.
 */
final class TableCommitter {
    private static final Logger LOG = LoggerFactory.getLogger(TableCommitter.class);

    /** What an attempt did. {@code snapshotId} is null if the table needed no change. */
    record Outcome(Long snapshotId, int rows, int deletes) {}

    /** Data files of an attempt that did not get through; good for the next if nothing about them changed. */
    private record Kept(CommitRequest request, Schema schema, int specId, int stale, RowWriter.Written written) {}

    private final TableIdentifier name;
    private final TableAccess access;
    private final SinkConfig config;
    private final int taskId;
    private final String connector;
    private final OffsetFence fence;
    private final TableIndex index;
    private final Branch branch;
    private final ColumnRenames renames;
    private final SoftDeletes softDeletes;
    private final Turns turns = new Turns();
    private final OpenedTable opened;
    private Table table;

    private Kept kept;

    TableCommitter(
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
        this.taskId = taskId;
        this.connector = connector;
        this.fence = new OffsetFence(connector, "continue".equals(config.getString(SuspensionConfig.OTHER_CONNECTOR)));
        this.branch = access.branch(name);
        this.renames = new ColumnRenames(config);
        this.softDeletes = new SoftDeletes(config.getString(InputConfig.CHANGELOG_PREFIX));
        this.index = new TableIndex(indexSpace, name);
    }

    /**
     * Tries once. Throws {@link CommitConflict} if someone else committed meanwhile, {@link IndexBuild.Stopped} if the
     * index is read when it is to stop, {@link RowsRefused} if the table cannot take some of the rows.
     */
    Outcome attempt(CommitRequest request, BooleanSupplier isStopped) {
        if (!open(request.buffer())) {
            return new Outcome(null, 0, 0);
        }
        SourceTables.check(table, request.source());
        if (fence.isCommitted(table, request)) {
            return finishLost(request);
        }
        if (turns.isOthers(table.properties(), request.owner())) {
            throw new CommitConflict("another task, which has lost races to this one, commits next");
        }
        long startedNs = System.nanoTime();
        String from = metadata().current().metadataFileLocation();
        try {
            Outcome outcome = commit(request, isStopped);
            turns.won();
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
            turns.lost(table, request.owner(), System.nanoTime() - startedNs);
            throw e instanceof CommitConflict conflict ? conflict : new CommitConflict(e);
        }
    }

    /**
     * Whether somebody else committed since the table was at {@code from}. Whoever else says that a commit cannot be made, with
     * the table where it was, says what is wrong with it.
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
        // Before anything is looked up: a new transaction loads the table again, and may find it further on.
        Snapshot head = branch.head(table);
        Map<TopicPartition, Long> floors = fence.check(table, request);
        List<String> key = TableAccess.keyColumns(table);
        if (buffer.keyNames() != null && KeyGrowth.lacksOptional(table, key, buffer.keyNames())) {
            buffer.widenKey(key);
        }
        boolean keyGrows =
                buffer.keyNames() != null && KeyGrowth.mayJoin(table, head, key, buffer.keyNames(), buffer.shapes());
        index.sync(table, branch, keyGrows ? buffer.keyNames() : key, isStopped);
        RowShape ofTable = buffer.hasSoftDeletes() ? softDeletes.shapeOf(table.schema(), buffer.keyNames()) : null;
        CommitPlan plan = CommitPlan.of(
                buffer,
                index,
                floors,
                deletion -> deletion.as(
                        buffer.shapes().size(),
                        softDeletes.row(ofTable, deletion.row()),
                        softDeletes.unknown(ofTable)));
        // The first rows of a partition leave their offsets, even where nothing is left of them: else it would seem
        // never read, and the table that lacks them to be another one.
        boolean hasRows = !buffer.shapes().isEmpty() || buffer.passesOver();
        if (plan.changesNothing(index) && !(hasRows && fence.isFirst(request))) {
            return new Outcome(null, 0, 0);
        }
        List<RowShape> shapes = plan.shapes(buffer, ofTable);
        if (!plan.gaps().isEmpty()) {
            // Files kept from an earlier attempt may have been filled from rows that have changed since.
            kept = null;
            new CurrentRows(table, index.files(), shapes, UnavailableConfig.policy(config))
                    .fill(plan.rows(), plan.gaps());
        }
        boolean isEmpty = (plan.isEmptied() || index.files().size() == 0) && branch.ownsSchema(table);
        if (!(isEmpty || keyGrows) || !KeyGrowth.mayLack(buffer, table)) {
            KeyGrowth.check(name, table, buffer);
        }
        Transaction transaction = Transactions.newTransaction(table.name(), new SingleAttempt(metadata()));
        new SchemaFit(name, table, config, access.hasWholeRows(name)).evolve(transaction, buffer, shapes, isEmpty);
        RowWriter.Written written = writeRows(transaction, request, plan, shapes);
        DeleteWriteResult deletes = writeDeletes(transaction, buffer, plan);
        Map<TopicPartition, TableOffsets.Position> positions = fence.positions(request);
        setProperties(transaction, request, positions);
        RowDelta delta = rowDelta(transaction, head, plan, written, deletes);
        delta.set(TableOffsets.SUMMARY_COMMIT, buffer.commitId());
        delta.set(TableOffsets.SUMMARY_CONNECTOR, connector);
        delta.set(TableOffsets.SUMMARY_OFFSETS, TableOffsets.summary(positions));
        delta.commit();
        transaction.commitTransaction();
        fence.committed(positions);
        kept = null;
        Long snapshotId = apply(buffer, plan, written, deletes);
        return new Outcome(snapshotId, plan.rows().size(), plan.deletes().size());
    }

    private void renameColumns(CommitRequest request) {
        Map<String, String> pending = renames.pending(name, table);
        if (!pending.isEmpty() && config.getBoolean(SinkConfig.EVOLVE)) {
            fence.check(table, request);
            ColumnRenames.apply(name, table, pending);
        }
    }

    /** Loads the table, or creates it if there are rows for it; false if there is none and none is needed. */
    private boolean open(TableBuffer buffer) {
        table = opened.load(buffer.shapes());
        if (table != null) {
            access.check(name, table);
        }
        return table != null;
    }

    /** Forgets what was cached of the table, after a failure: the next attempt loads it anew. */
    void reset() {
        opened.reset();
    }

    /**
     * Forgets what it has of the table; not while an attempt is under way.
     *
     * @param isOther whether another table than the one that was seen is taken, or the same with earlier offsets
     */
    void startAnew(boolean isOther) {
        opened.reset();
        if (isOther) {
            opened.forget();
            fence.forgetAll();
        }
        index.clear();
        kept = null;
    }

    /** Says that the table is there, before the first attempt: then it is known if it is dropped. */
    void isSeen(Table seen) {
        opened.isSeen(seen);
    }

    void forget(TopicPartition partition) {
        fence.forget(partition);
    }

    SoftDeletes softDeletes() {
        return softDeletes;
    }

    /** May be asked by any thread. */
    TableIndex.Sizes indexSizes() {
        return index.sizes();
    }

    /** May be asked by any thread. */
    IndexProgress.State indexProgress() {
        return index.progress();
    }

    /** Gives up what the index takes; not while an attempt is under way. */
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
        kept = null;
        Snapshot snapshot = ownSnapshot(request.buffer());
        return new Outcome(snapshot == null ? null : snapshot.snapshotId(), 0, 0);
    }

    private RowWriter.Written writeRows(
            Transaction transaction, CommitRequest request, CommitPlan plan, List<RowShape> shapes) {
        if (plan.rows().isEmpty()) {
            return new RowWriter.Written(List.of(), List.of());
        }
        Schema schema = transaction.table().schema();
        if (kept != null
                && kept.request() == request
                && kept.schema().sameSchema(schema)
                && kept.specId() == table.spec().specId()
                && kept.stale() == plan.staleEntries()) {
            return kept.written();
        }
        // Files of an earlier attempt stay: a commit whose reply was lost may still refer to them.
        RowWriter writer = new RowWriter(
                table,
                schema,
                shapes,
                config.under(SinkConfig.WRITE_PROPS_PREFIX),
                new RowWriter.FileNames(taskId, request.buffer().commitId()));
        RowWriter.Written written = writer.write(plan.rows());
        kept = new Kept(request, schema, table.spec().specId(), plan.staleEntries(), written);
        return written;
    }

    private DeleteWriteResult writeDeletes(Transaction transaction, TableBuffer buffer, CommitPlan plan) {
        if (plan.deletes().isEmpty()) {
            return null;
        }
        // The version that the commit is checked against: the table may have been upgraded since it was loaded.
        int version = TableUtil.formatVersion(transaction.table());
        return RowDeletes.of(
                        version,
                        table,
                        index.files(),
                        config.under(SinkConfig.WRITE_PROPS_PREFIX),
                        new RowWriter.FileNames(taskId, buffer.commitId()))
                .write(plan.deletes());
    }

    private void setProperties(
            Transaction transaction, CommitRequest request, Map<TopicPartition, TableOffsets.Position> positions) {
        UpdateProperties update = transaction.updateProperties();
        if (table.properties().containsKey(Turns.PROPERTY)) {
            // Ours, or one whose time is over.
            update.remove(Turns.PROPERTY);
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

    private RowDelta rowDelta(
            Transaction transaction,
            Snapshot head,
            CommitPlan plan,
            RowWriter.Written written,
            DeleteWriteResult deletes) {
        Long headId = head == null ? null : head.snapshotId();
        RowDelta delta = transaction.newRowDelta().toBranch(branch.name()).validateWith(new HeadValidator(headId));
        if (headId != null) {
            delta.validateFromSnapshot(headId);
        }
        if (plan.isEmptied()) {
            for (LiveFiles.Live live : index.files().all()) {
                delta.removeRows(live.file());
                live.deletes().stream().filter(ContentFileUtil::isFileScoped).forEach(delta::removeDeletes);
            }
            delta.validateDeletedFiles();
        }
        written.files().forEach(delta::addRows);
        if (deletes != null) {
            deletes.deleteFiles().forEach(delta::addDeletes);
            deletes.rewrittenDeleteFiles().forEach(delta::removeDeletes);
            delta.validateDataFilesExist(deletes.referencedDataFiles());
        }
        return delta;
    }

    /** Carries the commit over to the index; returns the snapshot's id. */
    private Long apply(TableBuffer buffer, CommitPlan plan, RowWriter.Written written, DeleteWriteResult deletes) {
        table.refresh();
        Snapshot own = ownSnapshot(buffer);
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
        List<LiveFiles.Live> added = new ArrayList<>();
        written.files().forEach(file -> added.add(index.files().add(file.copyWithoutStats(), List.of())));
        KeyBatch placed = new KeyBatch(written.placed().size());
        for (RowWriter.Placed row : written.placed()) {
            placed.add(
                    index.hash(row.key()), KeyIndex.pack(added.get(row.file()).id(), row.position()));
        }
        try {
            index.apply(plan.removedKeys(), placed);
            index.movedTo(own.snapshotId());
        } catch (DoLakeException e) {
            // The rows are in all the same. The index is empty now: if it still fails, it fails the next commit.
            LOG.warn("Table {} is committed, but its index is to be built anew: {}", name, e.toString(), e);
        }
        return own.snapshotId();
    }

    /** The snapshot of a buffer's commit among the newest of the branch; null if it is not there. */
    private Snapshot ownSnapshot(TableBuffer buffer) {
        Snapshot snapshot = branch.head(table);
        while (snapshot != null && !buffer.commitId().equals(snapshot.summary().get(TableOffsets.SUMMARY_COMMIT))) {
            snapshot = snapshot.parentId() == null ? null : table.snapshot(snapshot.parentId());
        }
        return snapshot;
    }
}
