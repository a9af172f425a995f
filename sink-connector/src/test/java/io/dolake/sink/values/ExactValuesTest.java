/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.json.SchemaCachingJsonConverter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that Kafka's own JsonConverter would change on their way are what they were, or refused. */
class ExactValuesTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    private final JsonConverter kafka = new JsonConverter();
    private final SchemaCachingJsonConverter ours = new SchemaCachingJsonConverter();

    @BeforeEach
    void configure() {
        configure(Map.of());
    }

    private void configure(Map<String, ?> configs) {
        kafka.configure(configs, false);
        ours.configure(configs, false);
    }

    /** What JsonConverter writes is read as it was: it takes 0 for some of it itself. */
    @Test
    void valuesOfAllTypesComeBack() {
        System.out.println("ExactValuesTest: -Dseed=" + SEED);
        Random random = new Random(SEED);
        List<SemanticType> types = new ArrayList<>(SemanticTypes.single());
        types.addAll(SemanticTypes.nested(random, 40));
        for (SemanticType type : types) {
            Schema row = SchemaBuilder.struct()
                    .field("v", type.schema(true))
                    .field("w", Schema.OPTIONAL_STRING_SCHEMA)
                    .build();
            for (int i = 0; i < 20; i++) {
                Object value = Bound.to(row.field("v").schema(), type.draw(random));
                byte[] message = written(row, value);
                if (message != null) {
                    Struct read = (Struct) ours.toConnectData("t", message).value();
                    assertThat(Shown.text(read.get("v")))
                            .as(type + ", seed " + SEED)
                            .isEqualTo(Shown.text(value));
                }
            }
        }
    }

    /**
     * Null for what has no form in JSON: numbers that are no date, texts that are half of a pair, map keys that are
     * null.
     */
    private byte[] written(Schema row, Object value) {
        try {
            byte[] message = kafka.fromConnectData("t", row, new Struct(row).put("v", value));
            boolean isBroken = new String(message, StandardCharsets.UTF_8).contains("?") || hasHalf(Shown.text(value));
            return isBroken ? null : message;
        } catch (DataException e) {
            return null;
        }
    }

    private static boolean hasHalf(String text) {
        return !StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int8 | 128",
                "int8 | -129",
                "int16 | 32768",
                "int32 | 2147483648",
                "int64 | 9223372036854775808",
                "int64 | 1.5",
                "int32 | \"5\"",
                "float | 3.5e38",
                "double | 1e400",
                "double | \"1.5\"",
                "double | \"\"",
                "boolean | \"true\"",
                "boolean | 1",
                "string | 5",
                "string | {}",
                "bytes | 5",
            })
    void whatIsNotOfItsTypeIsRefusedNotChanged(String type, String value) {
        String schema =
                "{\"type\":\"struct\",\"fields\":[{\"type\":\"" + type + "\",\"optional\":true,\"field\":\"v\"}]}";
        byte[] message =
                ("{\"schema\":" + schema + ",\"payload\":{\"v\":" + value + "}}").getBytes(StandardCharsets.UTF_8);
        byte[] first = ("{\"schema\":" + schema + ",\"payload\":{\"v\":null}}").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> ours.toConnectData("t", message))
                    .isInstanceOf(DataException.class)
                    .hasMessageNotContaining(value.length() > 3 ? value : "no value");
            ours.toConnectData("t", first);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"a\":9223372036854775808}]",
                "{\"a\":[-9223372036854775809]}",
                "{\"a\":{\"b\":1e309}}",
                "12345678901234567890"
            })
    void numbersWithoutASchemaAreWholeOrRefused(String json) {
        configure(Map.of("schemas.enable", "false"));
        assertThatThrownBy(() -> ours.toConnectData("t", json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(DataException.class);
        String fits =
                "{\"a\":[9223372036854775807,-9223372036854775808,1e308,\"12345678901234567890\",1.12345678901234567890]}";
        assertThat(ours.toConnectData("t", fits.getBytes(StandardCharsets.UTF_8))
                        .value())
                .hasToString(
                        "{a=[9223372036854775807, -9223372036854775808, 1.0E308, 12345678901234567890, 1.1234567890123457]}");
    }
}
