/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.connect.IcebergSinkConfig;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of each setting of the Apache sink; one that a later version adds shows here. */
class ApacheSettingsTest {
    @Test
    void everySettingIsTakenRefusedOrWithoutEffect() {
        Set<String> left = new TreeSet<>(IcebergSinkConfig.CONFIG_DEF.names());
        left.removeAll(SinkConfig.DEFINITION.names());
        left.removeAll(ApacheSettings.WITHOUT_EFFECT);
        assertThat(left).containsExactlyInAnyOrder(ApacheSettings.COMMIT_INTERVAL_MS, ApacheSettings.GROUP_ID);
    }

    @Test
    void theCommitIntervalIsTakenUnlessOursIsGiven() {
        Map<String, String> settings = settings();
        settings.put(ApacheSettings.COMMIT_INTERVAL_MS, "1234");
        assertThat(new SinkConfig(settings).getLong(SinkConfig.COMMIT_INTERVAL_MS))
                .isEqualTo(1234);
        settings.put(SinkConfig.COMMIT_INTERVAL_MS, "99");
        assertThat(new SinkConfig(settings).getLong(SinkConfig.COMMIT_INTERVAL_MS))
                .isEqualTo(99);
    }

    @Test
    void anotherGroupIsRefused() {
        Map<String, String> settings = settings();
        settings.put(ApacheSettings.GROUP_ID, "other");
        assertThatThrownBy(() -> new SinkConfig(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Cannot use " + ApacheSettings.GROUP_ID);
    }

    @ParameterizedTest
    @CsvSource({"connect-lake, ", "shared, shared"})
    void groupThatIsUsedAnywayIsTaken(String group, String override) {
        Map<String, String> settings = settings();
        settings.put("name", "lake");
        settings.put(ApacheSettings.GROUP_ID, group);
        if (override != null) {
            settings.put("consumer.override.group.id", override);
        }
        assertThat(new SinkConfig(settings)).isNotNull();
        settings.put("consumer.override.group.id", "another");
        assertThat(ApacheSettings.faults(settings))
                .hasEntrySatisfying(
                        ApacheSettings.GROUP_ID,
                        message -> assertThat(message).contains("=" + group + ": Connect reads as group another;"));
    }

    @Test
    void whatIsWithoutEffectIsNamed() {
        Map<String, String> settings = settings();
        settings.put("iceberg.control.topic", "control");
        settings.put("iceberg.kafka.bootstrap.servers", "broker:9092");
        assertThat(new SinkConfig(settings)).isNotNull();
        assertThat(ApacheSettings.withoutEffect(settings)).isEqualTo(List.of("iceberg.control.topic"));
    }

    private static Map<String, String> settings() {
        return new HashMap<>(Map.of("iceberg.catalog.type", "rest", "iceberg.catalog.uri", "http://127.0.0.1:1"));
    }
}
