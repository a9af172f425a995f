/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.index.LiveFiles;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.write.RowDeletes;
import io.dolake.sink.write.RowWriter;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.io.DeleteWriteResult;

/**
 * Writes the files of commits to one table. Data files of a failed attempt are kept for the next one. Deletes are
 * written again: they refer to rows that may have moved.
 */
final class CommitFiles {
    /** Data files of a failed attempt; the next one can use them if nothing about them changed. */
    private record Kept(CommitRequest request, Schema schema, int specId, int stale, RowWriter.Written written) {}

    private final SinkConfig config;
    private final int taskId;
    private Kept kept;

    CommitFiles(SinkConfig config, int taskId) {
        this.config = config;
        this.taskId = taskId;
    }

    /** Discards the kept files: they are committed, or may not be right any more. */
    void forget() {
        kept = null;
    }

    /** Writes the rows of a plan, or returns the files that the previous attempt has written. */
    RowWriter.Written writeRows(
            Table table, Transaction transaction, CommitRequest request, CommitPlan plan, List<RowShape> shapes) {
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
                config.writeProperties(),
                new RowWriter.FileNames(taskId, request.buffer().commitId()));
        RowWriter.Written written = writer.write(plan.rows());
        kept = new Kept(request, schema, table.spec().specId(), plan.staleEntries(), written);
        return written;
    }

    /** Writes the deletes of a plan; null if it has none. */
    DeleteWriteResult writeDeletes(
            Table table, Transaction transaction, TableBuffer buffer, CommitPlan plan, LiveFiles live) {
        if (plan.deletes().isEmpty()) {
            return null;
        }
        // The version that the commit is checked against: the table may have been upgraded since it was loaded.
        int version = TableUtil.formatVersion(transaction.table());
        return RowDeletes.of(
                        version,
                        table,
                        live,
                        config.writeProperties(),
                        new RowWriter.FileNames(taskId, buffer.commitId()))
                .write(plan.deletes());
    }
}
