/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

import io.dolake.sink.table.PartitionValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.SortOrderComparators;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.data.GenericDeleteFilter;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.formats.FormatModelRegistry;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.PropertyUtil;

/**
 * Writes the live rows of a group's files to new files, row by row, and remembers the new position of each, 4 bytes per
 * row. Files that have the table's sort order are merged, so that the new ones have it too; others are concatenated.
 * Rows keep their row ids of format version 3.
 */
final class Rewrite implements AutoCloseable {
    /** A row that was not live. */
    static final int NOWHERE = -1;

    private static final int ROWS_BETWEEN_SIZE_CHECKS = 1_000;

    /** A row that is being written: the next one of its file. */
    private record Head(Record row, StructLike sortable, int file) {}

    private final Table table;
    private final CompactionGroup group;
    private final Schema schema;
    private final Schema written;
    private final SortOrder order;
    private final GenericFileWriterFactory writers;
    private final OutputFileFactory outputs;
    private final long targetBytes;
    /** By old file: the number of each row among all written rows. */
    private final Map<String, int[]> places = new HashMap<>();

    private final List<DataFile> files = new ArrayList<>();
    /** The numbers of the files' first rows. */
    private final List<Integer> firstRows = new ArrayList<>();

    private final List<String> locations = new ArrayList<>();
    private DataWriter<Record> writer;
    private int rows;

    Rewrite(Table table, CompactionGroup group) {
        this.table = table;
        this.group = group;
        this.schema = table.schema();
        this.written = TableUtil.formatVersion(table) < 3 ? schema : MetadataColumns.schemaWithRowLineage(schema);
        this.order = isSorted() ? table.sortOrder() : null;
        GenericFileWriterFactory.Builder factory = new GenericFileWriterFactory.Builder(table)
                .dataSchema(written)
                .writerProperties(UuidStatistics.without(schema, table.properties()));
        if (order != null) {
            factory.dataSortOrder(order);
        }
        this.writers = factory.build();
        this.outputs = OutputFileFactory.builderFor(table, 0, 0)
                .operationId("maintenance-" + UUID.randomUUID())
                .format(FileFormat.PARQUET)
                .build();
        this.targetBytes = PropertyUtil.propertyAsLong(
                table.properties(),
                TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
                TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT);
    }

    private boolean isSorted() {
        int id = table.sortOrder().orderId();
        return table.sortOrder().isSorted()
                && group.files().stream()
                        .allMatch(task ->
                                task.file().sortOrderId() != null && task.file().sortOrderId() == id);
    }

