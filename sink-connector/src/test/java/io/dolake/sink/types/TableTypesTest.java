/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.buffer.BufferedRow;
import io.dolake.sink.buffer.RowsRejectedException;
import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.config.SchemaPolicy;
import io.dolake.sink.config.TypeConfig;
import io.dolake.sink.row.ByteOutput;
import io.dolake.sink.row.EncodedRow;
import io.dolake.sink.row.RowCodec;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.row.UnavailableValues;
import io.dolake.sink.table.SchemaEvolution;
import io.dolake.sink.testkit.ValueTables;
import io.dolake.sink.values.Answer;
import io.dolake.sink.values.Bound;
import io.dolake.sink.values.Conversions;
import io.dolake.sink.values.SemanticType;
import io.dolake.sink.values.SemanticTypes;
import io.dolake.sink.values.Shown;
import io.dolake.sink.values.TypeSettings;
import io.dolake.sink.write.RowWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * FAULTS C7 and C8, for values of all types in columns of all types, in tables of both formats, partitioned by the
 * column and sorted by it or not: the same value or a refusal of its row, by an account apart from the sink's ({@link
 * Conversions}).
 */
class TableTypesTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int VALUES = 60;
    private static final TopicPartition ANY = new TopicPartition("t", 0);

    static {
        System.out.println("TableTypesTest: -Dseed=" + SEED);
    }

    @AutoClose
    private final ValueTables tables = new ValueTables();

    static Stream<SemanticType> types() {
        return SemanticTypes.forEachColumn(new Random(SEED)).stream();
    }

    @ParameterizedTest
    @MethodSource("types")
    void valuesAreTheSameInTheTablesTypeOrRefused(SemanticType type) throws Exception {
        Random random = new Random(SEED ^ type.label().hashCode());
        for (String column : Conversions.COLUMNS) {
            check(type, column, random.nextInt(3) == 0, random);
        }
    }

    private static Type type(String name) {
        return switch (name) {
            case "boolean" -> Types.BooleanType.get();
            case "timestamptz_ns" -> Types.TimestampNanoType.withZone();
            case "timestamp_ns" -> Types.TimestampNanoType.withoutZone();
            default -> Types.fromPrimitiveString(name);
        };
    }

    /** Takes a row of one value, {@code isNested} within a list of a struct. */
    private void check(SemanticType type, String column, boolean isNested, Random random) throws Exception {
        String from = type.column(TypeSettings.DEFAULT);
        var item = SchemaBuilder.struct().field("x", type.schema(true)).build();
        var v = isNested ? SchemaBuilder.array(item).optional().build() : type.schema(true);
        var row = SchemaBuilder.struct().field("v", v).build();
        RowShape shape = RowShape.of(row, List.of(), Set.of(), new ConnectTypes(TypeConfig.DEFAULT));
        Type target = isNested
                ? Types.ListType.ofOptional(2, Types.StructType.of(Types.NestedField.optional(3, "x", type(column))))
                : type(column);
        int version = column.endsWith("_ns") || random.nextBoolean() ? 3 : 2;
        Schema schema = new Schema(Types.NestedField.optional(1, "v", target));
        Table table = tables.create(schema, isNested ? PartitionSpec.unpartitioned() : spec(schema, random), version);
        if (!isNested && random.nextInt(3) == 0) {
            table.replaceSortOrder().asc("v").commit();
        }
        String as = type + " (" + from + ") in " + table.spec() + " of " + schema + " v" + version + ", seed " + SEED;
        var current = new SchemaEvolution.Current("t", table.schema(), version, false, random.nextBoolean());
        if (!Conversions.isPossible(from, column)) {
            assertThatThrownBy(() -> SchemaEvolution.plan(current, List.of(shape), SchemaPolicy.DEFAULT))
                    .as(as)
                    .isInstanceOf(DoLakeException.class)
                    .hasMessageContaining("column v is");
            return;
        }
        assertThat(SchemaEvolution.plan(current, List.of(shape), SchemaPolicy.DEFAULT)
                        .isNeeded())
                .as(as)
                .isFalse();
        Map<Long, String> expected = new TreeMap<>();
        List<BufferedRow> rows = new ArrayList<>();
        Map<Long, String> values = new TreeMap<>();
        while (rows.size() < VALUES) {
            Object value = type.draw(random);
            if (type.answer(value, TypeSettings.DEFAULT, true) instanceof Answer.Kept kept) {
                Optional<Object> wanted = Conversions.of(kept.value(), from, column);
                long offset = rows.size();
                wanted.ifPresent(it -> expected.put(offset, isNested ? "[(" + Shown.text(it) + ")]" : Shown.text(it)));
                values.put(offset, Shown.text(kept.value()));
                rows.add(row(
                        shape,
                        row,
                        isNested ? List.of(new Struct(item).put("x", Bound.to(type.schema(true), value))) : value,
                        offset));
            }
        }
        Map<Long, String> actual = new TreeMap<>();
        List<BufferedRow> taken = new ArrayList<>();
        Set<Long> refused = refused(table, shape, rows);
        for (BufferedRow one : rows) {
            long offset = one.entry().offset();
            assertThat(refused.contains(offset))
                    .as("%s: %s is refused", as, values.get(offset))
                    .isEqualTo(!expected.containsKey(offset));
            if (!refused.contains(offset)) {
                taken.add(one);
            }
        }
        ValueTables.append(table, shape, taken);
        assertThat(ValueTables.values(table)).as(as).containsExactlyInAnyOrderElementsOf(expected.values());
    }

    /** Offsets of the rows that the writer does not take. */
    private static Set<Long> refused(Table table, RowShape shape, List<BufferedRow> rows) {
        try {
            new RowWriter(table, table.schema(), List.of(shape), Map.of(), new RowWriter.FileNames(0, "tried"))
                    .write(rows);
            return Set.of();
        } catch (RowsRejectedException e) {
            Set<Long> refused = new java.util.TreeSet<>();
            e.rows().forEach((place, error) -> {
                assertThat(error.getMessage()).contains("column v");
                refused.add(place.offset());
            });
            return refused;
        }
    }

    private static BufferedRow row(
            RowShape shape, org.apache.kafka.connect.data.Schema schema, Object value, long offset) {
        byte[] bytes = RowCodec.encode(
                shape,
                shape.values(new Struct(schema).put("v", value), new UnavailableValues("").none()),
                new ByteOutput(16));
        return new BufferedRow(null, new TableBuffer.Entry(0, EncodedRow.of(bytes), null, ANY, offset));
    }

    private static PartitionSpec spec(Schema schema, Random random) {
        Type.TypeID type = schema.findType("v").typeId();
        PartitionSpec.Builder spec = PartitionSpec.builderFor(schema);
        boolean isMoment = Set.of(Type.TypeID.DATE, Type.TypeID.TIMESTAMP, Type.TypeID.TIMESTAMP_NANO)
                .contains(type);
        boolean canBeCut = Set.of(
                        Type.TypeID.INTEGER,
                        Type.TypeID.LONG,
                        Type.TypeID.DECIMAL,
                        Type.TypeID.STRING,
                        Type.TypeID.BINARY)
                .contains(type);
        boolean canBeHashed = !Set.of(Type.TypeID.BOOLEAN, Type.TypeID.FLOAT, Type.TypeID.DOUBLE)
                .contains(type);
        int choice = random.nextInt(6);
        // Iceberg's own reader gives such a column as numbers; ours: KeyValuesTest.
        if (choice == 0 && type != Type.TypeID.TIMESTAMP_NANO) {
            return spec.identity("v").build();
        }
        if (choice == 1 && canBeHashed) {
            return spec.bucket("v", 4).build();
        }
        if (choice == 2 && isMoment) {
            return (random.nextBoolean() ? spec.day("v") : random.nextBoolean() ? spec.year("v") : spec.month("v"))
                    .build();
        }
        return choice == 3 && canBeCut ? spec.truncate("v", 3).build() : PartitionSpec.unpartitioned();
    }
}
