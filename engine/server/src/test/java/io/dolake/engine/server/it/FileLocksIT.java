/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.server.testkit.Consumer;
import io.dolake.engine.server.testkit.HttpCalls;
import io.dolake.engine.server.testkit.ReplayedTables;
import io.dolake.engine.server.testkit.RunningEngine;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQLite's locks on the files of a database, which any close of any descriptor in the process would drop. */
class FileLocksIT {
    private static final Path LOCKS = Path.of("/proc/locks");

    @TempDir
    Path directory;

    @TempDir
    Path elsewhere;

    private RunningEngine engine;

    /** Something the engine does. */
    private interface Action {
        void run() throws Exception;
    }

    @BeforeEach
    void start() {
        assumeTrue(Files.isReadable(LOCKS), "the system does not show its locks");
        engine = new RunningEngine(directory);
        engine.client().create("shop");
        engine.exec("shop", "create table t(id integer primary key, v)");
        engine.exec("shop", "insert into t(v) values (1), (2)");
        engine.rows("shop", "select * from t");
        engine.awaitCaptured("shop");
    }

    @AfterEach
    void stop() {
        if (engine != null) {
            engine.close();
        }
    }

    /** The locks on a file without their numbers. */
    private static List<String> locks(Path file) throws IOException {
        String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
        return Files.readAllLines(LOCKS).stream()
                .filter(line -> line.contains(inode) && !line.contains("->"))
                .map(line -> line.substring(line.indexOf(':') + 1))
                .sorted()
                .toList();
    }

    private Map<String, Action> actions() throws SQLException, IOException {
        Path good = elsewhere.resolve("good.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + good)) {
            Sqlite.execute(connection, "create table t(a)");
        }
        byte[] damaged = Files.readAllBytes(good);
        Arrays.fill(damaged, 90, damaged.length, (byte) 9);
        Map<String, Action> actions = new LinkedHashMap<>();
        actions.put("import", () -> engine.client().importDatabase("imported", good));
        actions.put("failed import", () -> importFails("other", damaged, "INVALID_DATABASE_FILE"));
        actions.put("import over it", () -> importFails("shop", Files.readAllBytes(good), "DATABASE_EXISTS"));
        for (String mode : List.of("passive", "full", "truncate")) {
            actions.put("checkpoint " + mode, () -> {
                engine.exec("shop", "update t set v = v + 1");
                engine.query("shop", "pragma wal_checkpoint(" + mode + ")");
            });
        }
        actions.put("decoding", () -> {
            engine.exec("shop", "update t set v = v || 'x'");
            engine.awaitCaptured("shop");
        });
        actions.put("reading the change log", () -> engine.rows("shop", "select * from _wal_segments"));
        actions.put("a change stream", () -> {
            Lsn end = engine.awaitCaptured("shop");
            Consumer.readTo(end, engine.client(), "shop", new ReplayedTables());
        });
        actions.put("a session", () -> {
            try (Session session = engine.client().session("shop")) {
                session.exec(Statement.of("insert into t(v) values (3)"));
            }
        });
        actions.put("vacuum", () -> engine.exec("shop", "vacuum"));
        actions.put("status", () -> HttpCalls.send(engine.uri(), "GET", "/status", ""));
        actions.put("another database", () -> {
            engine.client().create("another");
            engine.exec("another", "create table t(a)");
            engine.client().drop("another");
        });
        actions.put("garbage collection", System::gc);
        return actions;
    }

    private void importFails(String name, byte[] content, String code) {
        assertThat(HttpCalls.send(engine.uri(), "POST", "/v1/databases/" + name + "/import", content)
                        .code())
                .isEqualTo(code);
    }

    @Test
    void locksStayWhateverTheEngineDoes() throws Exception {
        Path main = directory.resolve("shop.db");
        Path log = directory.resolve("shop.log.db");
        List<String> onMain = locks(main);
        List<String> onLog = locks(log);
        assertThat(onMain).isNotEmpty();
        assertThat(onLog).isNotEmpty();
        for (Map.Entry<String, Action> action : actions().entrySet()) {
            action.getValue().run();
            assertThat(locks(main)).as("main file after %s", action.getKey()).isEqualTo(onMain);
            assertThat(locks(log)).as("change log after %s", action.getKey()).isEqualTo(onLog);
        }
    }

    @Test
    void otherProgramsAreLockedOut() throws Exception {
        for (Map.Entry<String, Action> action : actions().entrySet()) {
            action.getValue().run();
            for (String file : List.of("shop.db", "shop.log.db")) {
                assertThat(python(directory.resolve(file)))
                        .as("%s after %s", file, action.getKey())
                        .contains("database is locked");
            }
        }
    }

    /** Why the engine must not do this, and that the tests above would see it. */
    @Test
    void closingAnyDescriptorOfTheFileDropsTheLocks() throws IOException {
        Path main = directory.resolve("shop.db");
        assertThat(locks(main)).isNotEmpty();
        try (InputStream in = Files.newInputStream(main)) {
            assertThat(in.read()).isEqualTo('S');
        }
        assertThat(locks(main)).isEmpty();
    }

    /** The error that another program gets when it reads. */
    private static String python(Path file) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(
                            "python3",
                            "-c",
                            "import sqlite3, sys; print(sqlite3.connect(sys.argv[1], timeout=0)"
                                    + ".execute('select count(*) from sqlite_master').fetchall())",
                            file.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "there is no python3: " + e.getMessage());
            throw e;
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        assumeTrue(!said.contains("No module named"), "python3 has no sqlite3");
        return said;
    }
}
