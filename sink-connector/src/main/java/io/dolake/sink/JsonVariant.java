/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
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

/** JSON texts as variants: whole numbers as integers, others as decimals, or doubles where a decimal has not the digits. */
final class JsonVariant {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private JsonVariant() {}

    /** The bytes of a variant, metadata first; {@code TYPE_MISMATCH} if the text is no JSON. */
    static ByteBuffer parse(String text) {
        JsonNode json = read(text);
        TreeSet<String> names = new TreeSet<>();
        collectNames(json, names);
        VariantMetadata metadata = Variants.metadata(names);
        VariantValue value = value(json, metadata);
        return bytes(Variant.of(metadata, value));
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
            throw noJson(e.getOriginalMessage(), e);
        }
        throw noJson("it is empty", null);
    }

    private static DoLakeException noJson(String reason, Exception cause) {
        return new DoLakeException(
                ErrorCode.TYPE_MISMATCH, "Cannot take a value as variant: it is no JSON: " + reason, cause);
    }

    static Variant of(ByteBuffer bytes) {
        return Variant.from(bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    }

    private static void collectNames(JsonNode json, TreeSet<String> names) {
        json.fieldNames().forEachRemaining(names::add);
        json.forEach(child -> collectNames(child, names));
    }

    private static VariantValue value(JsonNode json, VariantMetadata metadata) {
        return switch (json.getNodeType()) {
            case OBJECT -> {
                ShreddedObject object = Variants.object(metadata);
                json.properties().forEach(field -> object.put(field.getKey(), value(field.getValue(), metadata)));
                yield object;
            }
            case ARRAY -> {
                ValueArray array = Variants.array();
                json.forEach(item -> array.add(value(item, metadata)));
                yield array;
            }
            case STRING -> Variants.of(json.textValue());
            case BOOLEAN -> Variants.of(json.booleanValue());
            case NUMBER -> json.canConvertToLong() && json.isIntegralNumber() ? whole(json.longValue()) : decimal(json);
            default -> Variants.ofNull();
        };
    }

    /** In the smallest type that has it. */
    private static VariantValue whole(long value) {
        if (value == (byte) value) {
            return Variants.of((byte) value);
        }
        if (value == (short) value) {
            return Variants.of((short) value);
        }
        return value == (int) value ? Variants.of((int) value) : Variants.of(value);
    }

    private static VariantValue decimal(JsonNode json) {
        BigDecimal number = json.decimalValue();
        boolean isDecimal = number.precision() <= ConnectTypes.MAX_PRECISION
                && number.scale() >= 0
                && number.scale() <= ConnectTypes.MAX_PRECISION;
        return isDecimal ? Variants.of(number) : Variants.of(number.doubleValue());
    }
}
