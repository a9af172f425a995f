/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.debezium.config.Field;
import io.debezium.relational.RelationalDatabaseConnectorConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults B8 and B10: each setting works or is refused by its name. */
class SettingCheckTest {

    /** Shows the definition of the framework. */
    private abstract static class Framework extends RelationalDatabaseConnectorConfig {
        private Framework() {
            super(null, null, null, 0, null, false);
        }

        static Iterable<Field> fields() {
            return CONFIG_DEFINITION.all();
        }
    }

    private static Map<String, List<String>> faults(String... settings) {
        return new DoSqlConnector()
                .validate(Fixtures.settings(settings)).configValues().stream()
                        .filter(value -> !value.errorMessages().isEmpty())
                        .collect(Collectors.toMap(ConfigValue::name, ConfigValue::errorMessages));
    }

    /** No other fault: the engine is asked only where there is none. */
    private static String fault(String name, String value) {
        Map<String, List<String>> faults = faults(name, value);
        assertThat(faults).containsOnlyKeys(name);
        assertThat(faults.get(name)).hasSize(1);
        return faults.get(name).get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "snaphot.mode, snapshot.mode",
        "cdc.max.batch.evnts, cdc.max.batch.events",
        "Topic.Prefix, topic.prefix",
        "table.includelist, table.include.list",
        "task.max, tasks.max",
        "column.excluded.list, column.exclude.list",
        "topic.delimeter, topic.delimiter"
    })
    void b10MisspeltSettingsAreRefusedWithTheNearest(String name, String nearest) {
        assertThat(fault(name, "1"))
                .startsWith("Cannot use setting " + name + ": there is none of that name (nearest: " + nearest + ")");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "column.mask.with.5.char",
                "column.mask.hash.SHA-256.salt.x",
                "owner.of.this",
                "slot.name",
                "snapshot.mode.custom"
            })
    void b10WhatNothingReadsIsRefused(String name) {
        assertThat(fault(name, "x")).startsWith("Cannot use setting " + name + ": there is none of that name");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "database.user",
                "time.precision.mode",
                "heartbeat.action.query",
                "snapshot.select.statement.overrides",
                "snapshot.select.statement.overrides.shop.orders",
                "guardrail.collections.max",
                "guardrail.collections.limit.action",
                "include.schema.changes",
                "schema.history.internal.kafka.topic",
                "snapshot.max.threads",
                "incremental.snapshot.chunk.size",
                "openlineage.integration.enabled",
                "streaming.delay.ms",
                "driver.x",
                "task.databases"
            })
    void b10SettingsOfOtherConnectorsAreRefusedByName(String name) {
        assertThat(fault(name, "x"))
                .startsWith("Cannot use setting " + name + ": ")
                .doesNotContain("none of that name");
    }

    @Test
    void b10EveryFieldOfTheFrameworkIsKnownOrRefused() {
        assertThat(Framework.fields())
                .allSatisfy(
                        field -> assertThat(RefusedSettings.reason(field.name()).isPresent())
                                .as(field.name())
                                .isNotEqualTo(DoSqlConnectorConfig.ALL_FIELDS.fieldWithName(field.name()) != null));
    }

    @Test
    void b10DefaultsAreNoFaults() {
        Map<String, String> settings = new HashMap<>();
        for (Field field : DoSqlConnectorConfig.ALL_FIELDS) {
            if (field.defaultValueAsString() != null) {
                settings.put(field.name(), field.defaultValueAsString());
            }
        }
        assertThat(SettingCheck.faults(settings)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name",
                "tasks.max",
                "exactly.once.support",
                "key.converter.schemas.enable",
                "transforms.route.type",
                "predicates.p.type",
                "producer.override.max.request.size",
                "topic.creation.default.partitions",
                "errors.tolerance",
                "errors.log.enable",
                "event.processing.failure.handling.mode",
                "event.converting.failure.handling.mode",
                "topic.delimiter",
                "signal.kafka.topic",
                "signal.consumer.security.protocol",
                "column.mask.with.5.chars",
                "column.mask.hash.v2.SHA-256.with.salt.a.b",
                "column.truncate.to.5.chars",
                "mine.anything"
            })
    void settingsThatAreReadPass(String name) {
        assertThat(SettingCheck.faults(Map.of(name, "x.y.z", "converters", "mine, other")))
                .isEmpty();
    }

    @Test
    void unknownSettingsAreLetBeWhereAskedFor() {
        assertThat(SettingCheck.faults(Map.of("unknown.settings", "warn", "owner.of.this", "x", "database.user", "y")))
                .containsOnlyKeys("database.user");
        assertThat(faults("unknown.settings", "ignore")).containsKey("unknown.settings");
    }

    @Test
    void maskSettingsThatCannotWorkAreRefused() {
        assertThat(fault("column.mask.hash.SHA-9.with.salt.geheim", "shop.t.v"))
                .contains("there is no hash algorithm SHA-9")
                .doesNotContain("geheim");
        assertThat(fault("column.mask.with.99999999999.chars", "shop.t.v")).contains("at most");
        assertThat(fault("column.truncate.to.5.chars", "shop.(t")).contains("not a regular expression");
        assertThat(faults("column.exclude.list", "shop.(t")).containsOnlyKeys("column.exclude.list");
        assertThat(faults("message.key.columns", "shop.t")).containsOnlyKeys("message.key.columns");
    }

    @Test
    void channelsThatDoNotExistAndReselectionAreRefused() {
        assertThat(fault("signal.enabled.channels", "source,kafak")).contains("no channel kafak", "source");
        assertThat(fault("notification.enabled.channels", "snik")).contains("no channel snik", "sink");
        Map<String, String> reselect = Map.of(
                "post.processors", "r", "r.type", "io.debezium.processors.reselect.ReselectColumnsPostProcessor");
        assertThat(SettingCheck.faults(reselect)).containsOnlyKeys("r.type");
    }

    @Test
    void b8EverySettingOfTheDefinitionHasAValueAndFaultsAreAllTold() {
        Map<String, String> settings = new HashMap<>();
        settings.put("topic.prefix", "dosql");
        settings.put("database.port", "none");
        settings.put("snapshot.mode", "sometimes");
        settings.put("snaphot.mode", "");
        settings.put("converters", null);
        List<ConfigValue> values = new DoSqlConnector().validate(settings).configValues();
        assertThat(new TreeSet<>(values.stream().map(ConfigValue::name).toList()))
                .containsAll(DoSqlConnectorConfig.configDef().names());
        assertThat(values.stream().filter(value -> !value.errorMessages().isEmpty()))
                .extracting(ConfigValue::name)
                .containsExactlyInAnyOrder("database.hostname", "database.port", "snapshot.mode", "snaphot.mode");
        settings.put("column.mask.with.(d+).chars", "shop.t.v");
        assertThat(SettingCheck.faults(settings)).containsKey("column.mask.with.(d+).chars");
    }

    @Test
    void aClassThatCannotBeMadeIsAFaultAndNoException() {
        assertThat(faults("topic.naming.strategy", "no.such.Class")).isNotEmpty();
        assertThat(faults("transaction.metadata.factory", "no.such.Class")).isNotEmpty();
        assertThat(faults("sourceinfo.struct.maker", "no.such.Class")).isNotEmpty();
        assertThat(faults("memory.management.tables.class", "no.such.Class")).isNotEmpty();
    }

    @Test
    void startRefusesWhatValidationWould() {
        assertThatThrownBy(() -> new DoSqlConnector().start(Fixtures.settings("name", "s", "database.user", "geheim")))
                .hasMessageStartingWith("Cannot start connector s: Cannot use setting database.user: ")
                .hasMessageNotContaining("geheim");
    }
}
