/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.index.KeyScan;
import io.dolake.sink.row.ByteOutput;
import io.dolake.sink.row.KeyBytes;
import io.dolake.sink.row.RowCodec;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.row.UnavailableValues;
import io.dolake.sink.testkit.ValueTables;
import io.dolake.sink.values.Answer;
import io.dolake.sink.values.SemanticType;
import io.dolake.sink.values.SemanticTypes;
import io.dolake.sink.values.Shown;
import io.dolake.sink.values.TypeSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Values of all types as keys: the key that a record has is the one that is read again from the table, two values are
 * two keys, and what the column does not hold is refused, whatever the setting says.
 */
class KeyValuesTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int VALUES = 100;

    static {
        System.out.println("KeyValuesTest: -Dseed=" + SEED);
    }

    @AutoClose
    private final ValueTables tables = new ValueTables();

    static Stream<SemanticType> types() {
        return SemanticTypes.single().stream()
                .filter(type -> type.schema(false).type() != org.apache.kafka.connect.data.Schema.Type.STRUCT
                        && type.schema(false).type() != org.apache.kafka.connect.data.Schema.Type.ARRAY);
    }

    @ParameterizedTest
    @MethodSource("types")
    void keysAreTheSameInTheTable(SemanticType type) throws Exception {
        Random random = new Random(SEED ^ type.label().hashCode());
        TypeSettings settings = TypeSettings.draw(random);
        var row = SchemaBuilder.struct().field("v", type.schema(true)).build();
        RowShape shape = RowShape.of(row, List.of("v"), Set.of(), new ConnectTypes(SemanticTypesTest.config(settings)));
        List<KeyBytes> keys = new ArrayList<>();
        List<byte[]> rows = new ArrayList<>();
        Map<KeyBytes, String> texts = new HashMap<>();
        for (int i = 0; i < VALUES; i++) {
            Object value = random.nextInt(20) == 0 ? null : type.draw(random);
            // Nothing else will do in a key.
            Answer answer = type.answer(value, settings.withInexact("refuse"), true);
            String as = type + " " + settings + ", seed " + SEED + ": " + Shown.text(value);
            try {
                Object[] values = shape.values(new Struct(row).put("v", value), new UnavailableValues("").none());
                rows.add(RowCodec.encode(shape, values, new ByteOutput(16)));
                KeyBytes key = KeyBytes.of(values);
                keys.add(key);
                assertThat(answer).as(as).isInstanceOf(Answer.Kept.class);
                // Zero is one number, whatever its sign.
                String text = Shown.text(((Answer.Kept) answer).value()).replaceFirst("^-0\\.0$", "0.0");
                assertThat(texts.putIfAbsent(key, text)).as(as).isIn(null, text);
            } catch (DoLakeException e) {
                assertThat(answer)
                        .as(as + e)
                        .isEqualTo(new Answer.Refused(e.hint().isPresent()));
            }
        }
        assertThat(texts.values()).doesNotHaveDuplicates();
        assertThat(read(shape, rows)).as(type + ", seed " + SEED).isEqualTo(keys);
    }

    private List<KeyBytes> read(RowShape shape, List<byte[]> rows) throws Exception {
        Schema schema = new Schema(Types.NestedField.optional(1, "v", shape.type(0)));
        Table table = tables.create(schema, PartitionSpec.unpartitioned(), 3);
        ValueTables.write(table, shape, rows);
        List<KeyBytes> found = new ArrayList<>();
        try (var tasks = table.newScan().planFiles()) {
            for (FileScanTask task : tasks) {
                new KeyScan(table, List.of("v")).read(task, (key, position) -> found.add(key));
            }
        }
        return found;
    }

    /** Values of a partition are read from its path, those with nanoseconds as Iceberg does not. */
    @Test
    void keysThatAreThePartitionAreTheSameToo() throws Exception {
        Types.TimestampNanoType type = Types.TimestampNanoType.withoutZone();
        Schema schema = new Schema(Types.NestedField.optional(1, "v", type));
        Table table = tables.create(
                schema, PartitionSpec.builderFor(schema).identity("v").build(), 3);
        RowShape shape = RowShape.of(List.of("v"), List.of(new RowShape.Column("v", type, true, null)));
        Object[] key = {100_001_000_001L};
        ValueTables.write(table, shape, List.of(RowCodec.encode(shape, key, new ByteOutput(16))));
        List<KeyBytes> found = new ArrayList<>();
        try (var tasks = table.newScan().planFiles()) {
            for (FileScanTask task : tasks) {
                new KeyScan(table, List.of("v")).read(task, (one, position) -> found.add(one));
            }
        }
        assertThat(found).containsExactly(KeyBytes.of(key));
    }
}
