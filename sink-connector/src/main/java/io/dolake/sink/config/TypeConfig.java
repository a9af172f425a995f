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
 * The settings for types of which there is more than one good form in Iceberg.
 *
 * @param json string or variant
 * @param variableScale string, double or a decimal
 * @param zonedTime string or time
 * @param geometryAsStruct whether a geometry keeps its reference system
 * @param time time, string or long
 * @param timestampAsText whether timestamps are texts
 * @param inexact what becomes of values that their type does not hold
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

    /** The same for columns of a key: two keys must not become one, so nothing but the value itself will do. */
    public TypeConfig ofKeys() {
        return new TypeConfig(
                json, variableScale, zonedTime, geometryAsStruct, time, timestampAsText, Inexact.REFUSE, false);
    }

    /** Null if the text names no type that can be had. */
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

    /** Variants in created tables that are too old for them, by setting. */
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
                .doc(
                        "Type of numbers whose scale differs from row to row: string keeps them as they are, double rounds, a"
                                + " decimal refuses what does not fit.");
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
                .doc(
                        "Type of times of day. MySQL's go from -838:59:59 to 838:59:59, a column of type time has only those of one day:"
                                + " string keeps the others as text, long as microseconds.");
        settings.string(TIMESTAMP, "timestamp")
                .oneOf("timestamp", "string")
                .label("Timestamps")
                .doc(
                        "Type of timestamps: timestamp, with a zone or without as the source has it, or string, which also has"
                                + " Postgres' infinity, and years past the lake's.");
        settings.string(Inexact.SETTING, "refuse")
                .oneOf("refuse", "null", "nearest")
                .label("Values that do not fit")
                .doc(
                        "What to do with a value that its column's type does not hold: refuse the record, take null (where null may"
                                + " be), or the nearest value: the end of the type, or the value without the digits that are too many."
                                + " In columns of a key it is always refused.");
        settings.string(WHOLE_NUMBER, "double")
                .oneOf("double", "long")
                .label("Whole numbers")
                .doc(
                        "Type of columns for whole numbers, outside the key, in records without a schema: double, as other numbers, so"
                                + " that it does not matter which come first (numbers past 2^53 are long), or long, which cannot"
                                + " become double later.");
    }

    /** What becomes of a value that its type in the lake does not hold: past its ends, or with more digits than it has. */
    public enum Inexact {
        REFUSE,
        /** Null, where null may be. */
        NULL,
        /** The end of the type that is nearest, or the value without the digits that are too many. */
        NEAREST;

        public static final String SETTING = "dolake.types.inexact";
        public static final String HINT =
                "Send such records to " + DeadLetterConfig.TABLE + ", or set " + SETTING + "=null or nearest";

        public static Inexact of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }
}
