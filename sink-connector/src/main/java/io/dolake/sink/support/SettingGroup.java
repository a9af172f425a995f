/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.support;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigDef.Width;

/**
 * Defines the settings of one group, in their display order. Each ends with {@link Setting#doc}.
 */
public final class SettingGroup {
    private final ConfigDef definition;
    private final String name;
    private int last;

    public SettingGroup(ConfigDef definition, String name) {
        this.definition = definition;
        this.name = name;
    }

    public Setting string(String key, String byDefault) {
        return new Setting(key, Type.STRING, byDefault);
    }

    public Setting integer(String key, int byDefault) {
        return new Setting(key, Type.INT, byDefault);
    }

    public Setting bigInteger(String key, long byDefault) {
        return new Setting(key, Type.LONG, byDefault);
    }

    public Setting fraction(String key, double byDefault) {
        return new Setting(key, Type.DOUBLE, byDefault);
    }

    public Setting flag(String key, boolean byDefault) {
        return new Setting(key, Type.BOOLEAN, byDefault);
    }

    public Setting list(String key) {
        return new Setting(key, Type.LIST, List.of());
    }

    /** A setting of the group; of low importance and with a short input field by default. */
    public final class Setting {
        private final String key;
        private final Type type;
        private final Object byDefault;
        private Validator validator;
        private Importance importance = Importance.LOW;
        private Width width = Width.SHORT;
        private String label;

        private Setting(String key, Type type, Object byDefault) {
            this.key = key;
            this.type = type;
            this.byDefault = byDefault;
            this.label = key;
        }

        public Setting valid(Validator check) {
            this.validator = check;
            return this;
        }

        public Setting oneOf(String... values) {
            return valid(ConfigDef.ValidString.in(values));
        }

        public Setting importance(Importance degree) {
            this.importance = degree;
            return this;
        }

        public Setting width(Width field) {
            this.width = field;
            return this;
        }

        /** The display name. */
        public Setting label(String text) {
            this.label = text;
            return this;
        }

        /** Defines it; {@code text} is its description. */
        public void doc(String text) {
            definition.define(
                    key, type, byDefault, validator, importance, text, SettingGroup.this.name, ++last, width, label);
        }
    }
}
