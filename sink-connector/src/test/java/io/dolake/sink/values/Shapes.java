/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import io.dolake.sink.values.Answer.Fields;
import io.dolake.sink.values.SemanticType.Found;
import io.dolake.sink.values.SemanticType.Single;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** Geometries and vectors. */
final class Shapes {
    private static final String GEOMETRY = "io.debezium.data.geometry.";
    private static final Schema POINT = SchemaBuilder.struct()
            .name(GEOMETRY + "Point")
            .version(1)
            .field("x", Schema.FLOAT64_SCHEMA)
            .field("y", Schema.FLOAT64_SCHEMA)
            .field("wkb", Schema.OPTIONAL_BYTES_SCHEMA)
            .field("srid", Schema.OPTIONAL_INT32_SCHEMA)
            .build();
    private static final Schema SPARSE = SchemaBuilder.struct()
            .name("io.debezium.data.SparseDoubleVector")
            .version(1)
            .field("dimensions", Schema.INT16_SCHEMA)
            .field(
                    "vector",
                    SchemaBuilder.map(Schema.INT16_SCHEMA, Schema.FLOAT64_SCHEMA)
                            .build())
            .build();

    private Shapes() {}

    static List<SemanticType> all() {
        return List.of(
                geometry(GEOMETRY + "Geometry"),
                geometry(GEOMETRY + "Geography"),
                point(),
                new Single(
                        "io.debezium.data.FloatVector",
                        () -> SchemaBuilder.array(Schema.FLOAT32_SCHEMA)
                                .name("io.debezium.data.FloatVector")
                                .version(1),
                        random -> IntStream.range(0, random.nextInt(5))
                                .mapToObj(i -> Draws.smallReal(random))
                                .toList(),
                        "list",
                        Found::exact),
                new Single(
                        "io.debezium.data.DoubleVector",
                        () -> SchemaBuilder.array(Schema.FLOAT64_SCHEMA)
                                .name("io.debezium.data.DoubleVector")
                                .version(1),
                        random -> IntStream.range(0, random.nextInt(5))
                                .mapToObj(i -> Draws.real(random))
                                .toList(),
                        "list",
                        Found::exact),
                new Single(
                        SPARSE.name(),
                        () -> Numbers.copy(SPARSE),
                        Shapes::sparse,
                        "struct",
                        value -> Found.exact(new Fields(
                                List.of(((Struct) value).get("dimensions"), ((Struct) value).get("vector"))))));
    }

    private static Schema geometrySchema(String name) {
        return SchemaBuilder.struct()
                .name(name)
                .version(1)
                .field("wkb", Schema.BYTES_SCHEMA)
                .field("srid", Schema.OPTIONAL_INT32_SCHEMA)
                .build();
    }

    private static Object srid(Random random) {
        return random.nextInt(3) == 0 ? null : (Integer) (int) Draws.number(random, 32);
    }

    private static SemanticType geometry(String name) {
        Schema schema = geometrySchema(name);
        return new Single(
                name,
                () -> Numbers.copy(schema),
                random -> new Struct(schema).put("wkb", Draws.bytes(random)).put("srid", srid(random)),
                TypeSettings::geometry,
                (value, settings) -> found((Struct) value, settings));
    }

    private static SemanticType point() {
        return new Single(
                POINT.name(),
                () -> Numbers.copy(POINT),
                random -> new Struct(POINT)
                        .put("x", Draws.real(random))
                        .put("y", Draws.real(random))
                        .put("wkb", random.nextInt(4) == 0 ? null : Draws.bytes(random))
                        .put("srid", srid(random)),
                TypeSettings::geometry,
                (value, settings) -> found((Struct) value, settings));
    }

    private static Found found(Struct value, TypeSettings settings) {
        if (settings.geometry().equals("struct")) {
            List<Object> fields = new ArrayList<>();
            value.schema().fields().forEach(field -> fields.add(value.get(field)));
            return Found.exact(new Fields(fields));
        }
        Object wkb = value.get("wkb");
        return Found.exact(wkb != null ? wkb : wkb((Double) value.get("x"), (Double) value.get("y")));
    }

    /** A point, least significant byte first. */
    private static byte[] wkb(double x, double y) {
        return ByteBuffer.allocate(21)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 1)
                .putInt(1)
                .putDouble(x)
                .putDouble(y)
                .array();
    }

    private static Object sparse(Random random) {
        Map<Short, Double> vector = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            vector.put((short) Draws.number(random, 16), Draws.real(random));
        }
        return new Struct(SPARSE)
                .put("dimensions", (short) Draws.number(random, 16))
                .put("vector", vector);
    }

    static List<Object> listOf(Object... values) {
        return new ArrayList<>(Arrays.asList(values));
    }
}
