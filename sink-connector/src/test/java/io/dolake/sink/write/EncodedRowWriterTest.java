/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.buffer.BufferedRow;
import io.dolake.sink.buffer.RowsRejectedException;
import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.maintenance.UuidStatistics;
import io.dolake.sink.row.ByteOutput;
import io.dolake.sink.row.EncodedRow;
import io.dolake.sink.row.RecordPosition;
import io.dolake.sink.row.RowCodec;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.testkit.Lake;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.formats.FormatModelRegistry;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same rows by way of records and Iceberg's own writer: the files must read the same and say the same of
 * themselves.
 */
class EncodedRowWriterTest {
    private static final List<Type> PLAIN = List.of(
            Types.BooleanType.get(),
            Types.IntegerType.get(),
            Types.LongType.get(),
            Types.FloatType.get(),
            Types.DoubleType.get(),
            Types.DateType.get(),
            Types.TimeType.get(),
            Types.TimestampType.withZone(),
            Types.TimestampType.withoutZone(),
            Types.TimestampNanoType.withoutZone(),
            Types.StringType.get(),
            Types.BinaryType.get(),
            Types.UUIDType.get(),
            Types.DecimalType.of(9, 2),
            Types.DecimalType.of(18, 4),
            Types.DecimalType.of(38, 10));

    @AutoClose
    private Lake lake;

    @BeforeEach
    void openLake(@TempDir Path directory) {
        lake = new Lake(directory);
        ((SupportsNamespaces) lake.catalog()).createNamespace(Namespace.of("shop"));
    }

