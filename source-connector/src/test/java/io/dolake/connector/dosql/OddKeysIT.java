/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.Statement;
import io.dolake.schemas.RawText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** B3: keys that SQLite allows, from a real engine: what is streamed adds up to what a snapshot reads. */
class OddKeysIT {
    private static final List<String> TABLES =
            List.of("nulls", "texts", "plain", "untyped", "norowid", "pair", "hidden");

    @TempDir
    Path directory;

    private EngineFixture engine;
    private final List<TaskHarness> tasks = new ArrayList<>();

    @BeforeEach
    void startEngine() {
        engine = new EngineFixture(directory);
        engine.create(
                "shop",
                "CREATE TABLE nulls(k TEXT PRIMARY KEY, v)",
                "CREATE TABLE texts(k INTEGER_OR_TEXT PRIMARY KEY, v TEXT)",
                "CREATE TABLE plain(k INTEGER PRIMARY KEY, v TEXT)",
                "CREATE TABLE untyped(k PRIMARY KEY, v BLOB)",
                "CREATE TABLE norowid(k REAL, l INTEGER, v TEXT, PRIMARY KEY(k, l)) WITHOUT ROWID",
                "CREATE TABLE pair(k DATE, l TEXT, v TEXT, PRIMARY KEY(l, k))",
                "CREATE TABLE hidden(k TEXT PRIMARY KEY, v TEXT, _rowid_ TEXT, rowid INTEGER, oid TEXT)");
    }

    @AfterEach
    void stopAll() {
        tasks.forEach(TaskHarness::stop);
        engine.close();
    }

    private TaskHarness start(String... settings) {
        TaskHarness task = new TaskHarness(engine.port(), List.of("shop"), settings);
        tasks.add(task);
        task.start();
        return task;
    }

    @Test
    void whatIsStreamedIsWhatASnapshotReads() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        write(random, 20);
        TaskHarness stream = start();
        for (int round = 0; round < 6; round++) {
            write(random, 25);
            if (round == 2) {
                engine.exec("shop", "VACUUM");
            }
            stream.pollTo("shop", engine.lsn("shop"));
            stream.stop();
            TaskHarness snapshot = start();
            snapshot.pollTo("shop", engine.lsn("shop"));
            snapshot.stop();
            stream.start();
            Replica streamed = Replica.of(stream.records());
            Replica read = Replica.of(snapshot.records());
            for (String table : TABLES) {
                assertThat(streamed.rows("shop", table)).as(table).isEqualTo(read.rows("shop", table));
                assertThat(read.rows("shop", table)).hasSize(rows(table));
            }
        }
    }

    private int rows(String table) {
        return ((Long) engine.client()
                        .query("shop", Statement.of("SELECT count(*) FROM " + table))
                        .rows()
                        .get(0)[0])
                .intValue();
    }

    private void write(Random random, int transactions) {
        for (int i = 0; i < transactions; i++) {
            List<Statement> statements = new ArrayList<>();
            for (int n = random.nextInt(4); n >= 0; n--) {
                statements.add(statement(random));
            }
            engine.client().batch("shop", statements);
        }
    }

    private static Statement statement(Random random) {
        String table = TABLES.get(random.nextInt(TABLES.size()));
        // of a table that hides its rowids no row may lack its key
        Object key = key(random, !table.equals("hidden") && !table.equals("norowid") && !table.equals("plain"));
        if (table.equals("plain")) {
            key = (long) random.nextInt(20);
        }
        if (random.nextInt(4) == 0) {
            return Statement.of("DELETE FROM " + table + " WHERE k IS ?", key);
        }
        if (random.nextInt(3) == 0) {
            Object from = table.equals("plain") ? (long) random.nextInt(20) : key(random, true);
            return Statement.of("UPDATE OR REPLACE " + table + " SET k = ? WHERE k IS ?", key, from);
        }
        if (random.nextInt(4) == 0) {
            return Statement.of("UPDATE " + table + " SET v = ? WHERE k IS ?", "v" + random.nextInt(100), key);
        }
        boolean hasTwo = table.equals("norowid") || table.equals("pair");
        return hasTwo
                ? Statement.of(
                        "INSERT OR REPLACE INTO " + table + "(k, l, v) VALUES (?, ?, 'x')",
                        key,
                        key(random, table.equals("pair")))
                : Statement.of("INSERT OR REPLACE INTO " + table + "(k, v) VALUES (?, 'x')", key);
    }

    private static Object key(Random random, boolean mayBeNull) {
        List<Object> keys = new ArrayList<>(Arrays.asList(
                1L,
                2L,
                3.5,
                "1",
                "one",
                "2024-01-31",
                "a\0b",
                new byte[] {1},
                new byte[0],
                new RawText(new byte[] {(byte) 0xFF}),
                new RawText(new byte[] {(byte) 0xFE}),
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY));
        if (mayBeNull) {
            keys.add(null);
            keys.add(null);
        }
        return keys.get(random.nextInt(keys.size()));
    }

    /** A4 and B3 of the fault list, as they stand there. */
    @Test
    void theExamplesOfTheList() throws Exception {
        engine.exec("shop", "INSERT INTO nulls VALUES (NULL, 'x'), (NULL, 'y')");
        engine.exec("shop", "INSERT INTO nulls VALUES (CAST(x'ff' AS TEXT), 'ff'), (CAST(x'fe' AS TEXT), 'fe')");
        TaskHarness task = start();
        task.pollTo("shop", engine.lsn("shop"));
        engine.exec("shop", "INSERT INTO norowid VALUES (9e999, 'text', 'inf')");
        engine.exec("shop", "DELETE FROM nulls WHERE v = 'x'");
        task.pollTo("shop", engine.lsn("shop"));
        Replica replica = Replica.of(task.records());
        assertThat(replica.rows("shop", "nulls")).hasSize(3);
        assertThat(replica.rows("shop", "norowid").keySet())
                .containsExactly("{_rescued_key={\"key\":{\"k\":{\"real\":\"Infinity\"},\"l\":\"text\"}}}");
    }

    /** A row that nothing identifies: told, and only when there is one. */
    @Test
    void aTableThatHidesItsRowidsIsReadAsLongAsItsKeysTellItsRowsApart() throws Exception {
        engine.exec("shop", "INSERT INTO hidden(k) VALUES ('a'), (x'01')");
        TaskHarness task = start();
        task.pollTo("shop", engine.lsn("shop"));
        assertThat(Replica.of(task.records()).rows("shop", "hidden")).hasSize(2);
    }

    /** What else lives in the key of a rowid table that has one: an alias that is none. */
    @Test
    void theDescendingIntegerKeyThatIsNoAliasMayBeNull() throws Exception {
        engine.exec("shop", "CREATE TABLE quirk(k INTEGER PRIMARY KEY DESC, v TEXT)");
        engine.exec("shop", "INSERT INTO quirk VALUES (NULL, 'a'), (NULL, 'b'), (5, 'c')");
        TaskHarness task = start();
        task.pollTo("shop", engine.lsn("shop"));
        engine.exec("shop", "UPDATE quirk SET v = v || '!' WHERE k IS NULL");
        task.pollTo("shop", engine.lsn("shop"));
        assertThat(Replica.of(task.records()).rows("shop", "quirk").values())
                .extracting(row -> row.get("v"))
                .containsExactlyInAnyOrder("a!", "b!", "c");
        Struct last = (Struct) task.records().get(task.records().size() - 1).key();
        assertThat(last.get("_rescued_key")).isEqualTo("{\"rowid\":2}");
    }
}
