/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import io.dolake.sink.values.SemanticType.Found;
import io.dolake.sink.values.SemanticType.Single;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.SchemaBuilder;

/** Texts, with a meaning or without. */
final class Texts {
    private static final Pattern UUID_TEXT = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final List<String> ODD_UUIDS = List.of(
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "1-1-1-1-1",
            "{0f8fad5b-d9cb-469f-a165-70867728950e}",
            "0f8fad5bd9cb469fa16570867728950e",
            "0f8fad5b-d9cb-469f-a165-70867728950e0",
            "0f8fad5b-d9cb-469f-a165-7086772895g0",
            "0f8fad5b-d9cb-469f-a165--0867728950e",
            "\u0660f8fad5b-d9cb-469f-a165-70867728950",
            "",
            "\ud800");

    private Texts() {}

    static List<SemanticType> all() {
        return List.of(
                new Single("string", SchemaBuilder::string, Draws::text, "string", value -> found((String) value)),
                named("io.debezium.data.Json"),
                named("io.debezium.data.Xml"),
                named("io.debezium.data.Enum"),
                named("io.debezium.data.EnumSet"),
                named("io.debezium.data.Ltree"),
                named("io.debezium.data.Tsvector"),
                named("io.debezium.time.Interval"),
                new Single(
                        "io.debezium.data.Uuid",
                        () -> SchemaBuilder.string()
                                .name("io.debezium.data.Uuid")
                                .version(1),
                        Texts::uuid,
                        "uuid",
                        value -> UUID_TEXT.matcher((String) value).matches()
                                ? Found.exact(((String) value).toLowerCase(Locale.ROOT))
                                : Found.NOTHING));
    }

    private static SemanticType named(String name) {
        return new Single(
                name,
                () -> {
                    SchemaBuilder schema = SchemaBuilder.string().name(name).version(1);
                    return name.contains(".Enum") ? schema.parameter("allowed", "a,b") : schema;
                },
                Draws::text,
                "string",
                value -> found((String) value));
    }

    private static Object uuid(Random random) {
        String text = new UUID(random.nextLong(), random.nextLong()).toString();
        return switch (random.nextInt(4)) {
            case 0 -> Draws.any(random, ODD_UUIDS);
            case 1 -> text.toUpperCase(Locale.ROOT);
            default -> text;
        };
    }

    /** Texts in which there may be anything. */
    static SemanticType anything() {
        return new Single(
                "string of anything",
                SchemaBuilder::string,
                Texts::drawAnything,
                "string",
                value -> found((String) value));
    }

    private static Object drawAnything(Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> uuid(random);
            case 1 -> Draws.any(random, List.of("true", "FALSE", "True", "t", "1", "tru\u0435", "\u0660", "yes"));
            case 2 -> new java.math.BigDecimal(Draws.whole(random, 40), random.nextInt(45)).toPlainString();
            case 3 ->
                Draws.any(random, List.of("-0", "+1", "007", "1e3", ".5", "5.", "0.0", "-0.10", " 1", "1,5", "0x1"));
            case 4 -> Draws.text(random);
            case 5 -> Long.toString(Draws.number(random));
            default -> {
                String time = WrittenTimes.drawn(random, random.nextInt(4) > 0, random.nextInt(3) > 0);
                time = random.nextInt(3) > 0 ? time.replaceFirst("(Z|[+-]\\d\\d:\\d\\d)$", "") : time;
                yield random.nextBoolean() ? time.replace('T', ' ') : time;
            }
        };
    }

    /** Whole, if UTF-8 has a form of it; else with a mark in the place of each half of a pair. */
    static Found found(String text) {
        StringBuilder mended = new StringBuilder(text);
        boolean isBroken = false;
        for (int i = 0; i < text.length(); i++) {
            boolean isHigh = text.charAt(i) >= 0xD800 && text.charAt(i) < 0xDC00;
            boolean isLow = text.charAt(i) >= 0xDC00 && text.charAt(i) < 0xE000;
            boolean isPair =
                    isHigh && i + 1 < text.length() && text.charAt(i + 1) >= 0xDC00 && text.charAt(i + 1) < 0xE000;
            if (isPair) {
                i++;
            } else if (isHigh || isLow) {
                mended.setCharAt(i, '\ufffd');
                isBroken = true;
            }
        }
        return isBroken ? Found.near(mended.toString()) : Found.exact(text);
    }
}
