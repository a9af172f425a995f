/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.config.CommonConnectorConfig;
import io.debezium.connector.AbstractSourceInfoStructMaker;
import io.debezium.connector.SnapshotRecord;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Debezium's common source fields, and the position in the change log. Public because it is loaded by name. */
public final class DoSqlSourceInfoStructMaker extends AbstractSourceInfoStructMaker<SourceInfo> {
    private static final long MICROS = 1_000_000;
    private static final long NANOS = 1_000_000_000;
    /** By ordinal. */
    private static final List<String> SNAPSHOT_NAMES = Stream.of(SnapshotRecord.values())
            .map(value -> value.name().toLowerCase(Locale.ROOT))
            .toList();

    private Schema schema;
    private StructFields fields;
    private Object[] constants;
    private int[] places;

    @Override
    public void init(String connector, String version, CommonConnectorConfig connectorConfig) {
        super.init(connector, version, connectorConfig);
        schema = commonSchemaBuilder()
                .name("io.dolake.connector.dosql.Source")
                .field(SourceInfo.TABLE_NAME_KEY, Schema.STRING_SCHEMA)
                .field(SourceInfo.LSN_KEY, Schema.INT64_SCHEMA)
                .field(SourceInfo.EVENT_KEY, Schema.INT64_SCHEMA)
                .field(SourceInfo.EPOCH_KEY, Schema.STRING_SCHEMA)
                .field(SourceInfo.TX_ID_KEY, Schema.OPTIONAL_STRING_SCHEMA)
                .field(SourceInfo.SCHEMA_LSN_KEY, Schema.INT64_SCHEMA)
                .build();
        fields = new StructFields(schema);
        constants = new Object[fields.size()];
        constants[fields.index(SourceInfo.DEBEZIUM_VERSION_KEY)] = version;
        constants[fields.index(SourceInfo.DEBEZIUM_CONNECTOR_KEY)] = connector;
        constants[fields.index(SourceInfo.SERVER_NAME_KEY)] = connectorConfig.getLogicalName();
        places = Stream.of(
                        SourceInfo.TIMESTAMP_KEY,
                        SourceInfo.TIMESTAMP_US_KEY,
                        SourceInfo.TIMESTAMP_NS_KEY,
                        SourceInfo.SNAPSHOT_KEY,
                        SourceInfo.DATABASE_NAME_KEY,
                        SourceInfo.SEQUENCE_KEY,
                        SourceInfo.TABLE_NAME_KEY,
                        SourceInfo.LSN_KEY,
                        SourceInfo.EVENT_KEY,
                        SourceInfo.EPOCH_KEY,
                        SourceInfo.TX_ID_KEY,
                        SourceInfo.SCHEMA_LSN_KEY)
                .mapToInt(fields::index)
                .toArray();
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Struct struct(SourceInfo source) {
        Struct filled = source.timestamp() == null ? null : fields.filled(values(source));
        return filled != null ? filled : put(source);
    }

    private Object[] values(SourceInfo source) {
        Instant at = source.timestamp();
        Object[] changing = {
            at.toEpochMilli(),
            at.getEpochSecond() * MICROS + at.getNano() / 1_000,
            at.getEpochSecond() * NANOS + at.getNano(),
            isSnapshot(source) ? SNAPSHOT_NAMES.get(source.snapshot().ordinal()) : null,
            source.database(),
            source.sequence(),
            source.tableId().table(),
            source.lsn().value(),
            source.event(),
            source.epoch(),
            txId(source),
            source.schemaLsn().value()
        };
        Object[] values = constants.clone();
        for (int i = 0; i < places.length; i++) {
            values[places[i]] = changing[i];
        }
        return values;
    }

    private static boolean isSnapshot(SourceInfo source) {
        return source.snapshot() != null && source.snapshot() != SnapshotRecord.FALSE;
    }

    private static String txId(SourceInfo source) {
        return source.snapshot() == SnapshotRecord.FALSE ? source.txId() : null;
    }

    /** The framework's way, with its checks. */
    private Struct put(SourceInfo source) {
        return commonStruct(source)
                .put(SourceInfo.TABLE_NAME_KEY, source.tableId().table())
                .put(SourceInfo.LSN_KEY, source.lsn().value())
                .put(SourceInfo.EVENT_KEY, source.event())
                .put(SourceInfo.EPOCH_KEY, source.epoch())
                .put(SourceInfo.TX_ID_KEY, txId(source))
                .put(SourceInfo.SCHEMA_LSN_KEY, source.schemaLsn().value());
    }
}
