/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.connector.AbstractSourceInfo;
import io.debezium.pipeline.CommonOffsetContext;
import io.dolake.engine.client.DatabaseStatus;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.Spelling;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Checks offsets written by hand: their form, and that the engine's change log can continue from them. An LSN between
 * two transactions stands for the one before it.
 */
final class OffsetCheck {
    private static final Set<String> PARTITION_KEYS = Set.of(DoSqlPartition.SERVER_KEY, DoSqlPartition.DATABASE_KEY);
    private static final Set<String> OFFSET_KEYS = new TreeSet<>(Set.of(
            DoSqlOffsetContext.EPOCH_KEY,
            DoSqlOffsetContext.LSN_KEY,
            DoSqlOffsetContext.EVENT_KEY,
            DoSqlOffsetContext.RESEND_KEY,
            DoSqlOffsetContext.FAULTS_KEY,
            DoSqlOffsetContext.FILTERS_KEY,
            DoSqlOffsetContext.ANEW_KEY,
            AbstractSourceInfo.SNAPSHOT_KEY,
            CommonOffsetContext.SNAPSHOT_COMPLETED_KEY));
    /** Keys added by {@code provide.transaction.metadata}. */
    private static final String TRANSACTION_KEYS = "transaction_";

    private final String server;
    private final Predicate<String> databases;
    private final EngineConnection engine;
    private final Duration timeout;

    /**
     * @param databases databases that the connector captures
     * @param timeout time limit for reading the events of a transaction
     */
    OffsetCheck(String server, Predicate<String> databases, EngineConnection engine, Duration timeout) {
        this.server = server;
        this.databases = databases;
        this.engine = engine;
        this.timeout = timeout;
    }

    /**
     * @throws ConnectException for the first offset that is not accepted; one without a value is a reset, whatever its
     * partition
     */
    void check(Map<Map<String, ?>, Map<String, ?>> offsets) {
        offsets.forEach((partition, offset) -> {
            if (offset != null) {
                checkPartition(partition);
                checkOffset(String.valueOf(partition.get(DoSqlPartition.DATABASE_KEY)), offset);
            }
        });
    }

    private void checkPartition(Map<String, ?> partition) {
        if (partition == null
                || !partition.keySet().equals(PARTITION_KEYS)
                || !server.equals(partition.get(DoSqlPartition.SERVER_KEY))
                || !(partition.get(DoSqlPartition.DATABASE_KEY) instanceof String database)) {
            throw new ConnectException("Cannot alter offsets: partition " + partition + " is not of this connector,"
                    + " expected {\"server\": \"" + server + "\", \"database\": \"<name>\"}");
        }
        if (!databases.test(database)) {
            throw new ConnectException("Cannot alter offset of database " + database
                    + ": the connector does not capture it, by database.include.list or database.exclude.list");
        }
    }

    private void checkOffset(String database, Map<String, ?> offset) {
        try {
            checkForm(offset);
            checkRetained(database, offset);
        } catch (DoLakeException e) {
            throw new ConnectException(
                    "Cannot alter offset of database " + database + ": " + e.getMessage()
                            + ". An offset of null has the database read again",
                    e);
        }
    }

    private static void checkForm(Map<String, ?> offset) {
        offset.forEach((key, value) -> {
            if (!OFFSET_KEYS.contains(key) && !key.startsWith(TRANSACTION_KEYS)) {
                throw invalid("there is no '" + key + "' in an offset"
                        + Spelling.nearest(key, OFFSET_KEYS)
                                .map(near -> " (nearest: '" + near + "')")
                                .orElse(""));
            }
            boolean fits = switch (key) {
                case DoSqlOffsetContext.LSN_KEY -> isWhole(value) || value instanceof String;
                case DoSqlOffsetContext.EVENT_KEY -> isWhole(value);
                case DoSqlOffsetContext.EPOCH_KEY,
                        DoSqlOffsetContext.RESEND_KEY,
                        DoSqlOffsetContext.FAULTS_KEY,
                        DoSqlOffsetContext.FILTERS_KEY,
                        DoSqlOffsetContext.ANEW_KEY,
                        AbstractSourceInfo.SNAPSHOT_KEY -> value instanceof String;
                case CommonOffsetContext.SNAPSHOT_COMPLETED_KEY -> value instanceof Boolean;
                default -> true;
            };
            if (!fits) {
                throw invalid("'" + key + "' cannot be " + value);
            }
        });
        PendingResnapshots.parse((String) offset.get(DoSqlOffsetContext.RESEND_KEY));
        TableFaults.parse((String) offset.get(DoSqlOffsetContext.FAULTS_KEY));
        if (offset.get(DoSqlOffsetContext.FILTERS_KEY) instanceof String filters) {
            CaptureFilters.check(filters);
        }
    }

    private static boolean isWhole(Object value) {
        return value instanceof Long || value instanceof Integer;
    }

    private static DoLakeException invalid(String reason) {
        return new DoLakeException(
                ErrorCode.INVALID_ARGUMENT,
                reason + "; an offset looks like {\"epoch\": \"<32 hex digits>\", \"lsn\": 1234, \"event\": 0}");
    }

    private void checkRetained(String database, Map<String, ?> offset) {
        String epoch = DoSqlOffsetContext.epochIn(offset);
        Lsn lsn = DoSqlOffsetContext.lsnIn(offset);
        long event = DoSqlOffsetContext.eventIn(offset);
        DatabaseStatus status = engine.status(database);
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
        if (event > 0) {
            long events = new NextTransaction(engine, database, epoch, lsn).events(event, status.durableLsn(), timeout);
            if (event > events) {
                throw new DoLakeException(
                        ErrorCode.CDC_LSN_NOT_FOUND,
                        "Cannot continue at event " + event + " after LSN " + lsn + ": "
                                + (events == 0
                                        ? "there is no transaction with events after it"
                                        : "the transaction after it has " + events + " events"));
            }
        }
    }
}
