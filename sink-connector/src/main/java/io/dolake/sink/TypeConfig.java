/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

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
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/**
 * The settings for types of which there is more than one good form in Iceberg.
 *
 * @param json string or variant
 * @param variableScale string, double or a decimal
 * @param zonedTime string or time
 * @param geometryAsStruct whether a geometry keeps its reference system
 */
record TypeConfig(Type json, Type variableScale, Type zonedTime, boolean geometryAsStruct) {
    static final String JSON = "dolake.types.json";
    static final String VARIABLE_SCALE = "dolake.types.variable.scale.decimal";
    static final String ZONED_TIME = "dolake.types.zoned.time";
    static final String GEOMETRY = "dolake.types.geometry";

    static final TypeConfig DEFAULT =
            new TypeConfig(Types.StringType.get(), Types.StringType.get(), Types.StringType.get(), false);

    private static final Pattern DECIMAL =
            Pattern.compile("decimal\\(\\s*(\\d{1,2})\\s*,\\s*(\\d{1,2})\\s*\\)", Pattern.CASE_INSENSITIVE);

    static TypeConfig of(AbstractConfig config) {
        return new TypeConfig(
                config.getString(JSON).equals("variant") ? Types.VariantType.get() : Types.StringType.get(),
                variableScale(config.getString(VARIABLE_SCALE)),
                config.getString(ZONED_TIME).equals("time") ? Types.TimeType.get() : Types.StringType.get(),
                config.getString(GEOMETRY).equals("struct"));
    }

    /** Null if the text names no type that can be had. */
    private static Type variableScale(String text) {
        Matcher decimal = DECIMAL.matcher(text);
        if (decimal.matches()) {
            int precision = Integer.parseInt(decimal.group(1));
            int scale = Integer.parseInt(decimal.group(2));
            boolean isType = precision >= 1 && precision <= ConnectTypes.MAX_PRECISION && scale <= precision;
            return isType ? Types.DecimalType.of(precision, scale) : null;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "string" -> Types.StringType.get();
            case "double" -> Types.DoubleType.get();
            default -> null;
        };
    }

    /** Variants in created tables that are too old for them, by setting. */
    static Map<String, String> faults(Map<String, ?> settings) {
        String key = SinkConfig.AUTO_CREATE_PROPS_PREFIX + TableProperties.FORMAT_VERSION;
        String version = Objects.toString(settings.get(key), "3");
        boolean isTooOld = "variant".equals(settings.get(JSON)) && version.matches("[12]");
        return isTooOld
                ? Map.of(JSON, "Cannot use " + JSON + "=variant with " + key + "=" + version + ": variants need 3")
                : Map.of();
    }

    static void define(ConfigDef def) {
        String group = "Types";
        def.define(
                JSON,
                STRING,
                "string",
                ValidString.in("string", "variant"),
                LOW,
                "Type of columns with JSON: string, or variant, which needs tables of format version 3.",
                group,
                1,
                Width.SHORT,
                "JSON");
        def.define(
                VARIABLE_SCALE,
                STRING,
                "string",
                ConfigDef.LambdaValidator.with(
                        (name, value) -> {
                            if (variableScale(String.valueOf(value)) == null) {
                                throw new ConfigException(
                                        name, value, "must be string, double or decimal(precision, scale), at most 38");
                            }
                        },
                        () -> "string, double or decimal(precision, scale)"),
                LOW,
                "Type of numbers whose scale differs from row to row: string keeps them as they are, double rounds, a"
                        + " decimal refuses what does not fit.",
                group,
                2,
                Width.SHORT,
                "Decimals of any scale");
        def.define(
                ZONED_TIME,
                STRING,
                "string",
                ValidString.in("string", "time"),
                LOW,
                "Type of times of day with an offset: string, or time, in UTC.",
                group,
                3,
                Width.SHORT,
                "Times with offset");
        def.define(
                GEOMETRY,
                STRING,
                "binary",
                ValidString.in("binary", "struct"),
                LOW,
                "Type of geometries: binary (WKB), or struct, which keeps the reference system (srid) too.",
                group,
                4,
                Width.SHORT,
                "Geometries");
    }
}