    @Test
    void writesAllTypesAsIcebergDoes() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("writesAllTypesAsIcebergDoes: -Dseed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            Schema schema = tableSchema(random);
            Table table = lake.catalog()
                    .createTable(
                            TableIdentifier.of("shop", "t" + round),
                            schema,
                            PartitionSpec.unpartitioned(),
                            // The level at which Iceberg writes by itself.
                            Map.of(
                                    TableProperties.FORMAT_VERSION,
                                    "3",
                                    TableProperties.PARQUET_COMPRESSION_LEVEL,
                                    "3"));
            List<RowShape> shapes = List.of(shape(table.schema(), random), shape(table.schema(), random));
            compare(table, shapes, rows(shapes, random));
        }
    }

    @Test
    void refusesNullInARequiredColumnAndNamesAllSuchRows() {
        Table table = lake.catalog()
                .createTable(
                        TableIdentifier.of("shop", "strict"),
                        new Schema(Types.NestedField.required(1, "a", Types.IntegerType.get())));
        RowShape shape = RowShape.of(List.of(), List.of(new RowShape.Column("a", Types.IntegerType.get(), true, null)));
        List<BufferedRow> rows = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            rows.add(row(shape, 0, new Object[] {i % 3 == 1 ? null : i}, i));
        }
        assertThatThrownBy(() -> write(table, List.of(shape), rows))
                .isInstanceOfSatisfying(
                        RowsRejectedException.class,
                        refused -> assertThat(refused.rows().keySet())
                                .extracting(RecordPosition::offset)
                                .containsExactly(1L, 4L, 7L));
    }

    @Test
    void compressesAtLevel1UnlessAnotherIsChosen() {
        RowShape shape = RowShape.of(List.of(), List.of(new RowShape.Column("a", Types.StringType.get(), true, null)));
        List<BufferedRow> rows = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            rows.add(row(shape, 0, new Object[] {"order " + i + " of customer " + i * 7919L % 10_007}, i));
        }
        Table table = lake.catalog()
                .createTable(
                        TableIdentifier.of("shop", "quick"),
                        new Schema(Types.NestedField.optional(1, "a", Types.StringType.get())));
        long quick = write(table, List.of(shape), rows).fileSizeInBytes();
        for (int level : new int[] {1, 9}) {
            table.updateProperties()
                    .set(TableProperties.PARQUET_COMPRESSION_LEVEL, Integer.toString(level))
                    .commit();
            long chosen = write(table, List.of(shape), rows).fileSizeInBytes();
            assertThat(chosen == quick)
                    .as("level %s: %s bytes, %s", level, chosen, quick)
                    .isEqualTo(level == 1);
        }
    }

    private void compare(Table table, List<RowShape> shapes, List<BufferedRow> rows) throws IOException {
        DataFile ours = write(table, shapes, rows);
        DataFile theirs = writeRecords(table, shapes, rows);
        assertThat(read(table, ours)).isEqualTo(read(table, theirs)).hasSize(rows.size());
        assertThat(ours.recordCount()).isEqualTo(theirs.recordCount());
        assertThat(ours.valueCounts()).isEqualTo(theirs.valueCounts());
        assertThat(ours.nullValueCounts()).isEqualTo(theirs.nullValueCounts());
        assertThat(ours.nanValueCounts()).isEqualTo(theirs.nanValueCounts());
        assertThat(ours.lowerBounds()).isEqualTo(theirs.lowerBounds());
        assertThat(ours.upperBounds()).isEqualTo(theirs.upperBounds());
        assertThat(ours.columnSizes()).isEqualTo(theirs.columnSizes());
        assertThat(ours.fileSizeInBytes()).isEqualTo(theirs.fileSizeInBytes());
    }

    private static DataFile write(Table table, List<RowShape> shapes, List<BufferedRow> rows) {
        RowWriter writer = new RowWriter(table, table.schema(), shapes, Map.of(), new RowWriter.FileNames(0, "ours"));
        return writer.write(rows).files().get(0);
    }

    private static DataFile writeRecords(Table table, List<RowShape> shapes, List<BufferedRow> rows)
            throws IOException {
        GenericFileWriterFactory writers = new GenericFileWriterFactory.Builder(table)
                .dataSchema(table.schema())
                .writerProperties(UuidStatistics.without(table.schema(), Map.of()))
                .build();
        OutputFileFactory outputs = OutputFileFactory.builderFor(table, 0, 0)
                .operationId("theirs")
                .format(FileFormat.PARQUET)
                .build();
        DataWriter<Record> writer = writers.newDataWriter(outputs.newOutputFile(), PartitionSpec.unpartitioned(), null);
        try (writer) {
            for (BufferedRow row : rows) {
                writer.write(new RowAssembler(shapes.get(row.shape()), table.schema()).assemble(row.bytes()));
            }
        }
        return writer.toDataFile();
    }

    private static List<Record> read(Table table, DataFile file) throws IOException {
        List<Record> records = new ArrayList<>();
        try (CloseableIterable<Record> all = FormatModelRegistry.readBuilder(
                        FileFormat.PARQUET, Record.class, table.io().newInputFile(file))
                .project(table.schema())
                .build()) {
            all.forEach(record -> records.add(record.copy()));
        }
        return records;
    }

    private static Schema tableSchema(Random random) {
        List<Types.NestedField> columns = new ArrayList<>();
        int id = 1;
        for (Type type : PLAIN) {
            columns.add(Types.NestedField.optional(id, "c" + id + (random.nextInt(4) == 0 ? " x-y" : ""), type));
            id++;
        }
        columns.add(Types.NestedField.optional(id++, "list", Types.ListType.ofOptional(100, Types.LongType.get())));
        columns.add(Types.NestedField.optional(
                id++, "map", Types.MapType.ofOptional(101, 102, Types.StringType.get(), Types.DoubleType.get())));
        columns.add(Types.NestedField.optional(
                id++,
                "struct",
                Types.StructType.of(
                        Types.NestedField.optional(103, "x", Types.LongType.get()),
                        Types.NestedField.optional(104, "y", Types.StringType.get()))));
        columns.add(Types.NestedField.optional("defaulted")
                .withId(id)
                .ofType(Types.LongType.get())
                .withWriteDefault(Literal.of(77L))
                .build());
        Collections.shuffle(columns, random);
        return new Schema(columns);
    }

    /** Some of the columns, in another order, of narrower types. */
    private static RowShape shape(Schema schema, Random random) {
        List<RowShape.Column> columns = new ArrayList<>();
        for (Types.NestedField field : schema.columns()) {
            if (random.nextInt(6) > 0) {
                columns.add(new RowShape.Column(field.name(), narrowed(field.type(), random), true, null));
            }
        }
        Collections.shuffle(columns, random);
        return RowShape.of(List.of(), columns);
    }

    private static Type narrowed(Type type, Random random) {
        if (random.nextBoolean()) {
            return type;
        }
        return switch (type.typeId()) {
            case LONG -> Types.IntegerType.get();
            case DOUBLE -> Types.FloatType.get();
            case DECIMAL ->
                Types.DecimalType.of(((Types.DecimalType) type).scale() + 1, ((Types.DecimalType) type).scale());
            default -> type;
        };
    }

    private static List<BufferedRow> rows(List<RowShape> shapes, Random random) {
        List<BufferedRow> rows = new ArrayList<>();
        int count = random.nextInt(500) + 1;
        for (int i = 0; i < count; i++) {
            int shape = random.nextInt(shapes.size());
            Object[] values = shapes.get(shape).columns().stream()
                    .map(column -> value(column.type(), random))
                    .toArray();
            rows.add(row(shapes.get(shape), shape, values, i));
        }
        return rows;
    }

    private static BufferedRow row(RowShape shape, int index, Object[] values, long offset) {
        byte[] bytes = RowCodec.encode(shape, values, new ByteOutput(16));
        return new BufferedRow(
                null,
                new TableBuffer.Entry(
                        index, EncodedRow.of(bytes), null, new org.apache.kafka.common.TopicPartition("t", 0), offset));
    }

    /** In Iceberg's internal representation. */
    private static Object value(Type type, Random random) {
        if (random.nextInt(5) == 0) {
            return null;
        }
        return switch (type.typeId()) {
            case BOOLEAN -> random.nextBoolean();
            case INTEGER -> random.nextInt() >> random.nextInt(32);
            case DATE -> random.nextInt(100_000) - 50_000;
            case LONG -> random.nextLong() >> random.nextInt(64);
            case TIME -> (long) (random.nextDouble() * 86_400_000_000L);
            case TIMESTAMP, TIMESTAMP_NANO -> random.nextLong() >> 12;
            case FLOAT -> random.nextInt(5) == 0 ? Float.NaN : (float) random.nextGaussian();
            case DOUBLE -> random.nextInt(5) == 0 ? Double.NaN : random.nextGaussian() * 1e100;
            case STRING -> "text ".repeat(random.nextInt(4)) + (char) (0x20 + random.nextInt(0x3000));
            case BINARY -> ByteBuffer.wrap(bytes(random));
            case UUID -> new UUID(random.nextLong(), random.nextLong());
            case DECIMAL -> decimal((Types.DecimalType) type, random);
            case LIST -> Arrays.asList(random.nextLong(), null, 5L).subList(0, random.nextInt(4));
            case MAP -> {
                Map<Object, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(3); i > 0; i--) {
                    map.put("key " + i, value(Types.DoubleType.get(), random));
                }
                yield map;
            }
            case STRUCT -> new Object[] {value(Types.LongType.get(), random), value(Types.StringType.get(), random)};
            default -> throw new AssertionError(type);
        };
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static BigDecimal decimal(Types.DecimalType type, Random random) {
        BigInteger bound = BigInteger.TEN.pow(1 + random.nextInt(type.precision()));
        BigInteger unscaled = new BigInteger(bound.bitLength() + 8, random).mod(bound);
        return new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), type.scale());
    }
}
