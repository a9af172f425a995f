/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.pipeline.EventDispatcher;
import io.debezium.relational.TableId;
import io.dolake.schemas.Lsn;
import java.time.Instant;

/**
 * Passes changes to the framework. Its methods run inside the decoder of the log, which does not know interruptions.
 */
final class EventSink implements ChangeReader.Sink {
    private final DoSqlConnectorConfig config;
    private final EventDispatcher<DoSqlPartition, TableId> dispatcher;
    private final DoSqlPartition partition;
    private final DoSqlOffsetContext offset;
    private final TableResnapshotter resnapshotter;
    private final YieldPoint yieldPoint;

    EventSink(
            DoSqlConnectorConfig config,
            EventDispatcher<DoSqlPartition, TableId> dispatcher,
            DoSqlPartition partition,
            DoSqlOffsetContext offset,
            TableResnapshotter resnapshotter,
            YieldPoint yieldPoint) {
        this.resnapshotter = resnapshotter;
        this.yieldPoint = yieldPoint;
        this.config = config;
        this.dispatcher = dispatcher;
        this.partition = partition;
        this.offset = offset;
    }

    @Override
    public boolean announcesEnd() {
        return config.shouldProvideTransactionMetadata();
    }

    @Override
    public void begin(Lsn lsn, long commitTimeMs) {
        String transaction = offset.epoch() + ":" + lsn;
        carrying(() -> dispatcher.dispatchTransactionStartedEvent(
                partition, transaction, offset, Instant.ofEpochMilli(commitTimeMs)));
    }

    @Override
    public void change(SelectedChange change, Lsn lsn, long commitTimeMs) {
        offset.source().position(lsn, change.event(), Instant.ofEpochMilli(commitTimeMs));
        offset.source().table(change.table(), change.schemaLsn());
        DoSqlChangeRecordEmitter emitter = new DoSqlChangeRecordEmitter(
                partition, offset, config, change.operation(), change.before(), change.after());
        carrying(() -> dispatcher.dispatchDataChangeEvent(partition, change.table(), emitter));
    }

    @Override
    public void end(long commitTimeMs) {
        carrying(() ->
                dispatcher.dispatchTransactionCommittedEvent(partition, offset, Instant.ofEpochMilli(commitTimeMs)));
    }

    @Override
    public void resnapshot(Lsn lsn) {
        carrying(() -> resnapshotter.resnapshot(lsn, yieldPoint));
    }

    interface Action {
        void run() throws InterruptedException;
    }

    /** An interruption that is passed through a decoder. */
    static final class Interruption extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Interruption(InterruptedException cause) {
            super(cause);
        }
    }

    /** Runs an interruptible action inside a decoder. */
    static void carrying(Action action) {
        try {
            action.run();
        } catch (InterruptedException e) {
            throw new Interruption(e);
        }
    }

    /** Runs a decoder that feeds a sink; an interruption of the sink is thrown as such. */
    static void interruptibly(Runnable decoder) throws InterruptedException {
        try {
            decoder.run();
        } catch (Interruption e) {
            throw (InterruptedException) new InterruptedException(e.getCause().getMessage()).initCause(e);
        }
    }
}
