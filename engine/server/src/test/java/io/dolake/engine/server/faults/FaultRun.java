/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.faults.FaultWorkload.Step;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.testkit.Consumer;
import io.dolake.engine.server.testkit.EngineProcess;
import io.dolake.engine.server.testkit.FaultShim;
import io.dolake.engine.server.testkit.FaultShim.Fault;
import io.dolake.engine.server.testkit.ReplayedTables;
import io.dolake.engine.server.testkit.RunningEngine;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The workload, once, in engine processes with faults, and what must be true of the database and its log after each.
 */
final class FaultRun implements AutoCloseable {
    private static final String DB = FaultWorkload.DATABASE;
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Set<ErrorCode> TYPED =
            EnumSet.of(ErrorCode.IO_ERROR, ErrorCode.STORAGE_FULL, ErrorCode.BUFFER_FULL, ErrorCode.TXN_LOCK_TIMEOUT);

    private final Path directory;
    private final Path report;
    private final Random random;
    private final List<Step> steps = FaultWorkload.steps();
    private final FaultReference reference = new FaultReference();
    private final Map<Long, Lsn> acknowledged = new TreeMap<>();
    private final Map<ErrorCode, Integer> errors = new EnumMap<>(ErrorCode.class);
    private List<String> seen = List.of();
    private Lsn newest = Lsn.ZERO;
    private String epoch;
    private int next;
    private int filesCut;

    /** @param random what a power cut takes back */
    FaultRun(Path directory, Path report, Random random) throws SQLException {
        this.directory = directory;
        this.report = report;
        this.random = random;
    }

    /** Errors that the client got. */
    Map<ErrorCode, Integer> errors() {
        return errors;
    }

    /** Files that have lost something in power cuts. */
    int filesCut() {
        return filesCut;
    }

    boolean isComplete() {
        return next == steps.size();
    }

    /** Continues the workload in a separate process, until it ends or is stuck; then stops the process. */
    FaultShim.Report inProcess(Fault fault) throws Exception {
        boolean alive;
        try (EngineProcess engine = EngineProcess.start(
                directory, FaultWorkload.limits(), FaultShim.environment(directory, report, fault))) {
            alive = goOn(engine.client(), engine) && isRightIfComplete(engine);
        } catch (EngineProcess.NotStartedException e) {
            alive = false;
        }
        if (!alive) {
            assertThat(fault.isDeadly()).as("the engine has died by %s", fault).isTrue();
        }
        if (fault.kind() == FaultShim.Kind.POWER) {
            if (!alive) {
                filesCut += PowerCut.apply(directory, FaultShim.undo(report), random);
            }
            UndoNotes.delete(FaultShim.undo(report));
        }
        return FaultShim.report(report);
    }

    /** The engine without faults: checks, brings the workload to its end, checks again. */
    void cleanly() throws Exception {
        ServerConfig config = ServerConfig.of(directory).withPort(0);
        for (Map.Entry<Limit, Long> limit : FaultWorkload.limits().entrySet()) {
            config = config.withLimit(limit.getKey(), limit.getValue());
        }
        try (RunningEngine engine = new RunningEngine(config)) {
            if (prepare(engine.client())) {
                check(engine.client());
            }
            assertThat(goOn(engine.client(), null)).isTrue();
            assertThat(isComplete()).isTrue();
            check(engine.client());
        }
        assertThat(directory).isDirectoryNotContaining("glob:**" + DatabaseFiles.TEMPORARY_EXTENSION + "*");
    }

