/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.connector.AbstractSourceInfo;
import io.debezium.connector.SnapshotRecord;
import io.debezium.connector.SnapshotType;
import io.debezium.pipeline.CommonOffsetContext;
import io.debezium.pipeline.spi.OffsetContext;
import io.debezium.pipeline.txmetadata.TransactionContext;
import io.debezium.relational.TableId;
import io.debezium.spi.schema.DataCollectionId;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;

/**
 * How far a database has been sent. {@code lsn}: every transaction up to it, completely; {@code event}: the number of
 * events of the transaction after it, as the change log counts them. Mutable; {@link #getOffset} is a copy.
 */
final class DoSqlOffsetContext extends CommonOffsetContext<SourceInfo> {
    static final String EPOCH_KEY = "epoch";
    static final String LSN_KEY = "lsn";
    static final String EVENT_KEY = "event";
    static final String RESEND_KEY = "resend";
    static final String FAULTS_KEY = "faults";
    static final String FILTERS_KEY = "filters";
    static final String ANEW_KEY = "anew";

    private final TransactionContext transactionContext;
    private final PendingResnapshots pendingResnapshots;
    private final TableFaults faults;
    private boolean namesTablesLeft = true;
    private boolean isAnew;
    private String filters;
    private Lsn lsn;
    private long event;

    DoSqlOffsetContext(DoSqlConnectorConfig config, String database, String epoch, Lsn lsn, long event) {
        this(
                config,
                database,
                epoch,
                lsn,
                event,
                PendingResnapshots.none(),
                TableFaults.none(),
                null,
                true,
                new TransactionContext());
    }

    private DoSqlOffsetContext(
            DoSqlConnectorConfig config,
            String database,
            String epoch,
            Lsn lsn,
            long event,
            PendingResnapshots pendingResnapshots,
            TableFaults faults,
            SnapshotType snapshot,
            boolean snapshotCompleted,
            TransactionContext transactionContext) {
        super(new SourceInfo(config, database, epoch), snapshotCompleted);
        this.lsn = lsn;
        this.event = event;
        this.pendingResnapshots = pendingResnapshots;
        this.faults = faults;
        this.filters = CaptureFilters.of(config.getConfig());
        this.transactionContext = transactionContext;
        sourceInfo.position(lsn, event, null);
        if (snapshotCompleted) {
            postSnapshotCompletion();
        } else {
            setSnapshot(snapshot);
            sourceInfo.setSnapshot(SnapshotRecord.TRUE);
        }
    }

    String epoch() {
        return sourceInfo.epoch();
    }

    /** The newest transaction that was sent completely. */
    Lsn lsn() {
        return lsn;
    }

    /**
     * Whether the offset of a running snapshot lists the tables that are still to be read; those of older versions do
     * not.
     */
    boolean namesTablesLeft() {
        return namesTablesLeft;
    }

    /**
     * Whether it was read again, after a database, or changes, of which nothing is known any more: rows of an earlier
     * table of the same name may be downstream of a table that is created from now on.
     */
    boolean isAnew() {
        return isAnew;
    }

    void anew() {
        isAnew = true;
    }

    /** Leaves the rest of a snapshot to the stream, which starts where the snapshot was taken. */
    void goOnAsStream() {
        preSnapshotCompletion();
        postSnapshotCompletion();
    }

    /** Number of events sent of the transaction after {@link #lsn}. */
    long event() {
        return event;
    }

    /** Tables whose rows are to be read again. */
    PendingResnapshots pendingResnapshots() {
        return pendingResnapshots;
    }

    /** Tables that are not equal to their source. */
    TableFaults faults() {
        return faults;
    }

    /** The {@link CaptureFilters} under which changes were sent or skipped. */
    String filters() {
        return filters;
    }

    /** Replaces the filters from here on. */
    void filtersAre(String now) {
        filters = now;
    }

    /** The parts of the offset besides the position. */
    String notes() {
        return faults.isEmpty() && pendingResnapshots.isEmpty()
                ? filters
                : faults + " " + pendingResnapshots + " " + filters;
    }

    SourceInfo source() {
        return sourceInfo;
    }

    /** Sets the number of events sent of the transaction after {@link #lsn}. */
    void sentEvents(long events) {
        event = events;
    }

    /** The transaction has been sent completely. */
    void sentTransaction(Lsn transaction) {
        lsn = transaction;
        event = 0;
        pendingResnapshots.passed(transaction);
    }

