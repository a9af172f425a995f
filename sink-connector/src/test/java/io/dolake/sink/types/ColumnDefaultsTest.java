/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.config.SchemaPolicy;
import io.dolake.sink.row.ByteOutput;
import io.dolake.sink.row.RowCodec;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.table.SchemaEvolution;
import io.dolake.sink.testkit.ValueTables;
import io.dolake.sink.values.Answer;
import io.dolake.sink.values.SemanticType;
import io.dolake.sink.values.SemanticTypes;
import io.dolake.sink.values.Shown;
import io.dolake.sink.values.TypeSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.types.Types;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The default of a column that is added is the value that older rows have, of whatever type; and the table can be read
 * after it.
 */
class ColumnDefaultsTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final RowShape OLD =
            RowShape.of(List.of(), List.of(new RowShape.Column("id", Types.LongType.get(), true, null)));

    static {
        System.out.println("ColumnDefaultsTest: -Dseed=" + SEED);
    }

    @AutoClose
    private final ValueTables tables = new ValueTables();

    static Stream<SemanticType> types() {
        // Connect takes no default of a struct.
        return SemanticTypes.single().stream()
                .filter(type -> type.schema(false).type() != org.apache.kafka.connect.data.Schema.Type.STRUCT);
    }

    @ParameterizedTest
    @MethodSource("types")
    void olderRowsHaveTheDefault(SemanticType type) throws Exception {
        Random random = new Random(SEED ^ type.label().hashCode());
        for (int i = 0; i < 8; i++) {
            check(type, random, i % 4 == 0 ? 2 : 3);
        }
    }

    private void check(SemanticType type, Random random, int formatVersion) throws Exception {
        TypeSettings settings = TypeSettings.draw(random).withInexact("refuse");
        Object value = type.draw(random);
        SchemaBuilder column = type.builder().optional();
        Answer answer = type.answer(value, settings, true);
        String as = type + " " + settings + ", seed " + SEED + ": " + Shown.text(value);
        var row = SchemaBuilder.struct()
                .field("id", org.apache.kafka.connect.data.Schema.OPTIONAL_INT64_SCHEMA)
                .field("v", column.defaultValue(value).build())
                .build();
        RowShape shape = RowShape.of(row, List.of(), Set.of(), new ConnectTypes(SemanticTypesTest.config(settings)));
        check(shape, value, answer, formatVersion, as);
    }

    private void check(RowShape shape, Object value, Answer answer, int formatVersion, String as) throws Exception {
        Table table = tables.create(SchemaEvolution.initial(OLD, false), PartitionSpec.unpartitioned(), formatVersion);
        ValueTables.write(table, OLD, List.of(RowCodec.encode(OLD, new Object[] {1L}, new ByteOutput(16))));
        boolean isOld = formatVersion < 3 && shape.type(1).toString().endsWith("_ns");
        if (!isOld) {
            var current = new SchemaEvolution.Current("t", table.schema(), formatVersion, true, false);
            boolean isEndless = value instanceof Number number && !Double.isFinite(number.doubleValue());
            boolean hasDefault = formatVersion >= 3 && shape.type(1).isPrimitiveType();
            if (hasDefault && (isEndless || answer instanceof Answer.Refused)) {
                boolean isInexact = isEndless || ((Answer.Refused) answer).isInexact();
                assertThatThrownBy(() -> SchemaEvolution.plan(current, List.of(shape), SchemaPolicy.DEFAULT))
                        .as(as)
                        .isInstanceOfSatisfying(
                                DoLakeException.class,
                                e -> assertThat(e.hint().isPresent()).isEqualTo(isInexact))
                        .hasMessageStartingWith("Cannot convert the value of column v (its default)");
                return;
            }
            UpdateSchema update = table.updateSchema();
            SchemaEvolution.plan(current, List.of(shape), SchemaPolicy.DEFAULT).apply(update);
            update.commit();
            Schema schema = table.schema();
            assertThat(SchemaParser.fromJson(SchemaParser.toJson(schema)).sameSchema(schema))
                    .as(as)
                    .isTrue();
            List<String> expected = new ArrayList<>();
            expected.add(hasDefault ? Shown.text(((Answer.Kept) answer).value()) : Shown.NULL);
            assertThat(ValueTables.values(table)).as(as).isEqualTo(expected);
        }
    }

    /** Infinity as a default made tables that nobody could read again. */
    @ParameterizedTest
    @CsvSource({
        "null, NaN, null",
        "null, Infinity, null",
        "nearest, NaN, null",
        "nearest, -Infinity, -1.7976931348623157E308"
    })
    void defaultsThatMetadataHasNotAreWhatTheSettingSays(String inexact, double value, String expected)
            throws Exception {
        var row = SchemaBuilder.struct()
                .field("id", org.apache.kafka.connect.data.Schema.OPTIONAL_INT64_SCHEMA)
                .field(
                        "v",
                        SchemaBuilder.float64().optional().defaultValue(value).build())
                .build();
        RowShape shape = RowShape.of(
                row,
                List.of(),
                Set.of(),
                new ConnectTypes(SemanticTypesTest.config(TypeSettings.DEFAULT.withInexact(inexact))));
        Object kept = expected.equals("null") ? null : Double.valueOf(expected);
        check(shape, kept, new Answer.Kept(kept), 3, expected);
    }
}
