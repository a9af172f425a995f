/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Worker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;

/**
 * Change events in the shapes of other Debezium connectors, as their topics have them: JSON with schemas, key and value
 * with a tab between them, written after the documentation of their source blocks.
 */
class RecordedEnvelopesIT extends LakeTest {
    /** Commits the records of a file; returns the rows of their table. */
    private List<Map<String, String>> rows(String file, String topic, String table, String namespace)
            throws IOException {
        FakeTopic records = read(file, topic);
        Worker.drain(lake.settings("dolake-sink"), records);
        return Lake.rows(
                lake.catalog().loadTable(org.apache.iceberg.catalog.TableIdentifier.of(namespace, table)), null);
    }

    private Type type(String namespace, String table, String column) {
        return lake.catalog()
                .loadTable(org.apache.iceberg.catalog.TableIdentifier.of(namespace, table))
                .schema()
                .findType(column);
    }

    private static FakeTopic read(String file, String topic) throws IOException {
        FakeTopic records = new FakeTopic(topic, 0, "");
        try (JsonConverter keys = new JsonConverter();
                JsonConverter values = new JsonConverter();
                InputStream in = RecordedEnvelopesIT.class.getResourceAsStream("/envelopes/" + file)) {
            keys.configure(Map.of("schemas.enable", true), true);
            values.configure(Map.of("schemas.enable", true), false);
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String line : text.split("\n")) {
                String[] parts = line.split("\t");
                SchemaAndValue key = connect(keys, topic, parts[0]);
                SchemaAndValue value = connect(values, topic, parts[1]);
                records.add(key.schema(), key.value(), value.schema(), value.value());
            }
        }
        return records;
    }

    private static SchemaAndValue connect(JsonConverter converter, String topic, String json) {
        return converter.toConnectData(topic, json.equals("null") ? null : json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void postgres() throws Exception {
        assertThat(rows("postgres.tsv", "pg.public.items", "items", "public"))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("id", "4")
                        .containsEntry("price", "4.00")
                        .containsEntry("doc", "{}")
                        .containsEntry("code", "6f1b2c3d-0000-4000-8000-000000000004")
                        .containsEntry("seen", "2026-01-01T00:00:04.500Z")
                        .containsEntry("made", "2026-01-01T00:00:00.000004"));
        assertThat(type("public", "items", "price")).isEqualTo(Types.DecimalType.of(10, 2));
        assertThat(type("public", "items", "code")).isEqualTo(Types.UUIDType.get());
    }

    @Test
    void mysql() throws Exception {
        assertThat(rows("mysql.tsv", "my.shop.stock", "stock", "shop"))
                .hasSize(2)
                .anySatisfy(row -> assertThat(row)
                        .containsEntry("sku", "2")
                        .containsEntry("size", "L")
                        .containsEntry("made", "2024")
                        .containsEntry("sold", "2026-01-01")
                        .containsEntry("at", "2026-01-01T00:00:00.123")
                        .containsEntry("took", "01:00:00.000001")
                        .containsEntry("weight", "0.5"))
                .anySatisfy(row -> assertThat(row).containsEntry("sku", "5"));
    }

    @Test
    void sqlServer() throws Exception {
        assertThat(rows("sqlserver.tsv", "ms.sales.dbo.invoices", "invoices", "dbo"))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("region", "eu")
                        .containsEntry("no", "1")
                        .containsEntry("total", "1.5000")
                        .containsEntry("at", "2026-01-01T00:00:00.000000123")
                        .containsEntry("paid", "true"));
    }

    @Test
    void oracle() throws Exception {
        assertThat(rows("oracle.tsv", "ora.BANK.POSTINGS", "POSTINGS", "BANK"))
                .containsExactly(Map.of("ID", "2", "AMOUNT", "-0.001", "BOOKED", "2026-01-01T00:00", "NOTE", "c"));
    }
}