    @Override
    public Map<String, ?> getOffset() {
        Map<String, Object> offset = new HashMap<>();
        offset.put(EPOCH_KEY, epoch());
        offset.put(LSN_KEY, lsn.value());
        offset.put(EVENT_KEY, event);
        if (!faults.isEmpty()) {
            offset.put(FAULTS_KEY, faults.toString());
        }
        if (!filters.isEmpty()) {
            offset.put(FILTERS_KEY, filters);
        }
        if (isAnew) {
            offset.put(ANEW_KEY, "true");
        }
        if (getSnapshot().isPresent()) {
            offset.put(AbstractSourceInfo.SNAPSHOT_KEY, getSnapshot().get().toString());
            offset.put(SNAPSHOT_COMPLETED_KEY, snapshotCompleted);
            // also if none is left: an offset without the list says nothing
            offset.put(RESEND_KEY, pendingResnapshots.toString());
            return offset;
        }
        if (!pendingResnapshots.isEmpty()) {
            offset.put(RESEND_KEY, pendingResnapshots.toString());
        }
        return transactionContext.store(offset);
    }

    @Override
    public Schema getSourceInfoSchema() {
        return sourceInfo.schema();
    }

    @Override
    public void event(DataCollectionId table, Instant timestamp) {
        sourceInfo.position(sourceInfo.lsn(), sourceInfo.event(), timestamp);
        sourceInfo.table((TableId) table, sourceInfo.schemaLsn());
    }

    @Override
    public TransactionContext getTransactionContext() {
        return transactionContext;
    }

    @Override
    public String toString() {
        return sourceInfo.database() + " " + getOffset();
    }

    /** The LSN in a stored offset: a number, or text if a user wrote it. */
    static Lsn lsnIn(Map<String, ?> offset) {
        Object value = offset.get(LSN_KEY);
        if (value instanceof Number number) {
            return new Lsn(number.longValue());
        }
        if (value instanceof String text) {
            return Lsn.parse(text);
        }
        throw invalid(LSN_KEY, value, "an LSN");
    }

    static long eventIn(Map<String, ?> offset) {
        Object value = offset.get(EVENT_KEY);
        if (value == null) {
            return 0;
        }
        long events = value instanceof Number number ? number.longValue() : -1;
        if (events < 0) {
            throw invalid(EVENT_KEY, value, "a number of events, 0 or more");
        }
        return events;
    }

    static String epochIn(Map<String, ?> offset) {
        if (offset.get(EPOCH_KEY) instanceof String epoch && epoch.matches("[0-9a-fA-F]{32}")) {
            return epoch;
        }
        throw invalid(EPOCH_KEY, offset.get(EPOCH_KEY), "32 hexadecimal digits");
    }

    private static DoLakeException invalid(String key, Object value, String expected) {
        return new DoLakeException(
                        ErrorCode.INVALID_ARGUMENT,
                        "Cannot read offset: '" + key + "' is " + value + ", expected " + expected)
                .withHint("An offset looks like {\"epoch\": \"<32 hex digits>\", \"lsn\": 1234, \"event\": 0}");
    }

    /** Reads the stored offset of one database. */
    static final class Loader implements OffsetContext.Loader<DoSqlOffsetContext> {
        private final DoSqlConnectorConfig config;
        private final String database;

        Loader(DoSqlConnectorConfig config, String database) {
            this.config = config;
            this.database = database;
        }

        /** Null for an empty offset, which the framework's notification of a first snapshot's start has. */
        @Override
        public DoSqlOffsetContext load(Map<String, ?> offset) {
            if (offset.isEmpty()) {
                return null;
            }
            try {
                return read(offset);
            } catch (DoLakeException e) {
                DoLakeException named = new DoLakeException(
                        e.code(), "Cannot continue with database '" + database + "': " + e.getMessage(), e);
                throw e.hint().map(named::withHint).orElse(named);
            }
        }

        private DoSqlOffsetContext read(Map<String, ?> offset) {
            SnapshotType snapshot = loadSnapshot(offset).orElse(null);
            DoSqlOffsetContext loaded = new DoSqlOffsetContext(
                    config,
                    database,
                    epochIn(offset),
                    lsnIn(offset),
                    eventIn(offset),
                    PendingResnapshots.parse((String) offset.get(RESEND_KEY)),
                    TableFaults.parse((String) offset.get(FAULTS_KEY)),
                    snapshot,
                    snapshot == null || loadSnapshotCompleted(offset),
                    TransactionContext.load(offset));
            loaded.filters = offset.get(FILTERS_KEY) instanceof String text ? text : "";
            loaded.isAnew = offset.get(ANEW_KEY) != null;
            loaded.namesTablesLeft = offset.get(RESEND_KEY) != null;
            return loaded;
        }
    }
}
