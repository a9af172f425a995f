/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.pipeline.EventDispatcher;
import io.debezium.pipeline.source.spi.StreamingChangeEventSource;
import io.debezium.relational.TableId;
import io.debezium.util.Threads;
import io.dolake.connector.dosql.RunFaults.TaskFailure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.DoubleSupplier;

/**
 * The change streams of all databases of a task. One thread polls them in turn, one batch at a time, so that no
 * database waits for more than one batch of each other one.
 */
final class DoSqlStreamingChangeEventSource implements StreamingChangeEventSource<DoSqlPartition, DoSqlOffsetContext> {
    private static final Duration ONLY_STREAM_WAIT = Duration.ofMillis(100);

    private final DoSqlConnectorConfig config;
    private final EngineConnection engine;
    private final DoSqlDatabaseSchema schema;
    private final EventDispatcher<DoSqlPartition, TableId> dispatcher;
    private final DoubleSupplier utilization;
    private final ExecutorService connectors;
    private final Map<String, DatabaseStream> streams = new ConcurrentHashMap<>();
    private Broken broken;
    private boolean inInterlude;

    /** @param utilization fill level of the queue to Connect, 0 to 1 */
    DoSqlStreamingChangeEventSource(
            DoSqlConnectorConfig config,
            EngineConnection engine,
            DoSqlDatabaseSchema schema,
            EventDispatcher<DoSqlPartition, TableId> dispatcher,
            DoubleSupplier utilization) {
        this.config = config;
        this.engine = engine;
        this.schema = schema;
        this.dispatcher = dispatcher;
        this.utilization = utilization;
        this.connectors =
                Threads.newFixedThreadPool(DoSqlConnector.class, config.getLogicalName(), "stream-connect", 2);
    }

    /** Listener for a stream that ended with an error, which concerns only its database. */
    interface Broken {
        void broke(DatabaseStream stream, Throwable error);
    }

    void onBroken(Broken handler) {
        broken = handler;
    }

    /** Starts to stream a database, or restarts it. */
    void add(DoSqlPartition partition, DoSqlOffsetContext offset, DatabaseState state, TableGuard guard) {
        DatabaseStream replaced = streams.put(
                partition.database(),
                new DatabaseStream(
                        config,
                        engine,
                        schema,
                        dispatcher,
                        connectors,
                        utilization,
                        partition,
                        offset,
                        state,
                        guard,
                        this::yieldTo));
        if (replaced != null) {
            replaced.close();
        }
    }

    /** The stream of a database, or null. */
    DatabaseStream stream(String database) {
        return streams.get(database);
    }

    void remove(DoSqlPartition partition) {
        DatabaseStream removed = streams.remove(partition.database());
        if (removed != null) {
            removed.close();
        }
    }

    /** The offsets of the streams, by partition. */
    Map<DoSqlPartition, DoSqlOffsetContext> offsets() {
        Map<DoSqlPartition, DoSqlOffsetContext> offsets = new LinkedHashMap<>();
        streams.forEach((database, stream) ->
                offsets.put(new DoSqlPartition(config.getLogicalName(), database), stream.offset()));
        return offsets;
    }

    /** One turn of every stream; returns whether any had events. */
    boolean turn() throws InterruptedException {
        boolean progressed = false;
        Duration wait = streams.size() == 1 ? ONLY_STREAM_WAIT : Duration.ZERO;
        for (DatabaseStream stream : List.copyOf(streams.values())) {
            progressed |= turn(stream, wait);
        }
        return progressed;
    }

    /** Whether a turn waits for events on its own. */
    boolean waitsInTurn() {
        return streams.size() == 1;
    }

    /** A turn of all streams except one that is busy; does nothing within another yield. */
    void yieldTo(DatabaseStream busy) throws InterruptedException {
        if (inInterlude) {
            return;
        }
        inInterlude = true;
        try {
            for (DatabaseStream stream : List.copyOf(streams.values())) {
                if (stream != busy) {
                    turn(stream, Duration.ZERO);
                }
            }
        } finally {
            inInterlude = false;
        }
    }

    /** An error of one database does not affect the others. A stream that has ended meanwhile gets no turn. */
    private boolean turn(DatabaseStream stream, Duration wait) throws InterruptedException {
        if (streams.get(stream.partition().database()) != stream) {
            return false;
        }
        try {
            return stream.turn(wait);
        } catch (TaskFailure e) {
            throw e;
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            if (RunFaults.isInterruption(e)) {
                throw e;
            }
            remove(stream.partition());
            broken.broke(stream, e);
            return false;
        }
    }

    @Override
    public void execute(ChangeEventSourceContext context, DoSqlPartition partition, DoSqlOffsetContext offset)
            throws InterruptedException {
        while (context.isRunning()) {
            executeIteration(context, partition, offset);
        }
    }

    @Override
    public boolean executeIteration(
            ChangeEventSourceContext context, DoSqlPartition partition, DoSqlOffsetContext offset)
            throws InterruptedException {
        DatabaseStream stream = streams.get(partition.database());
        return stream != null && turn(stream, ONLY_STREAM_WAIT);
    }

    @Override
    public void commitOffset(Map<String, ?> partition, Map<String, ?> offset) {
        DatabaseStream stream = streams.get(String.valueOf(partition.get(DoSqlPartition.DATABASE_KEY)));
        if (stream != null && stream.offset().epoch().equals(offset.get(DoSqlOffsetContext.EPOCH_KEY))) {
            stream.committed(DoSqlOffsetContext.lsnIn(offset));
        }
    }

    @Override
    public void close() {
        streams.values().forEach(DatabaseStream::close);
        streams.clear();
        connectors.shutdownNow();
    }
}
