/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.config.UnavailableConfig;
import io.dolake.sink.index.KeyGrowth;
import io.dolake.sink.index.TableIndex;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.row.SoftDeletes;
import io.dolake.sink.table.Branch;
import io.dolake.sink.table.TableAccess;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;

/**
 * Resolves a buffer against a table's rows: which rows to write, which to delete, with the key index at the table's
 * head.
 */
final class CommitPlanner {
    private final TableIdentifier name;
    private final Branch branch;
    private final TableIndex index;
    private final OffsetFence fence;
    private final SoftDeletes softDeletes;
    private final CommitFiles files;
    private final UnavailableConfig.Policy unavailable;

    /**
     * A resolved buffer.
     *
     * @param plan null if the table needs no change
     * @param shapes those of the plan's rows
     * @param isEmpty whether the table has no row before the commit, so that its columns may be replaced
     */
    record Resolved(CommitPlan plan, List<RowShape> shapes, boolean isEmpty) {
        private static final Resolved NOTHING = new Resolved(null, List.of(), false);

        boolean changesNothing() {
            return plan == null;
        }
    }

    CommitPlanner(
            TableIdentifier name,
            Branch branch,
            TableIndex index,
            OffsetFence fence,
            SoftDeletes softDeletes,
            CommitFiles files,
            UnavailableConfig.Policy unavailable) {
        this.name = name;
        this.branch = branch;
        this.index = index;
        this.fence = fence;
        this.softDeletes = softDeletes;
        this.files = files;
        this.unavailable = unavailable;
    }

    /**
     * Resolves the request's buffer; brings the index up to the head first.
     *
     * @param floors offsets below which the table already has everything
     */
    Resolved resolve(
            Table table,
            Snapshot head,
            CommitRequest request,
            Map<TopicPartition, Long> floors,
            BooleanSupplier isStopped) {
        TableBuffer buffer = request.buffer();
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
        // The first rows of a partition store their offsets even if none of the rows remain: otherwise the partition
        // would look as if it had never been read, and a table that lacks its rows would look recreated.
        boolean hasRows = !buffer.shapes().isEmpty() || buffer.passesOver();
        if (plan.changesNothing(index) && !(hasRows && fence.isFirst(request))) {
            return Resolved.NOTHING;
        }
        List<RowShape> shapes = plan.shapes(buffer, ofTable);
        if (!plan.gaps().isEmpty()) {
            // Files kept from an earlier attempt may contain rows that have changed since.
            files.forget();
            new UnavailableValueLoader(table, index.files(), shapes, unavailable).fill(plan.rows(), plan.gaps());
        }
        boolean isEmpty = (plan.isEmptied() || index.files().size() == 0) && branch.ownsSchema(table);
        if (!(isEmpty || keyGrows) || !KeyGrowth.mayLack(buffer, table)) {
            KeyGrowth.check(name, table, buffer);
        }
        return new Resolved(plan, shapes, isEmpty);
    }
}
