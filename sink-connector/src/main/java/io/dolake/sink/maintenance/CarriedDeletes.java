/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.data.BaseDeleteLoader;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.encryption.EncryptingFileIO;
import org.apache.iceberg.io.DeleteWriteResult;
import org.apache.iceberg.io.OutputFileFactory;

/**
 * Deletes that other writers committed while rows were rewritten, as deletes of the new rows. A deleted row stays
 * deleted, so only positions count that are deleted now and have a new position.
 */
final class CarriedDeletes {
    private final Table table;
    private final CompactionGroup group;
    private final Rewrite rewrite;
    /** Positions by number of the new file, ascending. */
    private final Map<Integer, TreeSet<Integer>> positions = new TreeMap<>();

    CarriedDeletes(Table table, CompactionGroup group, Rewrite rewrite) {
        this.table = table;
        this.group = group;
        this.rewrite = rewrite;
    }

    /** Adds the current deletes of an old file. */
    void add(FileScanTask now) {
        List<DeleteFile> deletes = now.deletes().stream()
                .filter(delete -> delete.content() == FileContent.POSITION_DELETES)
                .toList();
        if (deletes.isEmpty()) {
            return;
        }
        EncryptingFileIO io = EncryptingFileIO.combine(table.io(), table.encryption());
        String path = now.file().location();
        PositionDeleteIndex deleted = new BaseDeleteLoader(io::newInputFile).loadPositionDeletes(deletes, path);
        deleted.forEach(position -> {
            int number = rewrite.numberOf(path, position);
            if (number != Rewrite.NOWHERE) {
                positions
                        .computeIfAbsent(rewrite.fileOf(number), file -> new TreeSet<>())
                        .add(rewrite.positionOf(number));
            }
        });
    }

    /** Number of rows. */
    long size() {
        return positions.values().stream().mapToLong(TreeSet::size).sum();
    }

    /** Writes the deletes in the form of the table's format version. */
    List<DeleteFile> write() {
        if (positions.isEmpty()) {
            return List.of();
        }
        boolean hasVectors = TableUtil.formatVersion(table) >= 3;
        OutputFileFactory outputs = OutputFileFactory.builderFor(table, 0, 0)
                .operationId("maintenance-" + UUID.randomUUID())
                .format(hasVectors ? FileFormat.PUFFIN : FileFormat.PARQUET)
                .suffix("deletes")
                .build();
        try {
            return hasVectors ? writeVectors(outputs) : writeFiles(outputs);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write deletes of table " + table.name(), e);
        }
    }

    private List<DeleteFile> writeVectors(OutputFileFactory outputs) throws IOException {
        BaseDVFileWriter writer = new BaseDVFileWriter(outputs, path -> null);
        try (writer) {
            positions.forEach((number, ofFile) -> {
                DataFile file = rewrite.files().get(number);
                ofFile.forEach(position -> writer.delete(file.location(), position, group.spec(), file.partition()));
            });
        }
        DeleteWriteResult result = writer.result();
        return result.deleteFiles();
    }

    private List<DeleteFile> writeFiles(OutputFileFactory outputs) throws IOException {
        GenericFileWriterFactory writers = new GenericFileWriterFactory.Builder(table)
                .deleteFileFormat(FileFormat.PARQUET)
                .build();
        List<DeleteFile> files = new ArrayList<>();
        for (Map.Entry<Integer, TreeSet<Integer>> ofFile : positions.entrySet()) {
            DataFile file = rewrite.files().get(ofFile.getKey());
            StructLike partition = group.spec().isUnpartitioned() ? null : group.partition();
            EncryptedOutputFile output =
                    partition == null ? outputs.newOutputFile() : outputs.newOutputFile(group.spec(), partition);
            PositionDeleteWriter<Record> writer = writers.newPositionDeleteWriter(output, group.spec(), partition);
            PositionDelete<Record> row = PositionDelete.create();
            try (writer) {
                ofFile.getValue().forEach(position -> writer.write(row.set(file.location(), position)));
            }
            files.add(writer.toDeleteFile());
        }
        return files;
    }
}
