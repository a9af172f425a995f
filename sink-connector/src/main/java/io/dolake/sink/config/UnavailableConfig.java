/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import io.dolake.sink.support.SettingGroup;
import java.util.Locale;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** The settings for values that a source did not send. */
public final class UnavailableConfig {
    public static final String PLACEHOLDER = "dolake.unavailable.value.placeholder";
    public static final String POLICY = "dolake.unavailable.value.policy";
    /** Prefix of a placeholder that is given as bytes. */
    public static final String HEX = "hex:";

    /** What to do if there is no earlier row. */
    public enum Policy {
        FAIL,
        NULL
    }

    private UnavailableConfig() {}

    private static boolean isPossible(String setting) {
        return !setting.startsWith(HEX) || setting.substring(HEX.length()).matches("([0-9a-fA-F]{2})+");
    }

    static void define(ConfigDef def) {
        SettingGroup settings = new SettingGroup(def, "Unavailable values");
        settings.string(PLACEHOLDER, "__debezium_unavailable_value")
                .valid(ConfigDef.LambdaValidator.with(
                        (name, value) -> {
                            if (!isPossible(String.valueOf(value))) {
                                throw new ConfigException(name, value, "hex: needs pairs of hexadecimal digits");
                            }
                        },
                        () -> "text, or hex: and bytes"))
                .importance(MEDIUM)
                .width(Width.MEDIUM)
                .label("Placeholder")
                .doc("Placeholder that the source sends for values that it does not have, as in its setting"
                        + " unavailable.value.placeholder: text, or hex: and bytes. In a table with a key such a value"
                        + " stays unchanged. Empty: no placeholder is looked for.");
        settings.string(POLICY, "fail")
                .oneOf("fail", "null")
                .label("Policy")
                .doc("What to do with such a value if the table has no earlier row: fail, or null.");
    }

    public static Policy policy(AbstractConfig config) {
        return Policy.valueOf(config.getString(POLICY).toUpperCase(Locale.ROOT));
    }
}
