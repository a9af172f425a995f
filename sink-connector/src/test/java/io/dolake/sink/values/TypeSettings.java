/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The settings that say which type a column gets, and what becomes of values that it does not hold, by the words that
 * users write.
 *
 * @param time time, string or long
 * @param timestamp timestamp or string
 * @param zonedTime string or time
 * @param variableScale string, double or decimal(20, 5)
 * @param geometry binary or struct
 * @param inexact refuse, null or nearest
 */
public record TypeSettings(
        String time, String timestamp, String zonedTime, String variableScale, String geometry, String inexact) {
    public static final TypeSettings DEFAULT =
            new TypeSettings("time", "timestamp", "string", "string", "binary", "refuse");

    public static TypeSettings draw(Random random) {
        return new TypeSettings(
                any(random, "time", "string", "long"),
                any(random, "timestamp", "string"),
                any(random, "string", "time"),
                any(random, "string", "double", "decimal(20, 5)"),
                any(random, "binary", "struct"),
                any(random, "refuse", "null", "nearest"));
    }

    public TypeSettings withInexact(String value) {
        return new TypeSettings(time, timestamp, zonedTime, variableScale, geometry, value);
    }

    public TypeSettings withTime(String value) {
        return new TypeSettings(value, timestamp, zonedTime, variableScale, geometry, inexact);
    }

    private static String any(Random random, String... values) {
        return List.of(values).get(random.nextInt(values.length));
    }

    public Map<String, String> toMap() {
        return Map.of(
                "dolake.types.time", time,
                "dolake.types.timestamp", timestamp,
                "dolake.types.zoned.time", zonedTime,
                "dolake.types.variable.scale.decimal", variableScale,
                "dolake.types.geometry", geometry,
                "dolake.types.inexact", inexact);
    }
}
