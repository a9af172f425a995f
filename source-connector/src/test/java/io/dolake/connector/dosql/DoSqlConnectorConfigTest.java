/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.config.Configuration;
import io.debezium.relational.TableId;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.junit.jupiter.api.Test;

class DoSqlConnectorConfigTest {

    private static Map<String, List<String>> faults(Map<String, String> settings) {
        return new DoSqlConnector()
                .validate(settings).configValues().stream()
                        .filter(value -> !value.errorMessages().isEmpty())
                        .collect(Collectors.toMap(ConfigValue::name, ConfigValue::errorMessages));
    }

    @Test
    void allFaultsAreReportedAtOnceOnTheirKeys() {
        Map<String, List<String>> faults = faults(Map.of(
                "database.port", "none",
                "database.protocol", "ftp",
                "snapshot.mode", "sometimes",
                "decimal.handling.mode", "precise",
                "table.include.list", "a.a",
                "table.exclude.list", "b.b"));
        assertThat(faults)
                .containsOnlyKeys(
                        "topic.prefix",
                        "database.hostname",
                        "database.port",
                        "database.protocol",
                        "snapshot.mode",
                        "decimal.handling.mode",
                        "table.exclude.list");
    }

    @Test
    void anEngineThatIsNotThereIsAFaultOfTheHostname() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Map<String, List<String>> faults = faults(Fixtures.settings("database.port", String.valueOf(port)));
        assertThat(faults).containsOnlyKeys("database.hostname");
        assertThat(faults.get("database.hostname").get(0))
                .startsWith("Cannot connect to http://localhost:" + port + ": CONNECTION_ERROR");
    }

    @Test
    void anEngineThatDoesNotAnswerIsAFaultAfterTheTimeout() throws Exception {
        try (ServerSocket silent = new ServerSocket(0)) {
            Map<String, List<String>> faults = faults(Fixtures.settings(
                    "database.port", String.valueOf(silent.getLocalPort()), "connection.validation.timeout.ms", "300"));
            assertThat(faults.get("database.hostname").get(0)).contains("no answer within 300 ms");
        }
    }

    @Test
    void defaultsAreThoseOfTheReadme() {
        DoSqlConnectorConfig config = Fixtures.config();
        assertThat(config.server()).isEqualTo(URI.create("http://localhost:8790"));
        assertThat(config.getSnapshotMode()).isEqualTo(DoSqlConnectorConfig.SnapshotMode.INITIAL);
        assertThat(config.getSkippedOperations()).isEmpty();
        assertThat(config.getHeartbeatInterval()).hasMillis(5_000);
        assertThat(config.getPollInterval()).hasMillis(50);
        assertThat(config.decimals().getValue()).isEqualTo("double");
    }

    @Test
    void ipv6AddressesAreBracketed() {
        assertThat(Fixtures.config("database.hostname", "::1").server()).isEqualTo(URI.create("http://[::1]:8790"));
    }

    @Test
    void databasesAreFilteredByRegularExpression() {
        DoSqlConnectorConfig config = Fixtures.config("database.include.list", "shop.*,crm");
        assertThat(List.of("shop", "shop2", "crm", "crm2").stream().filter(config.databaseFilter()))
                .containsExactly("shop", "shop2", "crm");
    }

    @Test
    void tablesOfSqliteAreNotCaptured() {
        assertThat(Fixtures.config()
                        .getTableFilters()
                        .dataCollectionFilter()
                        .isIncluded(new TableId("shop", null, "sqlite_stat1")))
                .isFalse();
    }

    @Test
    void topicIsPrefixDatabaseAndTable() {
        DoSqlConnectorConfig config = Fixtures.config();
        DoSqlDatabaseSchema schema = Fixtures.schema(config);
        schema.apply("shop", Fixtures.table("orders", 1, "id INTEGER PK"));
        assertThat(schema.schemaFor(new TableId("shop", null, "orders"))
                        .getEnvelopeSchema()
                        .schema()
                        .name())
                .isEqualTo("dosql.shop.orders.Envelope");
    }

    @Test
    void exactlyOnceIsSupported() {
        assertThat(new DoSqlConnector().exactlyOnceSupport(Fixtures.settings()))
                .isEqualTo(ExactlyOnceSupport.SUPPORTED);
    }

    @Test
    void everySettingIsDocumentedInTheConfigDefinition() {
        assertThat(DoSqlConnectorConfig.configDef().configKeys().values())
                .allSatisfy(key -> assertThat(key.documentation).as(key.name).isNotBlank());
        assertThat(Configuration.from(Fixtures.settings())
                        .validate(DoSqlConnectorConfig.ALL_FIELDS)
                        .values())
                .allSatisfy(value ->
                        assertThat(value.errorMessages()).as(value.name()).isEmpty());
    }
}
