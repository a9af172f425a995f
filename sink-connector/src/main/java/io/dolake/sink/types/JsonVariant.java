/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dolake.sink.config.TypeConfig;
import io.dolake.sink.config.TypeConfig.Inexact;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.TreeSet;
import org.apache.iceberg.variants.ShreddedObject;
import org.apache.iceberg.variants.ValueArray;
import org.apache.iceberg.variants.Variant;
import org.apache.iceberg.variants.VariantMetadata;
import org.apache.iceberg.variants.VariantValue;
import org.apache.iceberg.variants.Variants;

/**
 * Converts JSON texts to variants: whole numbers become integers, others decimals, or doubles where a decimal cannot
 * hold the digits.
 */
public final class JsonVariant {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final Inexact inexact;
    private final VariantMetadata metadata;

    private JsonVariant(VariantMetadata metadata, Inexact inexact) {
        this.metadata = metadata;
        this.inexact = inexact;
    }

    /**
     * The bytes of a variant, metadata first; {@link ValueFault} if the text is not JSON, or has content that a variant
     * cannot hold.
     */
    static ByteBuffer parse(String text, Inexact inexact) {
        JsonNode json = read(text);
        TreeSet<String> names = new TreeSet<>();
        collectNames(json, names);
        VariantMetadata metadata = Variants.metadata(names);
        VariantValue value = new JsonVariant(metadata, inexact).value(json);
        return bytes(Variant.of(metadata, value));
    }

    /** A text as a variant. */
    public static ByteBuffer text(String text) {
        return bytes(Variant.of(Variants.emptyMetadata(), Variants.of(text)));
    }

    /** A variant, metadata first. */
    static ByteBuffer bytes(Variant variant) {
        int metadataBytes = variant.metadata().sizeInBytes();
        ByteBuffer bytes = ByteBuffer.allocate(metadataBytes + variant.value().sizeInBytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        variant.metadata().writeTo(bytes, 0);
        variant.value().writeTo(bytes, metadataBytes);
        return bytes;
    }

    private static JsonNode read(String text) {
        try {
            JsonNode json = MAPPER.readTree(text);
            if (!json.isMissingNode()) {
                return json;
            }
        } catch (JsonProcessingException e) {
            // The parser's message quotes the text.
            throw ValueFault.malformed("the text is not JSON, or repeats a name in an object");
        }
        throw ValueFault.malformed("the text is not JSON: it is empty");
    }

    public static Variant of(ByteBuffer bytes) {
        return Variant.from(bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    }

    private static void collectNames(JsonNode json, TreeSet<String> names) {
        json.fieldNames().forEachRemaining(name -> names.add(Utf8.checked(name, Inexact.REFUSE)));
        json.forEach(child -> collectNames(child, names));
    }

    private VariantValue value(JsonNode json) {
        return switch (json.getNodeType()) {
            case OBJECT -> {
                ShreddedObject object = Variants.object(metadata);
                json.properties().forEach(field -> object.put(field.getKey(), value(field.getValue())));
                yield object;
            }
            case ARRAY -> {
                ValueArray array = Variants.array();
                json.forEach(item -> array.add(value(item)));
                yield array;
            }
            case STRING -> Variants.of(Utf8.checked(json.textValue(), inexact));
            case BOOLEAN -> Variants.of(json.booleanValue());
            case NUMBER -> json.canConvertToLong() && json.isIntegralNumber() ? whole(json.longValue()) : decimal(json);
            default -> Variants.ofNull();
        };
    }

    /** In the smallest type that holds it. */
    private static VariantValue whole(long value) {
        if (value == (byte) value) {
            return Variants.of((byte) value);
        }
        if (value == (short) value) {
            return Variants.of((short) value);
        }
        return value == (int) value ? Variants.of((int) value) : Variants.of(value);
    }

    private VariantValue decimal(JsonNode json) {
        BigDecimal number = json.decimalValue();
        // A decimal has all digits of 1e23, and a double does not.
        long wholeDigits = (long) number.precision() - number.scale();
        boolean isDecimal = number.precision() <= TypeConfig.MAX_PRECISION
                && wholeDigits <= TypeConfig.MAX_PRECISION
                && number.scale() <= TypeConfig.MAX_PRECISION;
        if (isDecimal) {
            return Variants.of(number.scale() < 0 ? number.setScale(0) : number);
        }
        double nearest = number.doubleValue();
        boolean isThat = !Double.isInfinite(nearest)
                && (Decimals.shortest(nearest).compareTo(number) == 0
                        || BigDecimal.valueOf(nearest).compareTo(number) == 0);
        if (isThat) {
            return Variants.of(nearest);
        }
        return Variants.of(ValueFault.nearest(
                inexact,
                "a number in the JSON has more digits than a variant",
                Double.isInfinite(nearest) ? Math.copySign(Double.MAX_VALUE, nearest) : nearest));
    }
}
