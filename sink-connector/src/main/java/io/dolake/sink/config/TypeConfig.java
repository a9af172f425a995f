/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import io.dolake.sink.support.SettingGroup;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * The settings for types with several sensible mappings in Iceberg.
 *
 * @param json string or variant
 * @param variableScale string, double or a decimal
 * @param zonedTime string or time
 * @param geometryAsStruct whether a geometry keeps its reference system
 * @param time time, string or long
 * @param timestampAsText whether timestamps are texts
 * @param inexact handling of values that their type cannot hold
 * @param wholeAsDouble whether whole numbers of records without a schema are doubles, as other numbers are
 */
public record TypeConfig(
        Type json,
        Type variableScale,
        Type zonedTime,
        boolean geometryAsStruct,
        Type time,
        boolean timestampAsText,
        Inexact inexact,
        boolean wholeAsDouble) {
    public static final String JSON = "dolake.types.json";
    public static final String VARIABLE_SCALE = "dolake.types.variable.scale.decimal";
    public static final String ZONED_TIME = "dolake.types.zoned.time";
    public static final String GEOMETRY = "dolake.types.geometry";

    public static final String TIME = "dolake.types.time";
    public static final String TIMESTAMP = "dolake.types.timestamp";
    public static final String WHOLE_NUMBER = "dolake.types.whole.number";

    /** Digits of an Iceberg decimal. */
    public static final int MAX_PRECISION = 38;

    public static final TypeConfig DEFAULT = new TypeConfig(
            Types.StringType.get(),
            Types.StringType.get(),
            Types.StringType.get(),
            false,
            Types.TimeType.get(),
            false,
            Inexact.REFUSE,
            true);

    private static final Pattern DECIMAL =
            Pattern.compile("decimal\\(\\s*(\\d{1,2})\\s*,\\s*(\\d{1,2})\\s*\\)", Pattern.CASE_INSENSITIVE);

    public static TypeConfig of(AbstractConfig config) {
        return new TypeConfig(
                config.getString(JSON).equals("variant") ? Types.VariantType.get() : Types.StringType.get(),
                variableScale(config.getString(VARIABLE_SCALE)),
                config.getString(ZONED_TIME).equals("time") ? Types.TimeType.get() : Types.StringType.get(),
                config.getString(GEOMETRY).equals("struct"),
                time(config.getString(TIME)),
                config.getString(TIMESTAMP).equals("string"),
                Inexact.of(config.getString(Inexact.SETTING)),
                config.getString(WHOLE_NUMBER).equals("double"));
    }

    private static Type time(String text) {
        return switch (text) {
            case "string" -> Types.StringType.get();
            case "long" -> Types.LongType.get();
            default -> Types.TimeType.get();
        };
    }

    /** The same for columns of a key: two keys must not become equal, so inexact values are always refused. */
    public TypeConfig ofKeys() {
        return new TypeConfig(
                json, variableScale, zonedTime, geometryAsStruct, time, timestampAsText, Inexact.REFUSE, false);
    }

    /** Null if the text does not name a supported type. */
    private static Type variableScale(String text) {
        Matcher decimal = DECIMAL.matcher(text);
        if (decimal.matches()) {
            int precision = Integer.parseInt(decimal.group(1));
            int scale = Integer.parseInt(decimal.group(2));
            boolean isType = precision >= 1 && precision <= MAX_PRECISION && scale <= precision;
            return isType ? Types.DecimalType.of(precision, scale) : null;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "string" -> Types.StringType.get();
            case "double" -> Types.DoubleType.get();
            default -> null;
        };
    }

    /** Errors for variants in tables whose format version is too old for them, by setting. */
    public static Map<String, String> faults(Map<String, ?> settings) {
        String key = SinkConfig.AUTO_CREATE_PROPS_PREFIX + TableProperties.FORMAT_VERSION;
        String version = Objects.toString(settings.get(key), "3");
        boolean isTooOld = "variant".equals(settings.get(JSON)) && version.matches("[12]");
        return isTooOld
                ? Map.of(JSON, "Cannot use " + JSON + "=variant with " + key + "=" + version + ": variants need 3")
                : Map.of();
    }

    public static void define(ConfigDef def) {
        SettingGroup settings = new SettingGroup(def, "Types");
        settings.string(JSON, "string")
                .oneOf("string", "variant")
                .label("JSON")
                .doc("Type of columns with JSON: string, or variant, which needs tables of format version 3.");
        settings.string(VARIABLE_SCALE, "string")
                .valid(ConfigDef.LambdaValidator.with(
                        (name, value) -> {
                            if (variableScale(String.valueOf(value)) == null) {
                                throw new ConfigException(
                                        name, value, "must be string, double or decimal(precision, scale), at most 38");
                            }
                        },
                        () -> "string, double or decimal(precision, scale)"))
                .label("Decimals of any scale")
                .doc("Type of numbers whose scale differs from row to row: string keeps them unchanged,"
                        + " double rounds them, a decimal refuses those that do not fit.");
        settings.string(ZONED_TIME, "string")
                .oneOf("string", "time")
                .label("Times with offset")
                .doc("Type of times of day with an offset: string, or time, in UTC.");
        settings.string(GEOMETRY, "binary")
                .oneOf("binary", "struct")
                .label("Geometries")
                .doc("Type of geometries: binary (WKB), or struct, which keeps the reference system (srid) too.");
        defineExactness(settings);
    }

    private static void defineExactness(SettingGroup settings) {
        settings.string(TIME, "time")
                .oneOf("time", "string", "long")
                .label("Times of day")
                .doc("Type of times of day. MySQL's range from -838:59:59 to 838:59:59, but a column of type"
                        + " time holds only those of one day: string keeps the others as text, long as"
                        + " microseconds.");
        settings.string(TIMESTAMP, "timestamp")
                .oneOf("timestamp", "string")
                .label("Timestamps")
                .doc("Type of timestamps: timestamp, with or without a zone as in the source, or string,"
                        + " which also holds Postgres' infinity, and years outside the lake's range.");
        settings.string(Inexact.SETTING, "refuse")
                .oneOf("refuse", "null", "nearest")
                .label("Values that do not fit")
                .doc("What to do with a value that its column's type cannot hold: refuse the record, store"
                        + " null (if allowed), or the nearest value: the end of the type's range, or"
                        + " the value without the excess digits. In columns of a key it is always"
                        + " refused.");
        settings.string(WHOLE_NUMBER, "double")
                .oneOf("double", "long")
                .label("Whole numbers")
                .doc("Type of columns for whole numbers, outside the key, in records without a schema:"
                        + " double, like other numbers, so that the order of values does not matter"
                        + " (numbers past 2^53 are long), or long, which cannot become double later.");
    }

    /**
     * The handling of a value that its type in the lake cannot hold: out of range, or with too many digits.
     */
    public enum Inexact {
        REFUSE,
        /** Null, where null is allowed. */
        NULL,
        /** The nearest end of the type's range, or the value without the excess digits. */
        NEAREST;

        public static final String SETTING = "dolake.types.inexact";
        public static final String HINT =
                "Send such records to " + DeadLetterConfig.TABLE + ", or set " + SETTING + "=null or nearest";

        public static Inexact of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }
}
