/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.TypeConfig;
import io.dolake.sink.row.ByteOutput;
import io.dolake.sink.row.RowCodec;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.row.UnavailableValues;
import io.dolake.sink.testkit.ValueTables;
import io.dolake.sink.values.Answer;
import io.dolake.sink.values.Bound;
import io.dolake.sink.values.SemanticType;
import io.dolake.sink.values.SemanticTypes;
import io.dolake.sink.values.Shown;
import io.dolake.sink.values.TypeSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.iceberg.types.Type;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * FAULTS C3 to C5, C13, for values of all types of Connect and Debezium, drawn at random near the ends of things:
 * through the sink's conversion, its buffer and its Parquet writer to Iceberg's own reader, under any settings. What is
 * to come out is worked out apart from the sink ({@link io.dolake.sink.values}).
 */
public class SemanticTypesTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int VALUES = 60;

    static {
        System.out.println("SemanticTypesTest: -Dseed=" + SEED);
    }

    @AutoClose
    private final ValueTables tables = new ValueTables();

    static Stream<SemanticType> types() {
        return Stream.concat(SemanticTypes.single().stream(), SemanticTypes.nested(new Random(SEED), 40).stream());
    }

    @ParameterizedTest
    @MethodSource("types")
    void valuesAreKeptOrRefused(SemanticType type) throws Exception {
        Random random = new Random(SEED ^ type.label().hashCode());
        for (String inexact : List.of("refuse", "null", "nearest")) {
            TypeSettings settings = random.nextInt(4) == 0 ? TypeSettings.DEFAULT : TypeSettings.draw(random);
            check(type, settings.withInexact(inexact), random.nextInt(3) > 0, random);
        }
    }

    private void check(SemanticType type, TypeSettings settings, boolean isOptional, Random random) throws Exception {
        Schema column = type.schema(isOptional);
        Schema row = SchemaBuilder.struct().field("v", column).build();
        RowShape shape = RowShape.of(row, List.of(), Set.of(), new ConnectTypes(config(settings)));
        String as = type + " " + settings + (isOptional ? " optional" : " required") + ", seed " + SEED + ": ";
        assertThat(name(shape.type(0))).as(as).isEqualTo(type.column(settings));
        List<String> expected = new ArrayList<>();
        List<byte[]> encoded = new ArrayList<>();
        for (int i = 0; i < VALUES; i++) {
            Object value = isOptional && random.nextInt(10) == 0 ? null : Bound.to(column, type.draw(random));
            Answer answer = type.answer(value, settings, isOptional);
            String of = as + Shown.text(value);
            try {
                encoded.add(RowCodec.encode(
                        shape,
                        shape.values(new Struct(row).put("v", value), new UnavailableValues("").none()),
                        new ByteOutput(16)));
                assertThat(answer).as(of).isInstanceOf(Answer.Kept.class);
                expected.add(Shown.text(((Answer.Kept) answer).value()));
            } catch (DoLakeException e) {
                assertThat(answer)
                        .as(of + ": " + e.getMessage())
                        .isEqualTo(new Answer.Refused(e.hint().isPresent()));
                assertThat(e.code()).as(of).isEqualTo(ErrorCode.TYPE_MISMATCH);
                assertThat(e.getMessage()).as(of).startsWith("Cannot convert the value of column v");
            }
        }
        assertThat(tables.roundTrip(shape, encoded)).as(as).isEqualTo(expected);
    }

    static String name(Type type) {
        return type.isNestedType() ? type.typeId().name().toLowerCase(java.util.Locale.ROOT) : type.toString();
    }

    static TypeConfig config(TypeSettings settings) {
        ConfigDef def = new ConfigDef();
        TypeConfig.define(def);
        return TypeConfig.of(new AbstractConfig(def, settings.toMap()));
    }
}
