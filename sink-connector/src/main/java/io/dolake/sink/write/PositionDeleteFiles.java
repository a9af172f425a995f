/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.write;

import io.dolake.sink.index.LiveFile;
import io.dolake.sink.index.LiveFiles;
import io.dolake.sink.index.RowPosition;
import io.dolake.sink.index.TableIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.Deletes;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DeleteWriteResult;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.util.CharSequenceSet;
import org.apache.iceberg.util.ContentFileUtil;

/**
 * Writes the deleted positions of a commit as position delete files, one for each data file, sorted, which replaces the
 * previous one of that data file. Files that name several data files, as other engines write them, stay. Format version
 * 2.
 */
final class PositionDeleteFiles implements RowDeletes {
    private static final AtomicLong ATTEMPTS = new AtomicLong();

    private final Table table;
    private final LiveFiles files;
    private final GenericFileWriterFactory writers;
    private final OutputFileFactory outputs;
    private final List<String> locations = new ArrayList<>();
    private final List<DeleteFile> written = new ArrayList<>();
    private final List<DeleteFile> replaced = new ArrayList<>();
    private final CharSequenceSet referenced = CharSequenceSet.empty();

    PositionDeleteFiles(Table table, LiveFiles files, Map<String, String> properties, RowWriter.FileNames names) {
        this.table = table;
        this.files = files;
        this.writers = new GenericFileWriterFactory.Builder(table)
                .deleteFileFormat(FileFormat.PARQUET)
                .writerProperties(properties)
                .build();
        this.outputs = OutputFileFactory.builderFor(table, 0, names.taskId())
                .operationId(names.operationId() + "-" + ATTEMPTS.incrementAndGet())
                .format(FileFormat.PARQUET)
                .suffix("deletes")
                .build();
    }

    @Override
    public DeleteWriteResult write(List<Long> places) {
        Map<Integer, List<Long>> byFile = new HashMap<>();
        for (long place : places) {
            byFile.computeIfAbsent(RowPosition.file(place), id -> new ArrayList<>())
                    .add((long) RowPosition.position(place));
        }
        try {
            byFile.forEach((id, positions) -> write(files.byId(id), positions));
        } catch (RuntimeException e) {
            FileCleanup.delete(table.io(), locations);
            throw e;
        }
        return new DeleteWriteResult(written, referenced, replaced);
    }

    private void write(LiveFile live, List<Long> positions) {
        PositionDeleteIndex all = Deletes.toPositionIndex(CloseableIterable.withNoopClose(positions));
        List<DeleteFile> previous =
                live.deletes().stream().filter(ContentFileUtil::isFileScoped).toList();
        if (!previous.isEmpty()) {
            all.merge(TableIndex.loadDeletes(table, previous, live.path()));
        }
        PositionDeleteWriter<Record> writer = open(live);
        PositionDelete<Record> row = PositionDelete.create();
        try (writer) {
            all.forEach(position -> writer.write(row.set(live.path(), position)));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write position deletes of table " + table.name(), e);
        }
        written.add(writer.toDeleteFile());
        replaced.addAll(previous);
        referenced.add(live.path());
    }

    private PositionDeleteWriter<Record> open(LiveFile live) {
        PartitionSpec spec = table.specs().get(live.file().specId());
        StructLike partition = spec.isUnpartitioned() ? null : live.file().partition();
        EncryptedOutputFile output =
                partition == null ? outputs.newOutputFile() : outputs.newOutputFile(spec, partition);
        locations.add(output.encryptingOutputFile().location());
        return ParquetOpening.open(() -> writers.newPositionDeleteWriter(output, spec, partition));
    }
}