    /** False if the engine has died. */
    private boolean goOn(DoSqlClient client, EngineProcess engine) throws Exception {
        FaultEvents follower = new FaultEvents();
        FutureTask<Void> following = new FutureTask<>(() -> follower.follow(client, DB));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean isFollowed = false;
        boolean prepared = false;
        try {
            while (!isComplete() && System.nanoTime() < deadline) {
                try {
                    prepared = prepared || prepare(client);
                    if (prepared && !isFollowed) {
                        isFollowed = true;
                        new Thread(following, "follower").start();
                    }
                    step(client, steps.get(next));
                    if (!isCaptured(client)) {
                        return true;
                    }
                } catch (DoLakeException e) {
                    if (engine != null && isGone(e, engine)) {
                        return false;
                    }
                    prepared = false;
                    errors.merge(e.code(), 1, Integer::sum);
                    assertThat(TYPED).as("%s", e).contains(e.code());
                }
            }
            return true;
        } finally {
            follower.stop();
            if (isFollowed) {
                join(following);
                compareSeen(follower.lines());
                newest = later(newest, follower.lsn());
            }
        }
    }

    /** False if the engine has died: its own work behind the last step has faults too. */
    private boolean isRightIfComplete(EngineProcess engine) throws Exception {
        try {
            if (isComplete()) {
                check(engine.client());
            }
            return true;
        } catch (DoLakeException e) {
            if (isGone(e, engine)) {
                return false;
            }
            throw e;
        }
    }

    private static boolean isGone(DoLakeException e, EngineProcess engine) throws InterruptedException {
        return e.code() == ErrorCode.CONNECTION_ERROR && engine.endsWithin(Duration.ofSeconds(5));
    }

    private static void join(FutureTask<Void> task) throws InterruptedException {
        try {
            task.get();
        } catch (ExecutionException e) {
            throw new AssertionError("the consumer failed", e);
        }
    }

    /** Creates the database, and finds out whether the step without an answer is in it. */
    private boolean prepare(DoSqlClient client) throws SQLException {
        DatabaseStatus status = client.create(DB);
        assertThat(epoch == null || epoch.equals(status.epoch()))
                .as("epoch %s is now %s", epoch, status.epoch())
                .isTrue();
        epoch = status.epoch();
        if (!isComplete() && steps.get(next).isMarked() && steps.get(next).isIn(client)) {
            done(steps.get(next));
        }
        return !isComplete();
    }

    private void step(DoSqlClient client, Step step) throws SQLException {
        Lsn lsn = step.run(client);
        if (step.isMarked()) {
            assertThat(lsn).as("LSN of step %s", step.number()).isGreaterThan(newest);
            acknowledged.put(step.number(), lsn);
        }
        newest = later(newest, lsn);
        done(step);
    }

    private void done(Step step) throws SQLException {
        reference.apply(step);
        next++;
    }

    private static Lsn later(Lsn a, Lsn b) {
        return a.isBefore(b) ? b : a;
    }

    private void compareSeen(List<String> lines) {
        int common = Math.min(lines.size(), seen.size());
        assertThat(lines.subList(0, common)).as("events seen before").isEqualTo(seen.subList(0, common));
        seen = lines.size() > seen.size() ? List.copyOf(lines) : seen;
    }

    /** Whether the change log has caught up, after waiting for it. */
    private static boolean isCaptured(DoSqlClient client) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        DatabaseStatus status = client.status(DB);
        while (!status.durableLsn().equals(status.lsn())) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(2);
            status = client.status(DB);
        }
        return true;
    }

    private void check(DoSqlClient client) throws Exception {
        assertThat(isCaptured(client)).as("%s", client.status(DB)).isTrue();
        Lsn end = client.status(DB).lsn();
        assertThat(client.query(DB, Statement.of("pragma integrity_check"))
                        .rows()
                        .get(0)[0])
                .isEqualTo("ok");
        reference.assertEqualTo(client);
        ReplayedTables tables = new ReplayedTables();
        Consumer.readTo(end, client, DB, tables);
        tables.assertEqualTo(client, DB);
        FaultEvents events = FaultEvents.read(client, DB, end);
        assertThat(events.lines().size()).isGreaterThanOrEqualTo(seen.size());
        compareSeen(events.lines());
        assertThat(events.markers()).containsAllEntriesOf(acknowledged);
        assertThat(events.markers().keySet()).isEqualTo(reference.markers());
    }

    @Override
    public void close() throws SQLException {
        reference.close();
    }
}
