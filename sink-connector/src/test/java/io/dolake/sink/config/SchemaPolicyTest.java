/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaPolicyTest {
    @ParameterizedTest
    @CsvSource({"dolake.schema.drop,delete", "dolake.schema.incompatible,new"})
    void refusesOtherValues(String setting, String value) {
        ConfigDef settings = new ConfigDef();
        SchemaPolicy.define(settings);
        assertThatThrownBy(() -> settings.parse(Map.of(setting, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(setting);
    }
}
