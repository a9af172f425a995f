/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.write;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.buffer.BufferedRow;
import io.dolake.sink.buffer.RowsRejectedException;
import io.dolake.sink.maintenance.UuidStatistics;
import io.dolake.sink.record.RecordReader;
import io.dolake.sink.row.KeyBytes;
import io.dolake.sink.row.RecordPosition;
import io.dolake.sink.row.RowShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.util.PropertyUtil;

/** Writes the rows of a commit to data files, one partition after the other, with one file open at a time. */
public final class RowWriter {
    /** A name is never reused, since a failed attempt may have left its file behind. */
    private static final AtomicLong ATTEMPTS = new AtomicLong();

    private static final int ROWS_BETWEEN_SIZE_CHECKS = 1_000;

    /** The place of a written row that has a key: file by index, position in the file. */
    public record Placed(KeyBytes key, int file, int position) {}

    /** The parts of the files' names. */
    public record FileNames(int taskId, String operationId) {}

    /** Data files, and the places of the rows that have a key. */
    public record Written(List<DataFile> files, List<Placed> placed) {}

    private final Table table;
    private final Schema schema;
    private final PartitionSpec spec;
    private final List<RowShape> shapes;
    private final Map<String, String> properties;
    private final OutputFileFactory outputs;
    private final long targetBytes;
    private final RowOrder order;
    private final RowAssembler[] assemblers;
    private final List<DataFile> files = new ArrayList<>();
    private final List<String> locations = new ArrayList<>();
    private final List<Placed> placed = new ArrayList<>();

    /** Writes rows of {@code shapes} as records of {@code schema}, which may be newer than the table's. */
    public RowWriter(
            Table table, Schema schema, List<RowShape> shapes, Map<String, String> properties, FileNames names) {
        this.table = table;
        this.schema = schema;
        this.spec = table.spec();
        this.shapes = shapes;
        this.properties = properties;
        this.outputs = OutputFileFactory.builderFor(table, 0, names.taskId())
                .operationId(names.operationId() + "-" + ATTEMPTS.incrementAndGet())
                .format(FileFormat.PARQUET)
                .build();
        this.order = table.sortOrder().isSorted() ? new RowOrder(schema, table.sortOrder()) : null;
        this.targetBytes = PropertyUtil.propertyAsLong(
                table.properties(),
                TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
                TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT);
        this.assemblers = new RowAssembler[shapes.size()];
        for (int i = 0; i < assemblers.length; i++) {
            assemblers[i] = new RowAssembler(shapes.get(i), schema);
        }
    }

    /**
     * Writes all rows; throws {@link RowsRejectedException} if the table cannot accept some of them. On failure the
     * files written so far are removed again, as far as possible.
     */
    public Written write(List<BufferedRow> rows) {
        try {
            if (spec.isUnpartitioned()) {
                writePartition(rows, null);
            } else {
                for (Map.Entry<PartitionKey, List<BufferedRow>> group :
                        byPartition(rows).entrySet()) {
                    writePartition(group.getValue(), group.getKey());
                }
            }
            return new Written(List.copyOf(files), placed);
        } catch (UncheckedIOException e) {
            discard();
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            discard();
            Map<RecordPosition, DoLakeException> refused = refused(rows);
            if (refused.isEmpty()) {
                throw e;
            }
            throw new RowsRejectedException(refused, Map.of());
        }
    }

    private Map<PartitionKey, List<BufferedRow>> byPartition(List<BufferedRow> rows) {
        Map<PartitionKey, List<BufferedRow>> groups = new LinkedHashMap<>();
        PartitionKey key = new PartitionKey(spec, schema);
        InternalRecordWrapper wrapper = new InternalRecordWrapper(schema.asStruct());
        for (BufferedRow row : rows) {
            key.partition(wrapper.wrap(record(row)));
            List<BufferedRow> group = groups.get(key);
            if (group == null) {
                group = new ArrayList<>();
                groups.put(key.copy(), group);
            }
            group.add(row);
        }
        return groups;
    }

    private Record record(BufferedRow row) {
        return assemblers[row.shape()].assemble(row.bytes());
    }

    /** Checks all rows once more to find all that cannot be written; none if the failure has another cause. */
    private Map<RecordPosition, DoLakeException> refused(List<BufferedRow> rows) {
        Map<RecordPosition, DoLakeException> refused = new LinkedHashMap<>();
        PartitionKey key = new PartitionKey(spec, schema);
        InternalRecordWrapper wrapper = new InternalRecordWrapper(schema.asStruct());
        for (BufferedRow row : rows) {
            try {
                key.partition(wrapper.wrap(record(row)));
            } catch (RuntimeException | StackOverflowError e) {
                refused.put(row.entry().position(), RecordReader.refusal(e));
            }
        }
        return refused;
    }

    private void writePartition(List<BufferedRow> unordered, StructLike partition) {
        List<BufferedRow> rows = order == null ? unordered : order.sort(unordered, this::record);
        int next = 0;
        while (next < rows.size()) {
            next = writeFile(rows, next, partition);
        }
    }

    /** Writes one file from row {@code first} on; returns the first row that is not in it. */
    private int writeFile(List<BufferedRow> rows, int first, StructLike partition) {
        EncryptedOutputFile output =
                partition == null ? outputs.newOutputFile() : outputs.newOutputFile(spec, partition);
        locations.add(output.encryptingOutputFile().location());
        DataWriter<BufferedRow> writer = ParquetOpening.open(() -> open(output, partition));
        int next = first;
        try (writer) {
            boolean isFull = false;
            while (next < rows.size() && !isFull) {
                BufferedRow row = rows.get(next);
                writer.write(row);
                if (row.key() != null) {
                    placed.add(new Placed(row.key(), files.size(), next - first));
                }
                next++;
                isFull = (next - first) % ROWS_BETWEEN_SIZE_CHECKS == 0 && writer.length() >= targetBytes;
            }
        } catch (IOException e) {
            throw cannotWrite(output, e);
        }
        files.add(writer.toDataFile());
        return next;
    }

    private DataWriter<BufferedRow> open(EncryptedOutputFile output, StructLike partition) {
        try {
            return Parquet.writeData(output)
                    .schema(schema)
                    .setAll(compression())
                    .setAll(UuidStatistics.without(schema, table.properties()))
                    .setAll(table.properties())
                    .setAll(properties)
                    .metricsConfig(MetricsConfig.forTable(table))
                    .withSpec(spec)
                    .withPartition(partition)
                    .withKeyMetadata(output.keyMetadata())
                    .withSortOrder(table.sortOrder())
                    .createWriterFunc((columns, file) -> new EncodedRowWriter(columns, file, shapes))
                    .overwrite()
                    .build();
        } catch (IOException e) {
            throw cannotWrite(output, e);
        }
    }

    /**
     * Zstandard at its fastest level, unless another one was configured: where maintenance is on, it rewrites these
     * rows.
     */
    private Map<String, String> compression() {
        String ofTable = table.properties().get(TableProperties.PARQUET_COMPRESSION);
        return "zstd".equalsIgnoreCase(properties.getOrDefault(TableProperties.PARQUET_COMPRESSION, ofTable))
                ? Map.of(TableProperties.PARQUET_COMPRESSION_LEVEL, "1")
                : Map.of();
    }

    private static UncheckedIOException cannotWrite(EncryptedOutputFile output, IOException cause) {
        return new UncheckedIOException(
                "Cannot write " + output.encryptingOutputFile().location(), cause);
    }

    private void discard() {
        FileCleanup.delete(table.io(), locations);
    }
}