    /** Writes all rows, or leaves no file behind. */
    void write() {
        try {
            writeAll();
        } catch (RuntimeException e) {
            try {
                close();
                discard();
            } catch (IOException | RuntimeException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private void writeAll() {
        try {
            if (order == null) {
                for (FileScanTask task : group.files()) {
                    append(task);
                }
            } else {
                merge();
            }
            finishFile();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot rewrite files of table " + table.name(), e);
        }
    }

    private void append(FileScanTask task) throws IOException {
        Rows source = new Rows(task);
        try (CloseableIterator<Record> iterator = source.iterator()) {
            while (iterator.hasNext()) {
                write(source, iterator.next());
            }
        }
    }

    private void merge() throws IOException {
        List<Rows> sources = new ArrayList<>();
        List<CloseableIterator<Record>> iterators = new ArrayList<>();
        Comparator<StructLike> comparator = SortOrderComparators.forSchema(schema, order);
        PriorityQueue<Head> heads = new PriorityQueue<>(
                Comparator.comparing(Head::sortable, comparator).thenComparingInt(Head::file));
        try {
            for (FileScanTask task : group.files()) {
                Rows source = new Rows(task);
                sources.add(source);
                iterators.add(source.iterator());
                advance(heads, iterators, sources.size() - 1);
            }
            while (!heads.isEmpty()) {
                Head head = heads.poll();
                write(sources.get(head.file()), head.row());
                advance(heads, iterators, head.file());
            }
        } finally {
            for (CloseableIterator<Record> iterator : iterators) {
                iterator.close();
            }
        }
    }

    private void advance(PriorityQueue<Head> heads, List<CloseableIterator<Record>> iterators, int file) {
        if (iterators.get(file).hasNext()) {
            Record row = iterators.get(file).next();
            heads.add(new Head(row, new InternalRecordWrapper(schema.asStruct()).wrap(row), file));
        }
    }

    private void write(Rows source, Record row) throws IOException {
        if (writer == null) {
            openFile();
        }
        writer.write(row);
        source.places[source.position(row)] = rows;
        rows = Math.incrementExact(rows);
        if ((rows - firstRows.get(files.size())) % ROWS_BETWEEN_SIZE_CHECKS == 0 && writer.length() >= targetBytes) {
            finishFile();
        }
    }

    private void openFile() {
        StructLike partition = group.spec().isUnpartitioned() ? null : group.partition();
        EncryptedOutputFile output =
                partition == null ? outputs.newOutputFile() : outputs.newOutputFile(group.spec(), partition);
        locations.add(output.encryptingOutputFile().location());
        writer = writers.newDataWriter(output, group.spec(), partition);
        firstRows.add(rows);
    }

    private void finishFile() throws IOException {
        if (writer != null) {
            writer.close();
            files.add(writer.toDataFile());
            writer = null;
        }
    }

    List<DataFile> files() {
        return files;
    }

    long rows() {
        return rows;
    }

    /** The number of a row of an old file among the rows written, or {@link #NOWHERE}. */
    int numberOf(String oldPath, long position) {
        return places.get(oldPath)[Math.toIntExact(position)];
    }

    /** The file, by its index among {@link #files}, that has the row of this number. */
    int fileOf(int number) {
        int found = Collections.binarySearch(firstRows, number);
        return found >= 0 ? found : -found - 2;
    }

    /** The position of the row of this number in its file. */
    int positionOf(int number) {
        return number - firstRows.get(fileOf(number));
    }

    /** Removes the new files: nothing refers to them. */
    void discard() {
        locations.forEach(table.io()::deleteFile);
    }

    /** Closes a file that is half written. */
    @Override
    public void close() throws IOException {
        if (writer != null) {
            writer.close();
            writer = null;
        }
    }

    /** The live rows of one old file: the columns to write, then the position. */
    private final class Rows {
        private final FileScanTask task;
        private final GenericDeleteFilter deletes;
        private final Schema required;
        private final int positionIndex;
        private final int[] places;

        Rows(FileScanTask task) {
            this.task = task;
            this.deletes = new GenericDeleteFilter(table.io(), task, schema, withPosition());
            this.required = deletes.requiredSchema();
            this.positionIndex = required.columns().indexOf(required.findField(MetadataColumns.ROW_POSITION.fieldId()));
            this.places = new int[Math.toIntExact(task.file().recordCount())];
            Arrays.fill(places, NOWHERE);
            Rewrite.this.places.put(task.file().location(), places);
        }

        private Schema withPosition() {
            List<Types.NestedField> columns = new ArrayList<>(written.columns());
            columns.add(MetadataColumns.ROW_POSITION);
            return new Schema(columns);
        }

        CloseableIterator<Record> iterator() {
            Map<Integer, ?> constants = PartitionValues.of(task);
            CloseableIterable<Record> all = FormatModelRegistry.readBuilder(
                            task.file().format(), Record.class, table.io().newInputFile(task.file()))
                    .project(required)
                    .idToConstant(constants)
                    .split(0, task.file().fileSizeInBytes())
                    .build();
            return deletes.filter(all).iterator();
        }

        int position(Record row) {
            return Math.toIntExact(row.get(positionIndex, Long.class));
        }
    }
}
