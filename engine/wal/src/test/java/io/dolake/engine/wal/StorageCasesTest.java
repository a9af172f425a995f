/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the layout, moves, reuse and encoding of pages do not affect the events. */
class StorageCasesTest {
    private static final String LONG = "\u20ac and \uD83D\uDE00 ".repeat(3000);

    @TempDir
    Path directory;

    /** Rows long and short, grown into several levels, changed and gone: the same events in whatever format. */
    private void decodesAllKindsOfRows(TestDatabase db) throws Exception {
        db.execute(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b)",
                "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID",
                DecoderCasesTest.series("INSERT INTO t SELECT i, 'row ' || i, zeroblob(i % 50) FROM n", 2000),
                DecoderCasesTest.series("INSERT INTO w SELECT 'key ' || i, i FROM n", 2000));
        Events inserts = new Events();
        db.poll(inserts);
        assertThat(inserts.lines()).hasSize(4002).contains("+t (7, 'row 7', x00000000000000)", "+w ('key 7', 7)");
        db.transaction("INSERT INTO t VALUES (5000, '" + LONG + "', 1)", "DELETE FROM w WHERE k = 'key 9'");
        Events changes = new Events();
        db.poll(changes);
        assertThat(changes.lines()).containsExactly("+t (5000, '" + LONG + "', 1)", "-w ('key 9', 9)");
        db.restartDecoder();
        db.transaction("UPDATE t SET b = 2 WHERE id = 5000");
        Events update = new Events();
        db.poll(update);
        assertThat(update.lines()).containsExactly("~t (5000, '" + LONG + "', 1) -> (5000, '" + LONG + "', 2)");
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
    void everyPageSizeIsRead(int pageSize) throws Exception {
        try (TestDatabase db = new TestDatabase(directory, "page_size=" + pageSize)) {
            assertThat(db.number("PRAGMA page_size")).isEqualTo(pageSize);
            decodesAllKindsOfRows(db);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16le", "UTF-16be"})
    void everyTextEncodingIsRead(String encoding) throws Exception {
        try (TestDatabase db = new TestDatabase(directory, "encoding='" + encoding + "'")) {
            decodesAllKindsOfRows(db);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 48, 255})
    void bytesReservedAtTheEndOfPagesAreNoContent(int reserved) throws Exception {
        TestDatabase.prepareWithReservedBytes(directory, reserved, "page_size=1024");
        try (TestDatabase db = new TestDatabase(directory)) {
            decodesAllKindsOfRows(db);
            byte[] page1 = new byte[100];
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
            db.pages().read(0, page1, 0, page1.length);
            assertThat(page1[20] & 0xFF).isEqualTo(reserved);
        }
    }

    @Test
    void bytesWipedBySecureDeleteAreNoChange() throws Exception {
        try (TestDatabase db = new TestDatabase(directory)) {
            db.execute("PRAGMA secure_delete=ON");
            decodesAllKindsOfRows(db);
            db.transaction("DELETE FROM t WHERE id BETWEEN 10 AND 1990");
            Events events = new Events();
            db.poll(events);
            assertThat(events.lines()).hasSize(1981).allMatch(e -> e.startsWith("-t ("));
        }
    }

    @Test
    void tablesWhoseRootMovesInAFullAutoVacuumHaveNoEvent() throws Exception {
        try (TestDatabase db = new TestDatabase(directory, "auto_vacuum=1")) {
            db.execute(
                    "CREATE TABLE gone(id INTEGER PRIMARY KEY, a)",
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, a)",
                    DecoderCasesTest.series("INSERT INTO gone SELECT i, zeroblob(3000) FROM n", 100),
                    DecoderCasesTest.series("INSERT INTO t SELECT i, zeroblob(i * 30) FROM n", 300));
            db.poll(new Events());
            long root = root(db);
            db.execute("DROP TABLE gone");
            Events drop = new Events();
            db.poll(drop);
            assertThat(root(db)).isNotEqualTo(root);
            assertThat(drop.lines()).containsExactly("DROP table gone");
            db.execute("DELETE FROM t WHERE id < 100");
            Events delete = new Events();
            db.poll(delete);
            assertThat(delete.lines()).hasSize(99).allMatch(e -> e.startsWith("-t ("));
        }
    }

    private static long root(TestDatabase db) throws Exception {
        return db.number("SELECT rootpage FROM sqlite_schema WHERE name = 't'");
    }

    @Test
    void pagesThatMoveInAnIncrementalVacuumGiveNoEvent() throws Exception {
        try (TestDatabase db = new TestDatabase(directory, "auto_vacuum=2")) {
            db.execute(
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, a)",
                    DecoderCasesTest.series("INSERT INTO t SELECT i, zeroblob(i * 30) FROM n", 500),
                    "DELETE FROM t WHERE id < 250");
            db.poll(new Events());
            long pages = db.number("PRAGMA page_count");
            db.incrementalVacuum(1000);
            assertThat(db.number("PRAGMA page_count")).isLessThan(pages - 50);
            Events vacuum = new Events();
            assertThat(db.poll(vacuum)).isPositive();
            assertThat(vacuum.lines()).isEmpty();
            db.execute("UPDATE t SET a = CAST(substr(a, 1, 9000) || x'01' || substr(a, 9002) AS BLOB) WHERE id = 400");
            Events update = new Events();
            db.poll(update);
            assertThat(update.lines()).hasSize(1).allMatch(e -> e.startsWith("~t (400, x0000"));
        }
    }

    @Test
    void rowsOfLeavesThatAreFreedUnwrittenAreDeletes() throws Exception {
        try (TestDatabase db = new TestDatabase(directory)) {
            db.execute(
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, a)",
                    DecoderCasesTest.series("INSERT INTO t SELECT i, zeroblob(400) FROM n", 5000));
            db.poll(new Events());
            for (String delete : List.of("DELETE FROM t WHERE id BETWEEN 500 AND 4500", "DELETE FROM t")) {
                long rows = db.number("SELECT count(*) FROM t");
                long frames = db.decoder().position().frames();
                db.execute(delete);
                Events events = new Events();
                db.poll(events);
                long deleted = rows - db.number("SELECT count(*) FROM t");
                assertThat(events.lines()).hasSize((int) deleted).allMatch(e -> e.startsWith("-t ("));
                // There are 9 rows in a leaf; the second delete is SQLite's truncation of a whole table.
                assertThat(db.decoder().position().frames() - frames).isLessThan(deleted / 9 / 3);
            }
        }
    }
}
