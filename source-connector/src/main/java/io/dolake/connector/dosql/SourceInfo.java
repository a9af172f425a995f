/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.connector.common.BaseSourceInfo;
import io.debezium.relational.TableId;
import io.dolake.schemas.Lsn;
import java.time.Instant;

/** The origin of an event: the {@code source} block of its envelope. */
final class SourceInfo extends BaseSourceInfo {
    static final String LSN_KEY = "lsn";
    static final String EVENT_KEY = "event";
    static final String EPOCH_KEY = "epoch";
    static final String TX_ID_KEY = "txId";
    static final String SCHEMA_LSN_KEY = "schemaLsn";

    private final String database;
    private final String epoch;
    private Lsn lsn = Lsn.ZERO;
    private long event;
    private Lsn schemaLsn = Lsn.ZERO;
    private Instant timestamp;
    private TableId tableId;

    SourceInfo(DoSqlConnectorConfig config, String database, String epoch) {
        super(config);
        this.database = database;
        this.epoch = epoch;
    }

    void position(Lsn newLsn, long newEvent, Instant newTimestamp) {
        lsn = newLsn;
        event = newEvent;
        timestamp = newTimestamp;
    }

    void table(TableId newTableId, Lsn newSchemaLsn) {
        tableId = newTableId;
        schemaLsn = newSchemaLsn;
    }

    String epoch() {
        return epoch;
    }

    Lsn lsn() {
        return lsn;
    }

    long event() {
        return event;
    }

    Lsn schemaLsn() {
        return schemaLsn;
    }

    TableId tableId() {
        return tableId;
    }

    /** Unique among all databases, since the epoch is. */
    String txId() {
        return epoch + ":" + lsn;
    }

    @Override
    protected Instant timestamp() {
        return timestamp;
    }

    @Override
    protected String database() {
        return database;
    }

    /** Position of the event, in the format of Debezium's connectors: a JSON array of strings. */
    @Override
    protected String sequence() {
        return "[\"" + lsn + "\",\"" + event + "\"]";
    }

    @Override
    public String toString() {
        return database + " " + tableId + " at " + epoch + ":" + lsn + ":" + event;
    }
}
