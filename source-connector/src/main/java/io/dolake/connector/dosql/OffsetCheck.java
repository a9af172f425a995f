/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.engine.client.DatabaseStatus;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks offsets written by hand: their form, and, where the engine answers, that its change log continues them. */
final class OffsetCheck {
    private static final Logger LOGGER = LoggerFactory.getLogger(OffsetCheck.class);
    private static final Set<String> PARTITION_KEYS = Set.of(DoSqlPartition.SERVER_KEY, DoSqlPartition.DATABASE_KEY);

    private final String server;
    private final Engine engine;

    OffsetCheck(String server, Engine engine) {
        this.server = server;
        this.engine = engine;
    }

    void check(Map<Map<String, ?>, Map<String, ?>> offsets) {
        offsets.forEach((partition, offset) -> {
            checkPartition(partition);
            if (offset != null) {
                checkOffset(String.valueOf(partition.get(DoSqlPartition.DATABASE_KEY)), offset);
            }
        });
    }

    private void checkPartition(Map<String, ?> partition) {
        if (partition == null
                || !partition.keySet().equals(PARTITION_KEYS)
                || !server.equals(partition.get(DoSqlPartition.SERVER_KEY))
                || !(partition.get(DoSqlPartition.DATABASE_KEY) instanceof String)) {
            throw new ConnectException("Cannot alter offsets: partition " + partition + " is not of this connector,"
                    + " expected {\"server\": \"" + server + "\", \"database\": \"<name>\"}");
        }
    }

    private void checkOffset(String database, Map<String, ?> offset) {
        try {
            String epoch = DoSqlOffsetContext.epochIn(offset);
            Lsn lsn = DoSqlOffsetContext.lsnIn(offset);
            DoSqlOffsetContext.eventIn(offset);
            checkRetained(engine.status(database), epoch, lsn);
        } catch (DoLakeException e) {
            if (e.code() == ErrorCode.CONNECTION_ERROR || e.code() == ErrorCode.TIMEOUT) {
                LOGGER.warn("Offset of database {} is not checked against the change log: {}", database, e.toString());
                return;
            }
            throw new ConnectException("Cannot alter offset of database " + database + ": " + e.getMessage(), e);
        }
    }

    private static void checkRetained(DatabaseStatus status, String epoch, Lsn lsn) {
        if (!status.epoch().equals(epoch)) {
            throw new DoLakeException(
                    ErrorCode.CDC_EPOCH_MISMATCH,
                    "Cannot continue at epoch " + epoch + ": the database is at epoch " + status.epoch());
        }
        if (lsn.isBefore(status.oldestLsn()) || lsn.isAfter(status.durableLsn())) {
            throw new DoLakeException(
                    ErrorCode.CDC_LSN_NOT_FOUND,
                    "Cannot continue at LSN " + lsn + ": the change log holds " + status.oldestLsn() + " to "
                            + status.durableLsn());
        }
    }
}
