/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.config.TypeConfig;
import io.dolake.sink.row.ByteOutput;
import io.dolake.sink.row.RowCodec;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.row.UnavailableValues;
import io.dolake.sink.table.SchemaEvolution;
import io.dolake.sink.testkit.ValueTables;
import io.dolake.sink.values.JsonTexts;
import io.dolake.sink.values.Shown;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.variants.Variant;
import org.apache.iceberg.variants.VariantArray;
import org.apache.iceberg.variants.VariantObject;
import org.apache.iceberg.variants.VariantPrimitive;
import org.apache.iceberg.variants.VariantValue;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** JSON that becomes variants says there what it said, or is refused. */
class JsonVariantTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int VALUES = 1_000;

    @AutoClose
    private final ValueTables tables = new ValueTables();

    @Test
    void jsonIsTheSameAsAVariant() throws Exception {
        System.out.println("JsonVariantTest: -Dseed=" + SEED);
        Random random = new Random(SEED);
        ConfigDef def = new ConfigDef();
        TypeConfig.define(def);
        TypeConfig config = TypeConfig.of(new AbstractConfig(def, Map.of(TypeConfig.JSON, "variant")));
        var row = SchemaBuilder.struct()
                .field(
                        "v",
                        SchemaBuilder.string()
                                .name("io.debezium.data.Json")
                                .optional()
                                .build())
                .build();
        RowShape shape = RowShape.of(row, List.of(), Set.of(), new ConnectTypes(config));
        List<byte[]> rows = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < VALUES; i++) {
            JsonTexts.Drawn json = JsonTexts.draw(random);
            String as = json.text() + ", seed " + SEED;
            try {
                rows.add(RowCodec.encode(
                        shape,
                        shape.values(new Struct(row).put("v", json.text()), new UnavailableValues("").none()),
                        new ByteOutput(16)));
                assertThat(json.value()).as(as).isNotNull();
                expected.add(Shown.text(plain(json.value())));
            } catch (DoLakeException e) {
                assertThat(json.value()).as(as).isNull();
                assertThat(e.hint().isPresent()).as(as + e).isEqualTo(json.isTooMuch());
            }
        }
        Table table = tables.create(SchemaEvolution.initial(shape, false), PartitionSpec.unpartitioned(), 3);
        ValueTables.write(table, shape, rows);
        List<String> actual = new ArrayList<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
            records.forEach(record -> actual.add(Shown.text(plain(value(((Variant) record.getField("v")).value())))));
        }
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i)).as("seed %s", SEED).isEqualTo(expected.get(i));
        }
        assertThat(actual).hasSameSizeAs(expected);
    }

    /** Numbers by what they are, not by how they are written. */
    private static Object plain(Object value) {
        if (value instanceof BigDecimal number) {
            BigDecimal least = number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
            boolean isDecimal =
                    least.precision() <= 38 && least.scale() <= 38 && least.precision() - least.scale() <= 38;
            return isDecimal ? least.toPlainString() : "double " + Double.parseDouble(number.toString());
        }
        if (value instanceof List<?> list) {
            return list.stream().map(JsonVariantTest::plain).toList();
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> entries = new LinkedHashMap<>();
            map.forEach((key, item) -> entries.put(key, plain(item)));
            return entries;
        }
        return value;
    }

    private static Object value(VariantValue value) {
        if (value instanceof VariantObject object) {
            Map<Object, Object> fields = new LinkedHashMap<>();
            object.fieldNames().forEach(name -> fields.put(name, value(object.get(name))));
            return fields;
        }
        if (value instanceof VariantArray array) {
            List<Object> items = new ArrayList<>();
            for (int i = 0; i < array.numElements(); i++) {
                items.add(value(array.get(i)));
            }
            return items;
        }
        Object single = ((VariantPrimitive<?>) value).get();
        if (single instanceof Double number) {
            return "double " + number;
        }
        if (single instanceof Number number) {
            return new BigDecimal(number.toString());
        }
        return single == null ? Shown.NULL : single.toString();
    }
}
