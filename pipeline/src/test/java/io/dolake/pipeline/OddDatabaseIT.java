/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.pipeline.lake.Lake;
import io.dolake.pipeline.lake.SinkTools;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.pipeline.run.Ports;
import io.dolake.pipeline.sync.SinkProgress;
import io.dolake.pipeline.sync.Sync;
import io.dolake.pipeline.verify.KeyVerification;
import io.dolake.pipeline.verify.Report;
import io.dolake.pipeline.verify.Verification;
import io.dolake.schemas.RawText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What SQLite allows in keys, texts and names (A4, A5, A6, A8, B3), carried to the lake: a made database with all of
 * it, and proj.db, a real one, if there is one on this machine (Debian package {@code proj-data}).
 */
class OddDatabaseIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final Path PROJ = Path.of("/usr/share/proj/proj.db");

    @TempDir
    Path dir;

    private Ports ports;
    private Home home;

    @Test
    void everythingThatSqliteAllowsArrivesAndStaysEqual() throws Exception {
        home = Home.of(dir.resolve("home"));
        Path odd = odd(dir.resolve("odd.db"));
        boolean hasProj = Files.exists(PROJ);
        assertThat(hasProj || !"required".equals(System.getenv("PROJ_DATA")))
                .as("%s is there, or not required", PROJ)
                .isTrue();
        Cli cli = new Cli(home.dir());
        cli.up().succeeded();
        ports = Ports.last(home);
        try (DoSqlClient engine = PipelineCommand.engine(ports, null)) {
            engine.importDatabase("odd", odd);
            if (hasProj) {
                engine.importDatabase("proj", PROJ);
            }
            equal("odd", 9);
            change(engine);
            equal("odd", 9);
            cli.connect().restart(Pipeline.SOURCE);
            cli.connect().restartTask(Pipeline.SINK, 0);
            change(engine);
            engine.exec("odd", Statement.of("VACUUM"));
            engine.exec("odd", Statement.of("ALTER TABLE nulls RENAME COLUMN v TO V"));
            change(engine);
            equal("odd", 9);
            keysAreLiveOnce();
            if (hasProj) {
                Report proj = equal("proj", 30);
                assertThat(proj.rows()).isGreaterThan(10_000);
                engine.exec("proj", Statement.of("UPDATE axis SET name = name || '!' WHERE typeof(code) = 'text'"));
                equal("proj", 30);
            }
            plantedDifferencesAreFound();
        } finally {
            cli.run("down");
        }
    }

    private static Path odd(Path file) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement()) {
            for (String sql : List.of(
                    "CREATE TABLE nulls(k TEXT PRIMARY KEY, v)",
                    "INSERT INTO nulls VALUES (NULL, 'x'), (NULL, 'x'), ('a', 'y'), (CAST(x'ff' AS TEXT), 1),"
                            + " (CAST(x'fe' AS TEXT), 1), ('a' || char(0) || 'b', 2), (char(65533), 3)",
                    // as in proj.db
                    "CREATE TABLE axis(auth TEXT NOT NULL, code INTEGER_OR_TEXT NOT NULL, name TEXT,"
                            + " PRIMARY KEY (auth, code))",
                    "INSERT INTO axis VALUES ('EPSG', 1, 'one'), ('EPSG', 2, 'two'), ('NKG', 'two', 'text')",
                    "CREATE TABLE untyped(k PRIMARY KEY, v TEXT) WITHOUT ROWID",
                    "INSERT INTO untyped VALUES (1, 'i'), ('1', 't'), (1.5, 'r'), ('1.5', 't'), (x'31', 'b'),"
                            + " (9e999, '+'), (-9e999, '-')",
                    "CREATE TABLE measures(k REAL PRIMARY KEY, v REAL)",
                    "INSERT INTO measures VALUES (1.5, 2), (9e999, -9e999), ('text', x'00'), (NULL, NULL)",
                    "CREATE TABLE names(\"_rowid_\" TEXT, \"_RESCUED_DATA\" INTEGER, \"_rescued_key\" TEXT, \"\" TEXT,"
                            + " \" \" TEXT)",
                    "INSERT INTO names VALUES ('r', 'misfit', 'k', 'empty', 'blank')",
                    "CREATE TABLE letters(\"\u00e4\" TEXT PRIMARY KEY, \"\u00c4\" TEXT, \"k\" INTEGER, \"\u212a\" INTEGER)",
                    "INSERT INTO letters VALUES ('small', 'capital', 1, 2)",
                    "CREATE TABLE strict(k ANY PRIMARY KEY, t TEXT NOT NULL, r REAL NOT NULL) STRICT",
                    "INSERT INTO strict VALUES (1, 'a', 1), ('1', CAST(x'c328' AS TEXT), 9e999), (x'00', '', -9e999)",
                    "CREATE TABLE plain(id INTEGER PRIMARY KEY, v TEXT)",
                    "INSERT INTO plain VALUES (1, 'a'), (2, CAST(x'ff' AS TEXT)), (3, CAST(x'fe' AS TEXT))",
                    "CREATE TABLE flags(k BOOLEAN PRIMARY KEY, v TEXT)",
                    "INSERT INTO flags VALUES (0, 'no'), (1, 'yes'), (2, 'two'), ('maybe', 'text'), (NULL, 'null')")) {
                statement.execute(sql);
            }
        }
        return file;
    }

    /** Inserts, updates and deletes of rows with odd keys, and keys that become odd and ordinary again. */
    private static void change(DoSqlClient engine) {
        RawText raw = new RawText(new byte[] {'a', (byte) 0xC3});
        for (Statement statement : List.of(
                Statement.of("INSERT INTO nulls VALUES (NULL, 'new'), (NULL, 'new')"),
                Statement.of("UPDATE nulls SET V = 'changed' WHERE rowid = 1"),
                Statement.of("DELETE FROM nulls WHERE rowid = 2"),
                Statement.of("INSERT OR REPLACE INTO nulls VALUES (?, ?)", raw, raw),
                Statement.of("UPDATE nulls SET V = hex(k) WHERE k = ?", raw),
                Statement.of("UPDATE OR REPLACE nulls SET k = NULL WHERE k = 'a'"),
                Statement.of("UPDATE OR REPLACE axis SET code = CASE typeof(code) WHEN 'text' THEN 7 ELSE 'seven' END"
                        + " WHERE code IN ('two', 2, 7, 'seven')"),
                Statement.of("UPDATE axis SET name = name || '.'"),
                Statement.of("DELETE FROM untyped WHERE k = '1'"),
                Statement.of("INSERT OR REPLACE INTO untyped VALUES ('1', 'again'), (x'', 'empty'), ('', 'empty')"),
                Statement.of("UPDATE measures SET v = 9e999 WHERE k = 9e999"),
                Statement.of("INSERT INTO measures VALUES (NULL, 'text')"),
                Statement.of("INSERT INTO names VALUES (NULL, 5, NULL, ?, '')", raw),
                Statement.of("UPDATE letters SET \"\u00c4\" = \"\u00c4\" || '+', \"k\" = \"\u212a\" + 1"),
                Statement.of("INSERT OR REPLACE INTO strict VALUES (2.5, ?, 1)", raw),
                Statement.of("UPDATE plain SET v = ? WHERE id = 1", raw),
                Statement.of("DELETE FROM flags WHERE k = 'maybe'"),
                Statement.of("INSERT INTO flags VALUES ('maybe', 'again'), (NULL, 'more')"))) {
            engine.exec("odd", statement);
        }
    }

    private Verification verification(DoSqlClient engine, SinkProgress sink) {
        Sync sync = PipelineCommand.sync(ports, engine, sink, null);
        return new Verification(engine, sync, home, 20, TIMEOUT);
    }

    private Report verify(String database) {
        try (DoSqlClient engine = PipelineCommand.engine(ports, null);
                SinkProgress sink = new SinkProgress(ports.bootstrapServers())) {
            return verification(engine, sink).run(database);
        }
    }

    private Report equal(String database, int tables) {
        Report report = verify(database);
        assertThat(report.tables())
                .allSatisfy(
                        table -> assertThat(table.examples()).as(table.name()).isEmpty());
        assertThat(report.differences()).isZero();
        assertThat(report.tables()).hasSizeGreaterThanOrEqualTo(tables);
        return report;
    }

    private void keysAreLiveOnce() throws Exception {
        KeyVerification keys = new KeyVerification(SinkTools.of(new Installation(Cli.repository()), home));
        for (String table : List.of("nulls", "axis", "untyped", "measures", "flags", "strict")) {
            keys.run("odd." + table, List.of(), true)
                    .forEach(finding -> assertThat(finding).as(table).containsEntry("duplicates", 0L));
        }
        try (Lake lake = Lake.open(home)) {
            assertThat(lake.table("odd", "nulls").columns())
                    .containsExactlyInAnyOrder("k", "V", "_rescued_data", "_rescued_key");
            assertThat(lake.table("odd", "letters").columns()).contains("\u00e4", "\u00c4", "k", "\u212a");
            assertThat(lake.table("odd", "names").columns())
                    .contains("_rowid__2", "_rowid_", "_RESCUED_DATA", "_rescued_data_2", "_column_4", "_column_5");
        }
    }

    /** A verification that finds nothing has to be able to find something. */
    private void plantedDifferencesAreFound() throws Exception {
        Tampering.duplicateFiles(home, "odd", "nulls");
        Tampering.deleteAll(home, "odd", "untyped");
        Tampering.removeDataFiles(home, "odd", "flags");
        Report report = verify("odd");
        assertThat(report.tables())
                .filteredOn(table -> table.differences() > 0)
                .extracting(Report.Table::name)
                .containsExactlyInAnyOrder("nulls", "untyped", "flags");
        assertThat(report.tables())
                .filteredOn(table -> table.name().equals("flags"))
                .flatExtracting(Report.Table::examples)
                .singleElement()
                .asString()
                .startsWith("the lake table cannot be read: ");
    }
}
