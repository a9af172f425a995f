/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.data.Envelope.Operation;
import io.debezium.relational.RelationalChangeRecordEmitter;
import io.debezium.relational.TableId;
import io.debezium.relational.TableSchema;
import io.debezium.schema.DataCollectionSchema;
import io.debezium.util.Clock;
import org.apache.kafka.connect.data.Struct;

/** Emits one change of the log as an event. */
final class DoSqlChangeRecordEmitter extends RelationalChangeRecordEmitter<DoSqlPartition> {
    private final long maxEventBytes;
    private final Operation operation;
    private final Object[] before;
    private final Object[] after;

    /**
     * Values are in the order of the columns of the current table.
     *
     * @param before null for a create, a read and a truncate
     * @param after null for a delete and a truncate
     */
    DoSqlChangeRecordEmitter(
            DoSqlPartition partition,
            DoSqlOffsetContext offset,
            DoSqlConnectorConfig config,
            Operation operation,
            Object[] before,
            Object[] after) {
        super(partition, offset, Clock.SYSTEM, config);
        this.maxEventBytes = config.maxEventBytes();
        this.operation = operation;
        this.before = before;
        this.after = after;
    }

    static DoSqlChangeRecordEmitter truncate(
            DoSqlPartition partition, DoSqlOffsetContext offset, DoSqlConnectorConfig config) {
        return new DoSqlChangeRecordEmitter(partition, offset, config, Operation.TRUNCATE, null, null);
    }

    /**
     * Uses the schema that the key of the row needs; before and after have the same key. Throws if the event is too
     * large.
     */
    @Override
    public void emitChangeRecords(DataCollectionSchema schema, Receiver<DoSqlPartition> receiver)
            throws InterruptedException {
        EventSize.check((TableId) schema.id(), maxEventBytes, before, after);
        boolean hasTwo = schema instanceof TwoKeySchema;
        super.emitChangeRecords(hasTwo ? ((TwoKeySchema) schema).of(after != null ? after : before) : schema, receiver);
    }

    /** A row of a snapshot, without a second check of each value. */
    @Override
    protected void emitReadRecord(Receiver<DoSqlPartition> receiver, TableSchema schema) throws InterruptedException {
        Struct envelope = schema instanceof EventSchema own
                ? own.read(after, getOffset().getSourceInfo(), getClock().currentTimeAsInstant())
                : null;
        if (envelope == null) {
            super.emitReadRecord(receiver, schema);
            return;
        }
        receiver.changeRecord(
                getPartition(), schema, Operation.READ, schema.keyFromColumnData(after), envelope, getOffset(), null);
    }

    @Override
    public Operation getOperation() {
        return operation;
    }

    @Override
    protected Object[] getOldColumnValues() {
        return before;
    }

    @Override
    protected Object[] getNewColumnValues() {
        return after;
    }

    @Override
    protected void emitTruncateRecord(Receiver<DoSqlPartition> receiver, TableSchema schema)
            throws InterruptedException {
        receiver.changeRecord(
                getPartition(),
                schema,
                Operation.TRUNCATE,
                null,
                schema.getEnvelopeSchema()
                        .truncate(getOffset().getSourceInfo(), getClock().currentTimeAsInstant()),
                getOffset(),
                null);
    }
}
