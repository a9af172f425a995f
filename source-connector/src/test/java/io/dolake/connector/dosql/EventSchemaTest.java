/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static io.dolake.connector.dosql.Fixtures.config;
import static io.dolake.connector.dosql.Fixtures.strictTable;
import static io.dolake.connector.dosql.Fixtures.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.debezium.connector.SnapshotRecord;
import io.debezium.relational.TableId;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

/** The short ways to events give what the framework gives, or leave the row to it. */
class EventSchemaTest {
    private static final Instant AT = Instant.parse("2026-12-01T10:00:00.123456789Z");

    private final DoSqlConnectorConfig config = config();
    private final DoSqlDatabaseSchema schema = Fixtures.schema(config);

    private Struct source(SnapshotRecord snapshot) {
        SourceInfo source = new SourceInfo(config, Fixtures.DATABASE, Fixtures.EPOCH);
        source.position(new Lsn(7), 3, AT);
        source.table(new TableId(Fixtures.DATABASE, null, "t"), new Lsn(2));
        source.setSnapshot(snapshot);
        return source.struct();
    }

    private EventSchema of(TableSchema table) {
        schema.apply(Fixtures.DATABASE, table);
        return (EventSchema) schema.schemaFor(new TableId(Fixtures.DATABASE, null, table.name()));
    }

    private Object[] row(TableSchema table, Object... values) {
        return schema.row(new TableId(Fixtures.DATABASE, null, table.name()), values, 0);
    }

    @Test
    void anEnvelopeIsTheFrameworks() {
        TableSchema table = table("t", 2, "id INTEGER PK", "r REAL", "s TEXT", "b BLOB", "f BOOLEAN", "n TEXT");
        EventSchema own = of(table);
        Object[] row = row(table, 1L, 0.5, "text", new byte[] {1, 2}, 1L, null);
        Struct source = source(SnapshotRecord.TRUE);

        Struct envelope = own.read(row, source, AT);

        assertThat(envelope).isNotNull();
        envelope.validate();
        assertThat(envelope).isEqualTo(own.getEnvelopeSchema().read(put(own.valueFromColumnData(row)), source, AT));
    }

    /** The same struct, made with checks. */
    private static Struct put(Struct filled) {
        Struct struct = new Struct(filled.schema());
        for (Field field : filled.schema().fields()) {
            struct.put(field, filled.getWithoutDefault(field.name()));
        }
        return struct;
    }

    @Test
    void aRowWithoutARequiredValueIsLeftToTheFramework() {
        TableSchema table = strictTable("t", "id INTEGER PK", "n INTEGER NOT NULL");
        EventSchema own = of(table);

        assertThat(own.read(row(table, 1L, 2L), source(SnapshotRecord.TRUE), AT))
                .isNotNull();
        assertThat(own.read(row(table, 1L, null), source(SnapshotRecord.TRUE), AT))
                .isNull();
        assertThatThrownBy(() -> own.valueFromColumnData(row(table, 1L, null)))
                .hasMessageContaining("Failed to properly convert data value");
    }

    @Test
    void theSourceIsTheFrameworks() {
        for (SnapshotRecord snapshot : SnapshotRecord.values()) {
            Struct source = source(snapshot);
            source.validate();
            assertThat(source).isEqualTo(put(source));
            assertThat(source.get("snapshot")).isEqualTo(snapshot.name().toLowerCase(java.util.Locale.ROOT));
        }
        Struct source = source(SnapshotRecord.FALSE);
        Map<String, Object> fields = new HashMap<>();
        source.schema().fields().forEach(field -> fields.put(field.name(), source.get(field)));
        assertThat(fields)
                .containsEntry("version", Module.version())
                .containsEntry("connector", Module.name())
                .containsEntry("name", "dosql")
                .containsEntry("ts_ms", AT.toEpochMilli())
                .containsEntry("ts_us", AT.toEpochMilli() * 1_000 + 456)
                .containsEntry("ts_ns", AT.toEpochMilli() * 1_000_000 + 456_789)
                .containsEntry("db", Fixtures.DATABASE)
                .containsEntry("sequence", "[\"7\",\"3\"]")
                .containsEntry("table", "t")
                .containsEntry("lsn", 7L)
                .containsEntry("event", 3L)
                .containsEntry("epoch", Fixtures.EPOCH)
                .containsEntry("txId", Fixtures.EPOCH + ":7")
                .containsEntry("schemaLsn", 2L);
    }

    @Test
    void aStructIsFilledOnlyWithWhatIsCertainlyValid() {
        Schema inner = SchemaBuilder.struct().field("a", Schema.INT64_SCHEMA).build();
        Schema twin = SchemaBuilder.struct()
                .field("a", Schema.INT64_SCHEMA)
                .field("b", Schema.INT64_SCHEMA)
                .build();

        assertThat(filled(Schema.INT64_SCHEMA, 1L)).isNotNull();
        assertThat(filled(Schema.INT64_SCHEMA, 1)).isNull();
        assertThat(filled(Schema.INT64_SCHEMA, null)).isNull();
        assertThat(filled(Schema.OPTIONAL_INT64_SCHEMA, null)).isNotNull();
        assertThat(filled(Schema.STRING_SCHEMA, 1L)).isNull();
        assertThat(filled(Schema.INT32_SCHEMA, 1)).isNull();
        assertThat(filled(Timestamp.SCHEMA, 1L)).isNull();
        assertThat(filled(Decimal.schema(1), java.nio.ByteBuffer.allocate(1))).isNull();
        assertThat(filled(inner, new Struct(inner).put("a", 1L))).isNotNull();
        assertThat(filled(inner, new Struct(twin).put("a", 1L).put("b", 1L))).isNull();
    }

    private static Struct filled(Schema field, Object value) {
        Schema outer = SchemaBuilder.struct().field("f", field).build();
        return new StructFields(outer).filled(new Object[] {value});
    }

    @Test
    void aPolledRecordIsTheRecordAndEqualToItselfOnly() {
        SourceRecord record = new SourceRecord(
                Map.of("p", 1),
                Map.of("o", 2),
                "topic",
                3,
                Schema.STRING_SCHEMA,
                "k",
                Schema.INT64_SCHEMA,
                4L,
                5L,
                null);
        record.headers().addString("h", "v");

        PolledRecord one = new PolledRecord(record, 1);
        PolledRecord other = new PolledRecord(record, 1);

        assertThat(new HashSet<>(List.of(one, other))).hasSize(2).contains(one, other);
        assertThat(List.of(one.sourcePartition(), one.sourceOffset(), one.topic(), one.kafkaPartition(), one.key()))
                .isEqualTo(List.of(
                        record.sourcePartition(),
                        record.sourceOffset(),
                        record.topic(),
                        record.kafkaPartition(),
                        record.key()));
        assertThat(one.value()).isEqualTo(4L);
        assertThat(one.timestamp()).isEqualTo(5L);
        assertThat(one.keySchema()).isEqualTo(Schema.STRING_SCHEMA);
        assertThat(one.valueSchema()).isEqualTo(Schema.INT64_SCHEMA);
        assertThat(one.headers()).isEqualTo(record.headers());
    }
}
