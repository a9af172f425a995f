/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.testkit.EngineProcess;
import io.dolake.engine.server.testkit.FaultShim;
import io.dolake.engine.server.testkit.FaultShim.Fault;
import io.dolake.engine.server.testkit.FaultShim.Kind;
import io.dolake.engine.server.testkit.RunningEngine;
import io.dolake.engine.server.testkit.Seeds;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Creates, writes, imports and drops databases of one name, while the engine dies at one of its file operations, names
 * included. Afterwards every answered operation has taken effect, and one without an answer has taken effect completely
 * or not at all. Random places from a seed; all of them with {@code -Dfaults.all=true}, one with {@code -Dfaults.at=N}.
 */
class FileFaultsIT {
    private static final String DB = "shop";

    @TempDir
    static Path directory;

    private static Path imported;
    private static long calls;

    /** @param after what the table holds then; null if there is no database */
    private record Step(Consumer<DoSqlClient> work, String after) {}

    private static final List<Step> STEPS = List.of(
            new Step(client -> client.create(DB), ""),
            insert(1, "1"),
            insert(2, "1 2"),
            drop(),
            new Step(client -> client.create(DB), ""),
            insert(3, "3"),
            drop(),
            new Step(client -> client.importDatabase(DB, imported), "10"),
            insert(4, "10 4"),
            drop(),
            new Step(client -> client.importDatabase(DB, imported), "10"));

    private static Step insert(int value, String after) {
        return new Step(
                client -> client.batch(
                        DB,
                        List.of(
                                Statement.of("create table if not exists t(v)"),
                                Statement.of("insert into t values (" + value + ")"))),
                after);
    }

    private static Step drop() {
        return new Step(client -> client.drop(DB), null);
    }

    @BeforeAll
    static void prepare() throws Exception {
        FaultShim.compile();
        imported = directory.resolve("import.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + imported);
                java.sql.Statement statement = connection.createStatement()) {
            statement.execute("create table t(v)");
            statement.execute("insert into t values (10)");
        }
        calls = new Run("none", new Random(0)).with(Fault.NONE);
        assertThat(calls).isPositive();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"KILL", "POWER"})
    void databaseIsThereOrNot(Kind kind) throws Exception {
        Random random = Seeds.random("file faults " + kind);
        int lost = 0;
        long[] places = FaultShim.places(calls, random);
        for (long at : places) {
            Run run = new Run(kind + "-" + at, random);
            try {
                run.with(new Fault(kind, at, 1, 0));
                run.cleanly();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("After " + kind + " at " + at + " of " + calls + ": " + e.getMessage(), e);
            }
            lost += run.lost;
        }
        System.out.printf(
                "file faults %s: %d places of %d, %d files and names lost%n", kind, places.length, calls, lost);
        if (kind == Kind.POWER && Long.getLong("faults.at") == null) {
            assertThat(lost).isPositive();
        }
    }

    private static final class Run {
        private final Path data;
        private final Path report;
        private final Random random;
        private int next;
        private int lost;

        Run(String name, Random random) throws Exception {
            data = Files.createDirectories(directory.resolve(name));
            report = directory.resolve(name + ".report");
            this.random = random;
        }

        /** Runs the steps until the engine dies, or to the end; returns the calls counted. */
        long with(Fault fault) throws Exception {
            try (EngineProcess engine =
                    EngineProcess.start(data, FaultWorkload.limits(), FaultShim.environment(data, report, fault))) {
                for (; next < STEPS.size(); next++) {
                    STEPS.get(next).work.accept(engine.client());
                    assertThat(state(engine.client())).as("step %s", next).isEqualTo(STEPS.get(next).after);
                }
            } catch (DoLakeException e) {
                assertThat(fault.isDeadly() && e.code() == ErrorCode.CONNECTION_ERROR)
                        .as("%s", e)
                        .isTrue();
            }
            if (fault.kind() == Kind.POWER) {
                lost += PowerCut.apply(data, FaultShim.undo(report), random);
                UndoNotes.delete(FaultShim.undo(report));
            }
            return FaultShim.report(report).calls();
        }

        /** Without faults: the step that had no answer was done or not; then all the others. */
        void cleanly() throws Exception {
            ServerConfig config = ServerConfig.of(data).withPort(0);
            try (RunningEngine engine = new RunningEngine(config)) {
                DoSqlClient client = engine.client();
                List<String> possible = new ArrayList<>();
                possible.add(next == 0 ? null : STEPS.get(next - 1).after);
                if (next < STEPS.size()) {
                    possible.add(STEPS.get(next).after);
                }
                String state = state(client);
                assertThat(possible).as("after step %s", next - 1).contains(state);
                if (next < STEPS.size() && Objects.equals(state, STEPS.get(next).after)) {
                    next++;
                }
                for (; next < STEPS.size(); next++) {
                    STEPS.get(next).work.accept(client);
                    assertThat(state(client)).as("step %s", next).isEqualTo(STEPS.get(next).after);
                }
            }
            assertThat(data).isDirectoryNotContaining("glob:**" + DatabaseFiles.TEMPORARY_EXTENSION + "*");
        }

        /** The rows of the table, after a look at the whole database and its log; null if there is no database. */
        private static String state(DoSqlClient client) throws Exception {
            try {
                assertThat(value(client, "pragma integrity_check")).isEqualTo("ok");
            } catch (DoLakeException e) {
                if (e.code() == ErrorCode.DATABASE_NOT_FOUND) {
                    return null;
                }
                throw e;
            }
            FaultEvents.read(client, DB, client.status(DB).lsn());
            if (value(client, "select count(*) from sqlite_schema").equals(0L)) {
                return "";
            }
            return (String) value(client, "select group_concat(v, ' ') from (select v from t order by rowid)");
        }

        private static Object value(DoSqlClient client, String sql) {
            return client.query(DB, Statement.of(sql)).rows().get(0)[0];
        }
    }
}
