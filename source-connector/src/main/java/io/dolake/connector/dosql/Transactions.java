/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.config.Configuration;
import io.debezium.config.Field;
import io.debezium.data.Envelope;
import io.debezium.data.Envelope.Operation;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.TransactionContext;

/**
 * Ends Kafka's transactions where an exactly-once worker leaves that to the connector ({@code
 * transaction.boundary=connector}). Changes are waited for, so that their transaction ends soon. Rows of a table that is
 * being read are many, and nobody waits for a part of them; each end costs work of the broker, during which the task
 * stands still. Used only by the thread that polls.
 */
final class Transactions {
    static final Field INTERVAL_MS = interval("transaction.interval.ms", 54, 50)
            .withDisplayName("Transaction interval (ms)")
            .withDescription("After this time a Kafka transaction with changes ends, where transaction.boundary is"
                    + " 'connector'. Consumers with read_committed see changes up to this much later.");

    static final Field READ_INTERVAL_MS = interval("transaction.read.interval.ms", 55, 500)
            .withDisplayName("Transaction interval while reading (ms)")
            .withDescription("The same for a transaction that has only rows of tables that are being read, as in a"
                    + " snapshot. It ends earlier when a change, or nothing, follows.");

    /** Null where the worker ends transactions, or has none. */
    private final TransactionContext worker;

    private final long nanos;
    private final long readNanos;
    private long endedNanos = System.nanoTime();
    private boolean isOpen;
    private boolean isAwaited;

    Transactions(TransactionContext worker, Configuration config) {
        this.worker = worker;
        nanos = TimeUnit.MILLISECONDS.toNanos(config.getInteger(INTERVAL_MS));
        readNanos = Math.max(nanos, TimeUnit.MILLISECONDS.toNanos(config.getInteger(READ_INTERVAL_MS)));
    }

    private static Field interval(String name, int place, int initial) {
        return Field.create(name)
                .withType(Type.INT)
                .withWidth(Width.SHORT)
                .withImportance(Importance.LOW)
                .withGroup(Field.createGroupEntry(Field.Group.CONNECTOR_ADVANCED, place))
                .withValidation(Field::isNonNegativeInteger)
                .withDefault(initial);
    }

    /** The task is about to give these records, if any, to the worker. */
    void polled(List<SourceRecord> records) {
        if (worker == null) {
            return;
        }
        isOpen |= !records.isEmpty();
        isAwaited = isAwaited || records.isEmpty() || !records.stream().allMatch(Transactions::isRead);
        long now = System.nanoTime();
        if (isOpen && now - endedNanos >= (isAwaited ? nanos : readNanos)) {
            worker.commitTransaction();
            endedNanos = now;
            isOpen = false;
            isAwaited = false;
        }
    }

    /** How long the task may wait for more records before it has to call {@link #polled} again. */
    long waitNanos(long most) {
        return worker == null || !isOpen ? most : Math.min(most, endedNanos + nanos - System.nanoTime());
    }

    private static boolean isRead(SourceRecord record) {
        return record.value() instanceof Struct value
                && value.schema().field(Envelope.FieldName.OPERATION) != null
                && Operation.READ.code().equals(value.getString(Envelope.FieldName.OPERATION));
    }
}
