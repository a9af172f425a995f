/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.relational.TableId;
import io.dolake.connector.dosql.DoSqlConnectorConfig.SnapshotMode;
import io.dolake.connector.dosql.RunFaults.TaskFailure;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.RunState;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The databases of a task, and the handling of those that cannot continue: they are retried, read again, suspended or
 * forgotten. A fault of one database does not affect the others. Used on the task's thread, except for {@link #resume}.
 */
final class DatabaseRuns {
    /** Maximum number of tables that wait to be resumed until their databases stream. */
    static final int MAX_WAITING_TABLES = 10_000;

    private static final Logger LOGGER = LoggerFactory.getLogger(DatabaseRuns.class);

    private final DoSqlConnectorConfig config;
    private final EngineConnection engine;
    private final DoSqlStreamingChangeEventSource streaming;
    private final DatabaseStates states;
    private final DatabaseState.Changes changes;
    private final Map<String, DatabaseRun> runs = new ConcurrentHashMap<>();
    private final Queue<String> resumed = new ConcurrentLinkedQueue<>();
    private final Set<TableId> resumedTables = ConcurrentHashMap.newKeySet();

    DatabaseRuns(
            DoSqlConnectorConfig config,
            EngineConnection engine,
            DoSqlStreamingChangeEventSource streaming,
            DatabaseStates states,
            DatabaseState.Changes changes) {
        this.config = config;
        this.engine = engine;
        this.streaming = streaming;
        this.states = states;
        this.changes = changes;
        streaming.onBroken(this::broke);
    }

    /** Reads the stored offset of a database; null if there is none. */
    interface Stored {
        DoSqlOffsetContext read(DoSqlPartition partition);
    }

    /** Another database of the task, which continues from its stored offset. */
    void add(DoSqlPartition partition, Stored offsets) {
        try {
            add(partition, offsets.read(partition));
        } catch (RuntimeException e) {
            rethrowUnlessOfDatabase(e);
            add(partition, (DoSqlOffsetContext) null);
            suspend(of(partition.database()), null, RunFaults.ofDatabase(partition.database(), e));
        }
    }

    /** @param offset null if the database has none yet */
    void add(DoSqlPartition partition, DoSqlOffsetContext offset) {
        DatabaseState state =
                new DatabaseState(partition.database(), config.run().silence(), changes);
        runs.put(partition.database(), new DatabaseRun(partition, offset, state));
        states.add(state);
        if (offset != null) {
            state.at(offset);
        }
    }

    private void forget(DatabaseRun run) {
        runs.remove(run.partition().database());
        states.remove(run.partition().database());
    }

    DatabaseRun of(String database) {
        return runs.get(database);
    }

    List<DatabaseRun> all() {
        return List.copyOf(runs.values());
    }

    boolean isAnyWaiting() {
        return runs.values().stream().anyMatch(DatabaseRun::isWaiting);
    }

    /** The database to start now; those that only stream come first. */
    Optional<DatabaseRun> next() {
        return runs.values().stream()
                .filter(DatabaseRun::isDue)
                .min(Comparator.comparing(DatabaseRun::needsSnapshot)
                        .thenComparing(run -> run.partition().database()));
    }

    /**
     * The database could not start to stream.
     *
     * @param unfinished where a snapshot of it was interrupted, or null
     */
    void failedToBegin(DatabaseRun run, DoSqlOffsetContext unfinished, Throwable error) {
        rethrowUnlessOfDatabase(error);
        DoLakeException told = RunFaults.ofDatabase(run.partition().database(), error);
        if (unfinished != null) {
            run.goesOnFrom(unfinished);
        }
        DoSqlOffsetContext at = run.offset();
        int allowed = config.getMaxRetriesOnError();
        boolean passes = told.code().isRetriable() || told.code() == ErrorCode.TRANSACTION_STATE;
        if (told.code() == ErrorCode.DATABASE_NOT_FOUND) {
            gone(run, told);
        } else if (passes && (allowed < 0 || run.failures() < allowed)) {
            Duration pause = run.retry(at, told.retryAfter());
            run.state().disconnected();
            run.state().is(RunState.STARTING);
            LOGGER.warn(
                    "{} cannot begin, next attempt in {} ms: {}", run.partition(), pause.toMillis(), told.toString());
        } else if (run.start() != null && isReadAnew(run, told.code())) {
            readAnew(run, at, told);
        } else {
            suspend(run, at, told);
        }
    }

    private void broke(DatabaseStream stream, Throwable error) {
        rethrowUnlessOfDatabase(error);
        DatabaseRun run = runs.get(stream.partition().database());
        DoLakeException told = RunFaults.ofDatabase(run.partition().database(), error);
        if (stream.hasProgressed()) {
            run.progressed();
        }
        if (told.code() == ErrorCode.DATABASE_NOT_FOUND) {
            gone(run, told);
        } else if (isReadAnew(run, told.code())) {
            readAnew(run, stream.offset(), told);
        } else {
            suspend(run, stream.offset(), told);
        }
    }

    private static void readAnew(DatabaseRun run, DoSqlOffsetContext at, DoLakeException told) {
        LOGGER.warn("{} is read again: {}", run.partition(), told.toString());
        run.ends(at);
        run.readAnew();
        run.state().is(RunState.STARTING);
    }

