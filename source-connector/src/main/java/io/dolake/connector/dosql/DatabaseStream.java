/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.pipeline.EventDispatcher;
import io.debezium.relational.TableId;
import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RunState;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The change stream of one database: connects, reads in turns, reconnects. Connecting happens on another thread, so
 * that an unreachable database does not delay the others of the task. One thread takes the turns; {@link #committed}
 * may be called by any.
 */
final class DatabaseStream implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(DatabaseStream.class);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(250);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(10);

    private final DoSqlConnectorConfig config;
    private final EngineConnection engine;
    private final EventDispatcher<DoSqlPartition, TableId> dispatcher;
    private final ExecutorService connectors;
    private final DoubleSupplier utilization;
    private final DoSqlPartition partition;
    private final DoSqlOffsetContext offset;
    private final ChangeReader reader;
    private final DatabaseState state;
    private final Set<String> resumes = ConcurrentHashMap.newKeySet();

    private final Queue<Drop> drops = new ConcurrentLinkedQueue<>();

    private Future<CdcStream> connecting;
    private volatile CdcStream stream;
    private volatile long sequence;
    private volatile Lsn committed = Lsn.ZERO;
    private int failures;
    private long nextAttemptNanos = System.nanoTime();
    private long heartbeatNanos = System.nanoTime();
    private Lsn beatenLsn;
    private String beatenNotes;
    private boolean progressed;

    DatabaseStream(
            DoSqlConnectorConfig config,
            EngineConnection engine,
            DoSqlDatabaseSchema schema,
            EventDispatcher<DoSqlPartition, TableId> dispatcher,
            ExecutorService connectors,
            DoubleSupplier utilization,
            DoSqlPartition partition,
            DoSqlOffsetContext offset,
            DatabaseState state,
            TableGuard guard,
            Yielding yieldPoint) {
        this.state = state;
        this.config = config;
        this.engine = engine;
        this.dispatcher = dispatcher;
        this.connectors = connectors;
        this.utilization = utilization;
        this.partition = partition;
        this.offset = offset;
        TableResnapshotter resnapshotter =
                new TableResnapshotter(config, engine, schema, dispatcher, partition, offset, guard);
        EventSink sink =
                new EventSink(config, dispatcher, partition, offset, resnapshotter, () -> yieldPoint.accept(this));
        this.reader = new ChangeReader(partition.database(), schema, offset, sink, guard);
        state.knows(() -> schema.tables(partition.database()));
        state.is(RunState.STARTING);
        state.at(offset);
    }

    /** Called between the rows of a long read of this stream, with this stream. */
    interface Yielding {
        void accept(DatabaseStream busy) throws InterruptedException;
    }

    /**
     * Reads at most one batch.
     *
     * @param wait how long to wait for events
     * @return whether there were any
     * @throws DoLakeException on an error that waiting does not fix
     */
    boolean turn(Duration wait) throws InterruptedException {
        boolean hadSomething = false;
        try {
            takeDrops();
            takeResumes();
            hadSomething = (stream != null || connect(wait)) && read(wait);
        } catch (DoLakeException e) {
            failed(e);
        } catch (RuntimeException | Error e) {
            // the rest of an interrupted batch must not be continued, but read again
            disconnect();
            throw e;
        }
        state.at(offset);
        beat();
        return hadSomething;
    }

    /** Has a table read again as soon as the current transaction has ended. Callable from any thread. */
    void resume(String table) {
        resumes.add(table);
    }

    /** The worker has dropped an event of a table. Callable from any thread. */
    void dropped(TableId table, String position) {
        drops.add(new Drop(table, position));
    }

    private record Drop(TableId table, String position) {}

    private void takeDrops() {
        for (Drop drop = drops.poll(); drop != null; drop = drops.poll()) {
            DoLakeException told = new DoLakeException(
                            ErrorCode.TYPE_MISMATCH,
                            "Cannot carry table " + drop.table
                                    + ": the worker could not convert or send an event of it and left it out, as"
                                    + " errors.tolerance=all says")
                    .withHint("The log of the worker has the reason with errors.log.enable=true");
            if (!offset.faults().isSuspended(drop.table.table())) {
                offset.faults()
                        .skip(drop.table.table(), RunFaults.suspension(told, drop.position, drop.table.toString()));
            }
        }
    }

    private void takeResumes() {
        for (String table : resumes) {
            LOGGER.info("Table {} of database {} is read again: it is resumed", table, partition.database());
            offset.pendingResnapshots().request(table);
            resumes.remove(table);
        }
    }

    private boolean read(Duration wait) throws InterruptedException {
        EventSink.interruptibly(reader::resendPending);
        CdcStream.Message message = stream.poll(wait);
        if (message instanceof CdcStream.Batch batch) {
            state.heard(state.lagMs());
            EventSink.interruptibly(() -> batch.decode(reader));
            failures = 0;
            progressed = true;
            state.heard(reader.commitTimeMs() == 0 ? 0 : System.currentTimeMillis() - reader.commitTimeMs());
            sequence = batch.sequence();
            stream.ack(sequence, committed, utilization.getAsDouble());
        } else if (message instanceof CdcStream.KeepAlive keepAlive) {
            failures = 0;
            state.heard(0);
            if (!reader.isInTransaction() && keepAlive.lsn().isAfter(offset.lsn())) {
                offset.sentTransaction(keepAlive.lsn());
            }
        } else if (state.silent()) {
            throw new DoLakeException(
                    ErrorCode.CONNECTION_ERROR,
                    "Cannot read changes of database " + partition.database() + ": no word from the engine for "
                            + state.silence().toMillis() + " ms");
        }
        return message != null;
    }

    private boolean connect(Duration wait) throws InterruptedException {
        if (connecting == null) {
            if (System.nanoTime() - nextAttemptNanos < 0) {
                return false;
            }
            CdcOptions options = new CdcOptions(
                    offset.lsn(),
                    offset.epoch(),
                    List.of(),
                    config.getLogicalName(),
                    config.cdcMaxBatchEvents(),
                    config.cdcMaxBatchBytes());
            connecting = connectors.submit(() -> engine.subscribe(partition.database(), options));
        }
        try {
            CdcStream opened = connecting.get(wait.toNanos(), TimeUnit.NANOSECONDS);
            connecting = null;
            reader.restart();
            sequence = 0;
            stream = opened;
            state.is(RunState.STREAMING);
            state.heard(state.lagMs());
            LOGGER.info("Streaming database {} from LSN {}", partition.database(), offset.lsn());
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            connecting = null;
            if (e.getCause() instanceof DoLakeException error) {
                throw error;
            }
            throw new DoLakeException(
                    ErrorCode.INTERNAL_ERROR,
                    "Cannot subscribe to database " + partition.database() + ": " + e.getCause(),
                    e.getCause());
        }
    }

    /** Handles an error: waits and tries again, or throws. */
    private void failed(DoLakeException e) {
        disconnect();
        if (e.code() == ErrorCode.CDC_LSN_NOT_FOUND || e.code() == ErrorCode.CDC_EPOCH_MISMATCH) {
            throw new DoLakeException(
                            e.code(),
                            "Cannot stream " + partition + " from " + offset.lsn() + ":" + offset.event() + ": "
                                    + e.getMessage() + ". Nothing was skipped",
                            e)
                    .withHint("Nothing has to be corrected: a resumed database that cannot continue is read again, as"
                            + " snapshot.mode=when_needed does on its own");
        }
        failures++;
        int allowed = config.getMaxRetriesOnError();
        // The engine closes a view whose rows were not read for too long: it is opened again.
        boolean passes = e.code().isRetriable() || e.code() == ErrorCode.TRANSACTION_STATE;
        if (!passes || (allowed >= 0 && failures > allowed)) {
            throw e;
        }
        Duration backoff = e.retryAfter().orElse(FIRST_BACKOFF.multipliedBy(1L << Math.min(failures - 1, 6)));
        backoff = backoff.compareTo(MAX_BACKOFF) > 0 ? MAX_BACKOFF : backoff;
        nextAttemptNanos = System.nanoTime() + backoff.toNanos();
        LOGGER.warn(
                "Stream of database {} broke at LSN {}, next attempt in {} ms: {}",
                partition.database(),
                offset.lsn(),
                backoff.toMillis(),
                e.toString());
    }

    /** A heartbeat record advances the offset when no event does. */
    private void beat() throws InterruptedException {
        long interval = config.getHeartbeatInterval().toNanos();
        if (interval == 0 || System.nanoTime() - heartbeatNanos < interval) {
            return;
        }
        // the other parts of the offset have to be kept too
        boolean isKnown = offset.lsn().equals(beatenLsn) && offset.notes().equals(beatenNotes);
        if (isKnown) {
            return;
        }
        dispatcher.alwaysDispatchHeartbeatEvent(partition, offset);
        heartbeatNanos = System.nanoTime();
        beatenLsn = offset.lsn();
        beatenNotes = offset.notes();
    }

    DoSqlOffsetContext offset() {
        return offset;
    }

    /** Connect has stored an offset: the server may delete the log up to its LSN. */
    void committed(Lsn lsn) {
        committed = lsn;
        CdcStream current = stream;
        if (current != null) {
            current.ack(sequence, lsn, utilization.getAsDouble());
        }
    }

    /** Whether any change was read since the stream started. */
    boolean hasProgressed() {
        return progressed;
    }

    DoSqlPartition partition() {
        return partition;
    }

    DatabaseState state() {
        return state;
    }

    private void disconnect() {
        state.disconnected();
        CdcStream current = stream;
        stream = null;
        if (current != null) {
            current.close();
        }
    }

    @Override
    public void close() {
        disconnect();
        Future<CdcStream> open = connecting;
        connecting = null;
        if (open == null || open.cancel(false)) {
            return;
        }
        try {
            open.get().close();
        } catch (ExecutionException | CancellationException e) {
            LOGGER.debug("Nothing to close of database {}", partition.database(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
