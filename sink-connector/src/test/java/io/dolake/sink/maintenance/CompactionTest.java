/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.catalog.Catalogs;
import io.dolake.sink.table.Branch;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deletes that others commit between the reading of rows and the commit of the files that they were rewritten to. */
class CompactionTest {
    private static final int FILES = 3;
    private static final int ROWS = 1_500;
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));

    @TempDir
    Path directory;

    private Catalog catalog;
    private Table table;

    private void createTable(int formatVersion) throws Exception {
        Map<String, String> settings = new HashMap<>();
        settings.put("iceberg.catalog.type", "jdbc");
        settings.put("iceberg.catalog.uri", "jdbc:sqlite:" + directory.resolve("catalog.db"));
        settings.put("iceberg.catalog.jdbc.schema-version", "V1");
        settings.put("iceberg.catalog.warehouse", directory.resolve("warehouse").toString());
        catalog = Catalogs.open(settings);
        ((SupportsNamespaces) catalog).createNamespace(Namespace.of("shop"));
        table = catalog.buildTable(TableIdentifier.of("shop", "orders"), SCHEMA)
                .withProperty(TableProperties.FORMAT_VERSION, Integer.toString(formatVersion))
                // Checked every 1,000 rows: that many go into each new file.
                .withProperty(TableProperties.WRITE_TARGET_FILE_SIZE_BYTES, "1")
                .create();
        for (int file = 0; file < FILES; file++) {
            append((long) file * ROWS);
        }
    }

    @AfterEach
    void closeCatalog() throws Exception {
        ((Closeable) catalog).close();
    }

    private OutputFileFactory outputs(FileFormat format) {
        return OutputFileFactory.builderFor(table, 1, 1).format(format).build();
    }

    private void append(long firstId) throws Exception {
        DataWriter<Record> writer = new GenericFileWriterFactory.Builder(table)
                .build()
                .newDataWriter(outputs(FileFormat.PARQUET).newOutputFile(), table.spec(), null);
        try (writer) {
            for (long id = firstId; id < firstId + ROWS; id++) {
                writer.write(GenericRecord.create(SCHEMA).copy("id", id));
            }
        }
        table.newAppend().appendFile(writer.toDataFile()).commit();
    }

    /** Deletes rows of a file by position, as another writer does; replaces what deletes the file has. */
    private void delete(FileScanTask task, long... positions) throws Exception {
        List<DeleteFile> deletes;
        if (TableUtil.formatVersion(table) >= 3) {
            BaseDVFileWriter writer = new BaseDVFileWriter(outputs(FileFormat.PUFFIN), path -> null);
            try (writer) {
                for (long position : positions) {
                    writer.delete(
                            task.file().location(),
                            position,
                            table.spec(),
                            task.file().partition());
                }
            }
            deletes = writer.result().deleteFiles();
        } else {
            PositionDeleteWriter<Record> writer = new GenericFileWriterFactory.Builder(table)
                    .deleteFileFormat(FileFormat.PARQUET)
                    .build()
                    .newPositionDeleteWriter(outputs(FileFormat.PARQUET).newOutputFile(), table.spec(), null);
            try (writer) {
                for (long position : positions) {
                    writer.write(PositionDelete.<Record>create().set(task.file().location(), position));
                }
            }
            deletes = List.of(writer.toDeleteFile());
        }
        RowDelta delta =
                table.newRowDelta().validateFromSnapshot(table.currentSnapshot().snapshotId());
        deletes.forEach(delta::addDeletes);
        task.deletes().forEach(delta::removeDeletes);
        delta.commit();
    }

    private List<FileScanTask> files() throws Exception {
        table.refresh();
        List<FileScanTask> files = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            tasks.forEach(files::add);
        }
        return files;
    }

    private long idAt(FileScanTask task, int position) {
        // Files were written in order of ids, and are told apart by their lower bounds.
        long first = Conversions.fromByteBuffer(
                Types.LongType.get(), task.file().lowerBounds().get(1));
        return first + position;
    }

    private TreeSet<Long> ids() throws Exception {
        TreeSet<Long> ids = new TreeSet<>();
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table).build()) {
            rows.forEach(row ->
                    assertThat(ids.add((Long) row.getField("id"))).as("%s", row).isTrue());
        }
        return ids;
    }

    private List<FileScanTask> filesWithBounds() throws Exception {
        table.refresh();
        List<FileScanTask> files = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks =
                table.newScan().includeColumnStats().planFiles()) {
            tasks.forEach(files::add);
        }
        return files;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void areDeletesOfTheNewRows(int formatVersion) throws Exception {
        createTable(formatVersion);
        TreeSet<Long> expected = ids();
        FileScanTask first = filesWithBounds().get(0);
        delete(first, 3, 4);
        expected.removeAll(List.of(idAt(first, 3), idAt(first, 4)));
        List<CompactionGroup> groups = new CompactionPlan(
                        table, Branch.MAIN, MaintenanceOptions.defaults().withMinInputFiles(2))
                .groups();
        // The target is tiny: by size no file is small.
        assertThat(groups).isEmpty();
        CompactionGroup group = new CompactionGroup(
                table.spec(), null, files(), table.currentSnapshot().sequenceNumber());
        try (Rewrite rewrite = new Rewrite(table, group)) {
            rewrite.write();
            assertThat(rewrite.files()).hasSizeGreaterThan(2);
            for (FileScanTask task : filesWithBounds()) {
                boolean isFirst = task.file().location().equals(first.file().location());
                long[] positions = isFirst ? new long[] {3, 4, 5, 999, 1000} : new long[] {0, 998, ROWS - 1};
                delete(task, positions);
                for (long position : positions) {
                    expected.remove(idAt(task, (int) position));
                }
            }
            MaintenanceResult result = new Compaction(table, Branch.MAIN, group, 1).commit(rewrite);
            assertThat(result.carriedDeletes()).isEqualTo(3 + 3 + 3);
            assertThat(result.abandonedGroups()).isZero();
        }
        table.refresh();
        assertThat(ids()).isEqualTo(expected);
        assertThat(files())
                .noneMatch(task -> task.file().location().equals(first.file().location()));
    }
}
