/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.sink.buffer.RowsRejectedException;
import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.catalog.CommitConflict;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.index.IndexBuild;
import io.dolake.sink.index.IndexProgress;
import io.dolake.sink.index.IndexSpace;
import io.dolake.sink.index.TableIndex;
import io.dolake.sink.record.SourceTables;
import io.dolake.sink.row.SoftDeletes;
import io.dolake.sink.table.CommitClaim;
import io.dolake.sink.table.HeadValidator;
import io.dolake.sink.table.TableAccess;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.ValidationException;
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
    private final OffsetFence fence;
    private final TableIndex index;
    private final SoftDeletes softDeletes;
    private final CommitClaim claim = new CommitClaim();
    private final OpenedTable opened;
    private final CommitSteps steps;
    private Table table;

    public TableCommitter(TableIdentifier name, TableAccess access, SinkConfig config, IndexSpace indexSpace) {
        this.name = name;
        this.access = access;
        this.opened = new OpenedTable(name, access);
        this.fence = new OffsetFence(config.connector(), config.continuesOtherConnectors());
        this.softDeletes = new SoftDeletes(config.changelogPrefix());
        this.index = new TableIndex(indexSpace, name);
        this.steps = new CommitSteps(name, access, config, fence, index, softDeletes);
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
            return steps.finishLost(table, request);
        }
        if (claim.isOthers(table.properties(), request.owner())) {
            throw new CommitConflict("another task, which has lost races to this one, commits next");
        }
        long startedNs = System.nanoTime();
        String from = metadata().current().metadataFileLocation();
        try {
            Outcome outcome = steps.run(table, request, isStopped);
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
        steps.forgetFiles();
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
}
