/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every message means what Kafka's own converter says it means, unless that says other than the message: such are
 * refused.
 */
class SchemaCachingJsonConverterTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final String DAMAGES = "{}[]\",:0= a\\\u0001\u001f\u007f\u0080\u00c3\u00ff";
    private static final String ROW = "{\"type\":\"struct\",\"optional\":false,\"fields\":["
            + "{\"type\":\"int64\",\"optional\":false,\"field\":\"id\"},"
            + "{\"type\":\"string\",\"optional\":true,\"field\":\"name\"}]}";

    private final JsonConverter kafka = new JsonConverter();
    private SchemaCachingJsonConverter ours = new SchemaCachingJsonConverter();

    @BeforeEach
    void configure() {
        configure(Map.of());
    }

    private void configure(Map<String, ?> configs) {
        kafka.configure(configs, false);
        ours.configure(configs, false);
    }

    @Test
    void isFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(Converter.class)).hasAtLeastOneElementOfType(SchemaCachingJsonConverter.class);
    }

    @ParameterizedTest
    @CsvSource({
        "true, BASE64, false",
        "false, BASE64, false",
        "true, NUMERIC, false",
        "false, NUMERIC, false",
        "true, BASE64, true"
    })
    void randomValuesAreReadAlike(boolean replacesNull, String decimals, boolean isChecked) {
        System.out.println("SchemaCachingJsonConverterTest seed=" + SEED);
        ours = new SchemaCachingJsonConverter(isChecked);
        configure(Map.of(
                "replace.null.with.default", replacesNull, "schemas.cache.size", 20, "decimal.format", decimals));
        Random random = new Random(SEED);
        for (int i = 0; i < 1000; i++) {
            Schema schema = RandomData.struct(random, 3);
            for (int n = 0; n < 5; n++) {
                byte[] message = kafka.fromConnectData("t", schema, RandomData.value(schema, random));
                assertSame(message);
                assertSame(damaged(message, random));
            }
        }
    }

    /**
     * Both give the same, or both refuse; ours alone what Kafka's would change, and ours has numbers that Kafka's takes
     * 0 for.
     */
    private void assertSame(byte[] message) {
        String text = "seed " + SEED + ": " + new String(message, StandardCharsets.UTF_8);
        Object expected = outcome(kafka, message);
        Object actual = outcome(ours, message);
        if (actual.equals("refused") && !expected.equals("refused")) {
            SchemaAndValue changed = kafka.toConnectData("t", message);
            assertThat(payload(message))
                    .as(text)
                    .isNotEqualTo(payload(kafka.fromConnectData("t", changed.schema(), changed.value())));
        } else {
            assertThat(isSame(actual, expected))
                    .as(text + "\n" + actual + "\n" + expected)
                    .isTrue();
        }
    }

    private static boolean isSame(Object ours, Object kafkas) {
        if (ours instanceof SchemaAndValue left && kafkas instanceof SchemaAndValue right) {
            return Objects.equals(left.schema(), right.schema()) && isSame(left.value(), right.value());
        }
        if (ours instanceof List<?> left && kafkas instanceof List<?> right) {
            return left.size() == right.size()
                    && IntStream.range(0, left.size()).allMatch(i -> isSame(left.get(i), right.get(i)));
        }
        if (ours instanceof Map<?, ?> left && kafkas instanceof Map<?, ?> right) {
            return left.keySet().equals(right.keySet())
                    && left.keySet().stream().allMatch(key -> isSame(left.get(key), right.get(key)));
        }
        boolean isZero = kafkas instanceof Double || kafkas instanceof Float
                ? ((Number) kafkas).doubleValue() == 0 && ours.getClass() == kafkas.getClass()
                : false;
        return Objects.equals(ours, kafkas)
                || isZero && (((Number) ours).doubleValue() == 0 || !Double.isFinite(((Number) ours).doubleValue()));
    }

    private static JsonNode payload(byte[] message) {
        try {
            JsonNode json = JsonMapper.builder()
                    .enable(JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS)
                    .build()
                    .readTree(message);
            return json.has("payload") ? json.get("payload") : json;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object outcome(Converter converter, byte[] message) {
        try {
            SchemaAndValue result = converter.toConnectData("t", message);
            return new SchemaAndValue(result.schema(), comparable(result.value()));
        } catch (DataException e) {
            return "refused";
        }
    }

    /** The value with its bytes in a form that knows when it is equal. */
    private static Object comparable(Object value) {
        if (value instanceof byte[] bytes) {
            return ByteBuffer.wrap(bytes);
        }
        if (value instanceof Struct struct) {
            List<Object> values = new ArrayList<>(List.of(struct.schema()));
            struct.schema().fields().forEach(field -> values.add(comparable(struct.getWithoutDefault(field.name()))));
            return values;
        }
        if (value instanceof List<?> items) {
            return items.stream()
                    .map(SchemaCachingJsonConverterTest::comparable)
                    .collect(java.util.stream.Collectors.toCollection(ArrayList::new));
        }
        if (value instanceof Map<?, ?> items) {
            Map<Object, Object> values = new HashMap<>();
            items.forEach((key, item) -> values.put(key, comparable(item)));
            return values;
        }
        return value;
    }

    private static byte[] damaged(byte[] message, Random random) {
        byte[] damaged = message.clone();
        int at = random.nextInt(damaged.length);
        return switch (random.nextInt(3)) {
            case 0 -> Arrays.copyOf(damaged, at);
            case 1 -> {
                damaged[at] = (byte) DAMAGES.charAt(random.nextInt(DAMAGES.length()));
                yield damaged;
            }
            default -> {
                byte[] longer = Arrays.copyOf(damaged, damaged.length + 1);
                System.arraycopy(damaged, at, longer, at + 1, damaged.length - at);
                longer[at] = ' ';
                yield longer;
            }
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"schema\":ROW,\"payload\":{\"id\":1,\"name\":\"a\"}}",
                "{\"schema\":ROW,\"payload\":{\"name\":\"a\",\"id\":1}}",
                "{\"schema\":ROW,\"payload\":{\"id\":1,\"id\":2,\"name\":null,\"name\":\"b\"}}",
                "{\"schema\":ROW,\"payload\":{\"name\":\"b\",\"id\":1,\"name\":null}}",
                "{\"schema\":ROW,\"payload\":{\"id\":1,\"other\":{\"x\":[1,2,{}]},\"name\":\"a\"}}",
                "{\"schema\":ROW,\"payload\":{\"id\":1}}",
                "{\"schema\":ROW,\"payload\":{\"id\":-0,\"name\":\"\"}}",
                "{\"schema\":ROW,\"payload\":{\"id\":01,\"name\":\"\"}}",
                "{\"schema\":ROW,\"payload\":{\"id\":-,\"name\":\"\"}}",
                "{\"schema\":ROW,\"payload\":{\"id\":-9223372036854775808,\"name\":\"\"}}",
                "{\"schema\":ROW,\"payload\":{\"id\":1,\"name\":\"\\u00e9\\uD83D\\ude00\\/\\b\"}}",
                "{\"schema\":ROW,\"payload\":{\"id\":1,\"name\":\"\\uD83D\"}}",
                "{\"schema\":ROW,\"payload\":{\"id\":1,\"name\":\"\\u00g9\"}}",
                "{\"schema\":ROW,\"payload\":{\"id\":1,\"name\":\"\\x\"}}",
                "{\"schema\":ROW,\"payload\":{\"id\":1,\"name\":\"\t\"}}",
                "{\"schema\":ROW,\"payload\":{\"id\":1,\"name\":\"a}}",
                "{\"schema\":ROW,\"payload\":{\"id\":1,\"n\\u0061me\":\"a\"}}",
                "{\"schema\":ROW,\"payload\":{\"id\":1,}}",
                "{\"schema\":ROW,\"payload\":{,\"id\":1}}",
                "{\"schema\":ROW,\"payload\":{\"name\":\"a\"}}",
                "{\"schema\":ROW,\"payload\":{\"id\":\"1\",\"name\":5}}",
                "{\"schema\":ROW,\"payload\":{\"id\":1.5,\"name\":\"a\"}}",
                "{\"schema\":ROW,\"payload\":{\"id\":99999999999999999999,\"name\":\"a\"}}",
                "{\"schema\":ROW,\"payload\":null}",
                "{\"schema\":ROW,\"payload\":[]}",
                "{\"schema\":ROW,\"payload\":{\"id\":1,\"name\":\"a\"} }",
                "{\"schema\":ROW,\"payload\":{\"id\":1,\"name\":\"a\"},\"more\":1}",
                "{\"schema\":ROW,\"payload\":{\"id\":1,\"name\":\"a\"}}}",
                "{\"schema\":ROW}",
                "{\"payload\":{\"id\":1,\"name\":\"a\"},\"schema\":ROW}",
                " {\"schema\":ROW,\"payload\":{\"id\":1,\"name\":\"a\"}}",
                "{\"schema\":null,\"payload\":{\"id\":1}}",
                "{\"schema\":{\"type\":\"string\",\"optional\":true},\"payload\":\"x\"}",
                "{\"schema\":{\"type\":\"string\",\"optional\":true},\"payload\":null}",
                "{\"schema\":{\"type\":\"nonsense\"},\"payload\":1}",
                "{\"schema\":{",
                "{\"schema\":",
                "{}",
                "[]",
                "5",
                "",
                "not json"
            })
    void messagesOfAnyFormAreReadAlike(String template) {
        String first = "{\"schema\":" + ROW + ",\"payload\":{\"id\":7,\"name\":\"first\"}}";
        assertSame(first.getBytes(StandardCharsets.UTF_8));
        byte[] message = template.replace("ROW", ROW).getBytes(StandardCharsets.UTF_8);
        assertSame(message);
        assertSame(message);
        assertSame(first.getBytes(StandardCharsets.UTF_8));
    }

    /** JsonConverter takes the last of two schemas; the first must not be remembered as the other. */
    @Test
    void aSecondSchemaIsNotTakenForTheFirst() {
        String other = ROW.replace("int64", "string");
        byte[] twice = ("{\"schema\":" + ROW + ",\"payload\":{\"id\":\"1\",\"name\":\"a\"},\"schema\":" + other + "}")
                .getBytes(StandardCharsets.UTF_8);
        byte[] once =
                ("{\"schema\":" + ROW + ",\"payload\":{\"id\":1,\"name\":\"a\"}}").getBytes(StandardCharsets.UTF_8);
        assertSame(twice);
        assertSame(once);
        assertSame(twice);
        assertSame(once);
    }

    @Test
    void equalSchemaTextsGiveOneSchemaObject() {
        byte[] message =
                ("{\"schema\":" + ROW + ",\"payload\":{\"id\":1,\"name\":\"a\"}}").getBytes(StandardCharsets.UTF_8);
        Schema schema = ours.toConnectData("t", message).schema();
        assertThat(ours.toConnectData("t", message.clone()).schema()).isSameAs(schema);
        assertThat(ours.toConnectData("other", message.clone()).schema()).isSameAs(schema);
        assertThat(((Struct) ours.toConnectData("t", message).value()).schema()).isSameAs(schema);
    }

    /**
     * JsonConverter's parser takes no text of 20 million characters: one large value would stop all tables of a task.
     */
    @Test
    void valuesOfAnySizeAreRead() {
        Schema row = SchemaBuilder.struct()
                .field("text", Schema.OPTIONAL_STRING_SCHEMA)
                .field("blob", Schema.OPTIONAL_BYTES_SCHEMA)
                .build();
        Struct large = new Struct(row).put("text", "x".repeat(20_000_001)).put("blob", new byte[16_000_000]);
        Struct small = new Struct(row).put("text", "small");
        byte[] message = kafka.fromConnectData("t", row, large);
        assertThatThrownBy(() -> kafka.toConnectData("t", message)).isInstanceOf(DataException.class);
        for (int i = 0; i < 2; i++) {
            Struct read = (Struct) ours.toConnectData("t", message).value();
            assertThat(read.getString("text").equals(large.getString("text"))).isTrue();
            assertThat(read.getBytes("blob")).isEqualTo(new byte[16_000_000]);
            assertSame(kafka.fromConnectData("t", row, small));
        }
        // of a schema that was learnt with a small message
        Struct read = (Struct) ours.toConnectData("other", message).value();
        assertThat(read.getBytes("blob")).hasSize(16_000_000);
    }

    /**
     * Times in nanoseconds, which every envelope of today's Debezium has, are of 19 digits: they must not make it slow.
     */
    @ParameterizedTest
    @ValueSource(longs = {1_796_096_853_416_000_000L, Long.MAX_VALUE, -Long.MAX_VALUE, 999_999_999_999_999_999L})
    void numbersOfNineteenDigitsAreReadHere(long number) throws Exception {
        byte[] text = (number + ",").getBytes(StandardCharsets.US_ASCII);
        assertThat(new PayloadCursor(text, 0, text.length).readLong()).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"9223372036854775808", "9999999999999999999", "10000000000000000000", "-9223372036854775809"})
    void numbersThatNoLongHoldsAreNot(String number) {
        byte[] text = (number + ",").getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> new PayloadCursor(text, 0, text.length).readLong())
                .isInstanceOf(UnexpectedJson.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no JSON",
                "",
                "{\"id\":1}",
                "{\"schema\":{\"type\":\"struct\",\"fields\":[]},\"payload\":5}",
                "{\"schema\":{\"type\":\"none\"},\"payload\":5}"
            })
    void whatCannotBeReadIsRefusedWhereThatIsWanted(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> ours.toConnectData("t", bytes)).isInstanceOf(DataException.class);
        ours.configure(Map.of("unreadable", "refuse"), false);
        SchemaAndValue refused = ours.toConnectData("t", bytes);
        assertThat(refused.schema()).isNull();
        assertThat(refused.value())
                .isInstanceOfSatisfying(
                        Unreadable.class, value -> assertThat(value.reason()).contains("not JSON, or does not match"));
    }

    @Test
    void withoutSchemasItIsJsonConverter() {
        configure(Map.of("schemas.enable", "false"));
        assertThat(ours.toConnectData("t", "{\"a\":1}".getBytes(StandardCharsets.UTF_8))
                        .value())
                .isEqualTo(Map.of("a", 1L));
        assertThat(ours.toConnectData("t", null)).isEqualTo(SchemaAndValue.NULL);
    }

    @Test
    void deepNestingIsRefusedNotOverflown() {
        String deep = "[".repeat(200_000);
        assertSame(("{\"schema\":" + ROW + ",\"payload\":{\"id\":1,\"name\":" + deep + "}}")
                .getBytes(StandardCharsets.UTF_8));
        assertSame(("{\"schema\":" + deep).getBytes(StandardCharsets.UTF_8));
    }
}
