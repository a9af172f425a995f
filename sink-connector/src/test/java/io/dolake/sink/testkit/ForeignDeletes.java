/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.OutputFileFactory;

/** Deletes in unpartitioned tables as other engines write them. */
public final class ForeignDeletes {
    private ForeignDeletes() {}

    /** One position delete file that takes the first row of every data file. */
    public static void deleteFirstRows(Table table) throws IOException {
        PositionDeleteWriter<Record> writer = new GenericFileWriterFactory.Builder(table)
                .build()
                .newPositionDeleteWriter(output(table), table.spec(), null);
        PositionDelete<Record> row = PositionDelete.create();
        List<String> paths = tasks(table).stream()
                .map(task -> task.file().location())
                .sorted()
                .toList();
        try (writer) {
            paths.forEach(path -> writer.write(row.set(path, 0)));
        }
        table.newRowDelta().addDeletes(writer.toDeleteFile()).commit();
    }

    /** An equality delete file that takes the row of an id. */
    public static void deleteById(Table table, long id) throws IOException {
        Schema schema = table.schema().select("id");
        EqualityDeleteWriter<Record> writer = new GenericFileWriterFactory.Builder(table)
                .equalityFieldIds(schema.columns().stream()
                        .mapToInt(field -> field.fieldId())
                        .toArray())
                .equalityDeleteRowSchema(schema)
                .build()
                .newEqualityDeleteWriter(output(table), table.spec(), null);
        try (writer) {
            GenericRecord row = GenericRecord.create(schema);
            row.setField("id", id);
            writer.write(row);
        }
        table.newRowDelta().addDeletes(writer.toDeleteFile()).commit();
    }

    /** The delete files in use, by location. */
    public static List<DeleteFile> all(Table table) {
        List<DeleteFile> deletes = new ArrayList<>();
        tasks(table).forEach(task -> deletes.addAll(task.deletes()));
        return deletes.stream()
                .sorted(Comparator.comparing(DeleteFile::location))
                .toList();
    }

    public static List<FileScanTask> tasks(Table table) {
        List<FileScanTask> result = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            tasks.forEach(result::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return result;
    }

    private static EncryptedOutputFile output(Table table) {
        return OutputFileFactory.builderFor(table, 8, 8)
                .format(FileFormat.PARQUET)
                .build()
                .newOutputFile();
    }
}