    private boolean isReadAnew(DatabaseRun run, ErrorCode code) {
        if (run.isLastChance()) {
            return true;
        }
        SnapshotMode mode = config.getSnapshotMode();
        return switch (code) {
            case CDC_EPOCH_MISMATCH ->
                mode != SnapshotMode.NO_DATA && config.run().readsReplacedAnew();
            // 'always' would at the next start
            case CDC_LSN_NOT_FOUND -> mode == SnapshotMode.WHEN_NEEDED || mode == SnapshotMode.ALWAYS;
            default -> false;
        };
    }

    private void suspend(DatabaseRun run, DoSqlOffsetContext at, DoLakeException told) {
        String database = run.partition().database();
        run.ends(at);
        String position = at == null ? "" : at.lsn() + ":" + at.event();
        LOGGER.error("Database {} is suspended at '{}': {}", database, position, told.toString());
        run.state().suspended(RunFaults.suspension(told, position, database));
    }

    private void gone(DatabaseRun run, DoLakeException told) {
        LOGGER.warn("{} does not exist any more, its stream ends: {}", run.partition(), told.getMessage());
        run.state().is(RunState.STOPPED);
        forget(run);
    }

    private static void rethrowUnlessOfDatabase(Throwable error) {
        boolean isOfDatabase = RunFaults.isContained(error)
                && !(error instanceof TaskFailure)
                && !(error.getCause() instanceof TaskFailure)
                && !RunFaults.isInterruption(error);
        if (isOfDatabase) {
            return;
        }
        if (error instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        throw (Error) error;
    }

    /**
     * Resumes a database or a table. For a database that streams: all of its tables that are not equal to their source.
     * A table of a database that is about to stream is resumed when it does.
     *
     * @return whether the task has it
     */
    boolean resume(String collection) {
        int dot = collection.indexOf('.');
        DatabaseRun run = runs.get(dot < 0 ? collection : collection.substring(0, dot));
        if (run == null) {
            return false;
        }
        String database = run.partition().database();
        if (dot < 0) {
            resumed.add(database);
            return true;
        }
        TableId table = new TableId(database, null, collection.substring(dot + 1));
        if (isStreaming(run)) {
            return resume(run, table);
        }
        if (run.state().now().state() == RunState.SUSPENDED) {
            LOGGER.warn("Table {} is not resumed: its database is suspended, resume {}", table, database);
            return false;
        }
        if (resumedTables.size() >= MAX_WAITING_TABLES) {
            LOGGER.warn("Table {} is not resumed: {} tables wait for it already", table, MAX_WAITING_TABLES);
            return false;
        }
        resumedTables.add(table);
        return true;
    }

    /** Its engine can be asked for tables. */
    private boolean isStreaming(DatabaseRun run) {
        return streaming.stream(run.partition().database()) != null
                && run.state().now().state() == RunState.STREAMING
                && run.state().isConnected();
    }

    private boolean resume(DatabaseRun run, TableId table) {
        DatabaseStream stream = streaming.stream(table.catalog());
        if (stream == null) {
            LOGGER.warn("Table {} is not resumed: its database does not stream", table);
            return false;
        }
        boolean isKnown = run.state().tables().contains(table.table())
                || run.state().faults().containsKey(table.table());
        if (!isKnown && !exists(table)) {
            return false;
        }
        stream.resume(table.table());
        return true;
    }

    /** Since its start, the task has heard only of tables that have changed. */
    private boolean exists(TableId table) {
        try (SnapshotView view = SnapshotView.open(engine, table.catalog())) {
            boolean isThere =
                    view.tables().stream().anyMatch(found -> found.name().equals(table.table()));
            if (!isThere) {
                LOGGER.warn("Table {} is not resumed: its database has no such table", table);
            }
            return isThere;
        } catch (DoLakeException e) {
            LOGGER.warn("Table {} is not resumed, it cannot be looked up now: {}", table, e.toString());
            return false;
        }
    }

    /** Handles the requests since the last call. */
    void takeResumed() {
        for (String database = resumed.poll(); database != null; database = resumed.poll()) {
            DatabaseRun run = runs.get(database);
            DatabaseStream stream = streaming.stream(database);
            if (stream != null) {
                run.state().faults().keySet().forEach(stream::resume);
            } else if (run != null && run.state().now().state() == RunState.SUSPENDED) {
                LOGGER.info("{} continues: it is resumed", run.partition());
                run.resume();
                run.state().is(RunState.STARTING);
            }
        }
        resumedTables.removeIf(this::isTaken);
    }

    /** Whether the request to resume a table needs no more waiting for its database to stream. */
    private boolean isTaken(TableId table) {
        DatabaseRun run = runs.get(table.catalog());
        if (run != null && isStreaming(run)) {
            resume(run, table);
            return true;
        }
        boolean isOver = run == null || !run.isWaiting() && streaming.stream(table.catalog()) == null;
        if (isOver) {
            LOGGER.warn("Table {} is not resumed: its database does not stream any more", table);
        }
        return isOver;
    }
}
