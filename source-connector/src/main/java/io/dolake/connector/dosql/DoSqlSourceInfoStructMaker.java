/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.config.CommonConnectorConfig;
import io.debezium.connector.AbstractSourceInfoStructMaker;
import io.debezium.connector.SnapshotRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Debezium's common source fields, and the position in the change log. Public because it is loaded by name. */
public final class DoSqlSourceInfoStructMaker extends AbstractSourceInfoStructMaker<SourceInfo> {
    private Schema schema;

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
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Struct struct(SourceInfo source) {
        return commonStruct(source)
                .put(SourceInfo.TABLE_NAME_KEY, source.tableId().table())
                .put(SourceInfo.LSN_KEY, source.lsn().value())
                .put(SourceInfo.EVENT_KEY, source.event())
                .put(SourceInfo.EPOCH_KEY, source.epoch())
                .put(SourceInfo.TX_ID_KEY, source.snapshot() == SnapshotRecord.FALSE ? source.txId() : null)
                .put(SourceInfo.SCHEMA_LSN_KEY, source.schemaLsn().value());
    }
}
