/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.write;

import io.dolake.sink.index.LiveFile;
import io.dolake.sink.index.LiveFiles;
import io.dolake.sink.index.RowPosition;
import io.dolake.sink.index.TableIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.DVFileWriter;
import org.apache.iceberg.io.DeleteWriteResult;
import org.apache.iceberg.io.OutputFileFactory;

/**
 * Writes the deleted positions of a commit as deletion vectors, one for each data file, together with the positions
 * that were deleted in that file before. Format version 3.
 */
final class DeletionVectors implements RowDeletes {
    private static final AtomicLong ATTEMPTS = new AtomicLong();

    private final Table table;
    private final LiveFiles files;
    private final OutputFileFactory outputs;

    DeletionVectors(Table table, LiveFiles files, int taskId, String operationId) {
        this.table = table;
        this.files = files;
        this.outputs = OutputFileFactory.builderFor(table, 0, taskId)
                .operationId(operationId + "-" + ATTEMPTS.incrementAndGet())
                .format(FileFormat.PUFFIN)
                .suffix("deletes")
                .build();
    }

    @Override
    public DeleteWriteResult write(List<Long> places) {
        DVFileWriter writer = new BaseDVFileWriter(
                outputs,
                path -> TableIndex.loadDeletes(table, files.byPath(path).deletes(), path));
        try (writer) {
            for (long place : places) {
                LiveFile live = files.byId(RowPosition.file(place));
                PartitionSpec spec = table.specs().get(live.file().specId());
                writer.delete(
                        live.path(),
                        RowPosition.position(place),
                        spec,
                        live.file().partition());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write deletion vectors of table " + table.name(), e);
        }
        return writer.result();
    }
}
