/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every value is written as Kafka's own converter writes it, or refused as that refuses it. */
class JsonWritingTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    /** No float needs more. */
    private static final int FLOAT_DIGITS = 10;

    private static final Pattern REAL = Pattern.compile("-?\\d+\\.\\d+(E-?\\d+)?");
    private static final Schema ROW = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field("name", Schema.OPTIONAL_STRING_SCHEMA)
            .build();

    private final JsonConverter kafka = new JsonConverter();
    private SchemaCachingJsonConverter ours = new SchemaCachingJsonConverter();

    private void configure(Map<String, ?> configs) {
        kafka.configure(configs, false);
        ours.configure(configs, false);
    }

    @ParameterizedTest
    @CsvSource({
        "true, BASE64, true, false",
        "false, BASE64, true, false",
        "true, NUMERIC, true, false",
        "true, BASE64, false, false",
        "true, BASE64, true, true"
    })
    void randomValuesAreWrittenAlike(
            boolean replacesNull, String decimals, boolean hasSchemas, boolean isWithoutStructValues) {
        System.out.println("JsonWritingTest seed=" + SEED);
        ours = new SchemaCachingJsonConverter(isWithoutStructValues);
        configure(Map.of(
                "replace.null.with.default", replacesNull,
                "schemas.cache.size", 20,
                "decimal.format", decimals,
                "schemas.enable", hasSchemas));
        Random random = new Random(SEED);
        for (int i = 0; i < 1_000; i++) {
            Schema schema = RandomData.struct(random, 3);
            for (int n = 0; n < 5; n++) {
                assertSame(schema, RandomData.value(schema, random));
            }
        }
    }

    @Test
    void whatIsOddIsWrittenAlike() {
        configure(Map.of());
        Schema all = SchemaBuilder.struct()
                .field("text", Schema.OPTIONAL_STRING_SCHEMA)
                .field("double", Schema.OPTIONAL_FLOAT64_SCHEMA)
                .field("float", Schema.OPTIONAL_FLOAT32_SCHEMA)
                .field("long", Schema.OPTIONAL_INT64_SCHEMA)
                .field("bytes", Schema.OPTIONAL_BYTES_SCHEMA)
                .field(
                        "list",
                        SchemaBuilder.array(Schema.STRING_SCHEMA).optional().build())
                .field(
                        "map",
                        SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_INT32_SCHEMA)
                                .optional()
                                .build())
                .field("none", SchemaBuilder.struct().optional().build())
                .field("a\"b\\c\u00e9", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        StringBuilder characters = new StringBuilder();
        for (int c = 0; c < 0x900; c++) {
            characters.append((char) c);
        }
        characters.append("\u2028\uffff").appendCodePoint(0x10FFFF);
        assertSame(all, new Struct(all).put("text", characters.toString()));
        for (double value : new double[] {
            0, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, Double.NaN, 1e21, 1e-7, 1 / 3.0, Double.NEGATIVE_INFINITY, 2e23
        }) {
            assertSame(all, new Struct(all).put("double", value).put("float", (float) value));
        }
        for (long value :
                new long[] {0, -1, 9, 10, 99, 100, Long.MIN_VALUE, Long.MAX_VALUE, 999_999_999_999_999_999L}) {
            assertSame(all, new Struct(all).put("long", value));
        }
        assertSame(all, new Struct(all).put("bytes", ByteBuffer.wrap(new byte[] {1, 2, 3}, 1, 1)));
        assertSame(all, new Struct(all).put("bytes", new byte[0]));
        assertSame(all, new Struct(all).put("list", List.of()).put("map", Map.of()));
        assertSame(all, new Struct(all).put("list", List.of("a", "")).put("map", Collections.singletonMap("k", null)));
        assertSame(all, new Struct(all).put("none", new Struct(all.field("none").schema())));
        assertSame(all, new Struct(all).put("a\"b\\c\u00e9", "x"));
        assertSame(all, new Struct(all).put("text", "x".repeat(3 << 20)));
        assertSame(all, new Struct(all).put("text", "after a large one"));
    }

    @Test
    void whatDoesNotFitIsRefusedAlike() {
        configure(Map.of());
        assertSame(ROW, row(1, "first, from which the schema is learnt"));
        assertSame(ROW, row(1, "half of a pair: \ud83d"));
        assertSame(ROW, row(1, "the other half: \ude00"));
        assertSame(ROW, row(1, "halves: \ud83d\ud83d"));
        assertSame(ROW, new Struct(ROW).put("name", "without an id"));
        assertSame(ROW, null);
        assertSame(ROW, "no struct");
        assertSame(ROW, new Struct(other()).put("id", "text"));
        assertSame(ROW, row(2, "after all that"));
        Schema times = SchemaBuilder.struct()
                .field("t", Time.SCHEMA)
                .field("d", Decimal.schema(2))
                .build();
        for (long ms : new long[] {0, 86_399_999, 86_400_000}) {
            for (String number : new String[] {"1.25", "-0.01", "1.2", "12345678901234567890.12"}) {
                assertSame(
                        times,
                        new Struct(times).put("t", new java.util.Date(ms)).put("d", new BigDecimal(number)));
            }
        }
        assertSame(Timestamp.SCHEMA, new java.util.Date(-1));
        assertSame(null, null);
        assertSame(null, Map.of("a", 1L));
        assertSame(Schema.OPTIONAL_STRING_SCHEMA, null);
        assertSame(Schema.OPTIONAL_STRING_SCHEMA, null);
        assertSame(Schema.STRING_SCHEMA, "text");
        assertSame(Schema.STRING_SCHEMA, null);
    }

    private static Schema other() {
        return SchemaBuilder.struct().field("id", Schema.STRING_SCHEMA).build();
    }

    /** A schema that is equal but another object, as some connectors make for each record. */
    @Test
    void equalSchemasAreWrittenAlike() {
        configure(Map.of());
        for (int i = 0; i < 3; i++) {
            Schema schema = SchemaBuilder.struct()
                    .field("id", Schema.INT64_SCHEMA)
                    .field("name", Schema.OPTIONAL_STRING_SCHEMA)
                    .build();
            assertSame(schema, new Struct(schema).put("id", (long) i).put("name", "n" + i));
            assertSame(schema, row(i, "of the equal schema"));
        }
    }

    private static Struct row(long id, String name) {
        return new Struct(ROW).put("id", id).put("name", name);
    }

    private void assertSame(Schema schema, Object value) {
        for (String topic : new String[] {"t", "t", "u"}) {
            byte[] expected = written(kafka, topic, schema, value);
            byte[] actual = written(ours, topic, schema, value);
            if (!Arrays.equals(expected, actual)) {
                assertThat(inShortForm(actual)).as("seed %d", SEED).isEqualTo(inShortForm(expected));
            }
        }
    }

    /**
     * Before Java 19, JsonConverter writes some numbers with more digits than they need. All other characters must be
     * the same.
     */
    private static String inShortForm(byte[] message) {
        return REAL.matcher(text(message)).replaceAll(number -> {
            double value = Double.parseDouble(number.group());
            int digits = number.group().replaceAll("E.*|\\D", "").length();
            return digits <= FLOAT_DIGITS
                    ? NumberOutput.toString((float) value, true)
                    : NumberOutput.toString(value, true);
        });
    }

    private static String text(byte[] message) {
        return message == null ? "null" : new String(message, StandardCharsets.UTF_8);
    }

    /** The message, or the text of its refusal. */
    private static byte[] written(
            org.apache.kafka.connect.storage.Converter converter, String topic, Schema schema, Object value) {
        try {
            return converter.fromConnectData(topic, schema, value);
        } catch (DataException e) {
            return ("refused: " + e.getMessage()).getBytes(StandardCharsets.UTF_8);
        }
    }
}
