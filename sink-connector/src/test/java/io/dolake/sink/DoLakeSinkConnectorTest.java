/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.config.AccessConfig;
import io.dolake.sink.config.MaintenanceConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.UnknownSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoLakeSinkConnectorTest {
    private final Map<String, String> settings = new HashMap<>(Map.of(
            "name",
            "dolake-sink",
            "connector.class",
            DoLakeSinkConnector.class.getName(),
            "topics",
            "a",
            "iceberg.catalog.type",
            "jdbc",
            "iceberg.catalog.uri",
            "jdbc:sqlite::memory:",
            "iceberg.catalog.warehouse",
            "/tmp/warehouse",
            AccessConfig.CHECK,
            "false"));

    @Test
    void isFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(SinkConnector.class)).hasAtLeastOneElementOfType(DoLakeSinkConnector.class);
    }

    @Test
    void tellsItsVersion() {
        assertThat(new DoLakeSinkConnector().version()).matches("\\d+\\.\\d+.*");
    }

    @Test
    void acceptsAFullConfiguration() {
        assertThat(errors()).isEmpty();
    }

    @Test
    void refusesAnUnknownSettingAndNamesTheNearest() {
        settings.put("dolake.comit.interval.ms", "5");
        assertThat(errors()).singleElement().asString().contains("nearest: dolake.commit.interval.ms");
        assertThatThrownBy(() -> new DoLakeSinkConnector().start(settings)).isInstanceOf(ConfigException.class);
    }

    /** Fault B10, of the sink. */
    @ParameterizedTest
    @CsvSource({
        "iceberg.tabels.auto-create-enabled, iceberg.tables.auto-create-enabled",
        "iceberg.table.db.t.id-colums, iceberg.table.db.t.id-columns",
        "iceberg.control.comit.interval-ms, iceberg.control.commit.interval-ms",
        "task.max, tasks.max",
        "topic.regex, topics.regex",
        "errors.deadletterqueue.topicname, errors.deadletterqueue.topic.name",
        "iceberg.something.else.there.is.none.of, ",
        "dolake.something.else.there.is.none.of, "
    })
    void refusesSettingsThatNothingReads(String name, String nearest) {
        settings.put(name, "x");
        assertThat(errors())
                .singleElement()
                .asString()
                .contains("Cannot use setting " + name + ": there is none of that name")
                .contains(nearest == null ? "" : "(nearest: " + nearest + ")");
        assertThatThrownBy(() -> new DoLakeSinkConnector().start(settings)).isInstanceOf(ConfigException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "iceberg.catalog.anything",
                "iceberg.hadoop.fs.defaultFS",
                "iceberg.kafka.bootstrap.servers",
                "iceberg.tables.auto-create-props.x",
                "iceberg.tables.write-props.x",
                "iceberg.control.topic",
                "iceberg.coordinator.transactional.suffix",
                "iceberg.table.db.t.commit-branch",
                "key.converter.schemas.enable",
                "transforms.x.type",
                "predicates.x.type",
                "consumer.override.max.poll.records",
                "errors.deadletterqueue.topic.name",
                "owner.of.this.connector"
            })
    void letsSettingsOfOthersPass(String name) {
        settings.put(name, "x");
        assertThat(errors()).isEmpty();
        assertThat(UnknownSettings.ignored(settings).contains(name)).isEqualTo(name.startsWith("owner"));
    }

    @Test
    void refusesWatermarksTheWrongWayRound() {
        settings.put(SinkConfig.BUFFER_LOW, "0.9");
        assertThat(errors()).singleElement().asString().contains(SinkConfig.BUFFER_HIGH);
    }

    @Test
    void saysWhatTheCatalogLacks() {
        settings.remove("iceberg.catalog.uri");
        assertThat(errors()).singleElement().asString().contains("iceberg.catalog.uri");
    }

    @Test
    void refusesATableTemplateWithoutANamespace() {
        settings.put(SinkConfig.TABLE_TEMPLATE, "{table}");
        assertThat(errors()).singleElement().asString().contains("namespace");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "iceberg.tables.dynamic-enabled=true | without iceberg.tables.route-field",
                "iceberg.tables.route-field=kind | without tables to choose from",
                "iceberg.tables.route-field=kind iceberg.tables=a.b | iceberg.table.a.b.route-regex",
                "iceberg.tables=orders | has no namespace",
                "iceberg.table.a.b.route-regex=[ | iceberg.table.a.b.route-regex: Unclosed character class",
                "iceberg.table.a.b.id-columns=, | names no column",
                "iceberg.table.a.b.commit-branch= | names no branch",
                "dolake.input.format=avro | debezium"
            })
    void eachFaultOfTheInputHasItsOwnMessage(String lines, String message) {
        for (String line : lines.split(" ")) {
            settings.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
        }
        assertThat(errors()).singleElement().asString().contains(message);
        assertThatThrownBy(() -> new DoLakeSinkConnector().start(settings)).isInstanceOf(ConfigException.class);
    }

    /**
     * FAULTS C15: what would fail at the first file fails here, on the setting that asks for it, checked access or not.
     */
    @ParameterizedTest
    @CsvSource({
        "warehouse, gs://bucket/lake, GCSFileIO",
        "warehouse, abfss://container@account.dfs.core.windows.net/lake, ADLSFileIO",
        "warehouse, oss://bucket/lake, OSSFileIO",
        "io-impl, org.example.NoFileIO, org.example.NoFileIO",
        "type, hive, HiveCatalog",
        "type, nesie, there is no type 'nesie'",
    })
    void aClassThatIsMissingIsToldOnTheSettingThatAsksForIt(String property, String value, String message) {
        settings.put("iceberg.catalog." + property, value);
        for (String isChecked : List.of("true", "false")) {
            settings.put(AccessConfig.CHECK, isChecked);
            assertThat(new DoLakeSinkConnector().validate(settings).configValues())
                    .filteredOn(config -> !config.errorMessages().isEmpty())
                    .singleElement()
                    .satisfies(config -> {
                        assertThat(config.name()).isEqualTo("iceberg.catalog." + property);
                        assertThat(config.errorMessages())
                                .singleElement()
                                .asString()
                                .contains(message);
                    });
        }
    }

    @Test
    void everySettingHasAGroupAndADescription() {
        assertThat(SinkConfig.DEFINITION.configKeys().values()).allSatisfy(key -> {
            assertThat(key.group).isNotEmpty();
            assertThat(key.documentation).isNotEmpty();
        });
    }

    private List<String> errors() {
        return new DoLakeSinkConnector()
                .validate(settings).configValues().stream()
                        .flatMap(value -> value.errorMessages().stream())
                        .toList();
    }

    @Test
    void anOrphanAgeAtWhichCommitsUnderWayWouldLoseTheirFilesIsRefused() {
        assertThatThrownBy(() -> new SinkConfig(Map.of(MaintenanceConfig.ORPHAN_AGE_MS, "300000")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("commits under way");
        assertThat(new SinkConfig(Map.of(MaintenanceConfig.ORPHAN_AGE_MS, "0"))
                        .getLong(MaintenanceConfig.ORPHAN_AGE_MS))
                .isZero();
    }
}
