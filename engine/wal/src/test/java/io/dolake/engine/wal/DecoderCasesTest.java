/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** One rule per test, each a transaction or two. */
class DecoderCasesTest extends CaseBase {
    @Test
    void insertsUpdatesAndDeletesHaveBothImages() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a, b TEXT)");
        assertThat(after("INSERT INTO t VALUES (1, 10, 'x'), (2, NULL, 'y')"))
                .containsExactly("+t (1, 10, 'x')", "+t (2, null, 'y')");
        assertThat(after("UPDATE t SET a = 1.5 WHERE id = 1", "DELETE FROM t WHERE id = 2"))
                .containsExactly("~t (1, 10, 'x') -> (1, 1.5, 'x')", "-t (2, null, 'y')");
    }

    @Test
    void everyStorageClassSurvives() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a, r REAL)");
        assertThat(after("INSERT INTO t VALUES (1, 9223372036854775807, 3), (2, -9223372036854775808, -0.0),"
                        + " (3, 9e999, 1e300), (4, x'00ff', 0), (5, '', NULL), (6, x'', 140737488355328)"))
                .containsExactly(
                        "+t (1, 9223372036854775807, 3.0)",
                        "+t (2, -9223372036854775808, 0.0)",
                        "+t (3, Infinity, 1.0E300)",
                        "+t (4, x00ff, 0.0)",
                        "+t (5, '', null)",
                        "+t (6, x, 1.40737488355328E14)");
    }

    @Test
    void aChangedRowidIsADeleteAndAnInsert() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "INSERT INTO t VALUES (1, 5)");
        assertThat(after("UPDATE t SET id = 10 WHERE id = 1")).containsExactly("-t (1, 5)", "+t (10, 5)");
    }

    @Test
    void replaceOfTheSameRowidIsAnUpdate() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a, b)", "INSERT INTO t VALUES (2, 1, 'q')");
        assertThat(after("REPLACE INTO t VALUES (2, 9, 'r')")).containsExactly("~t (2, 1, 'q') -> (2, 9, 'r')");
    }

    @Test
    void severalChangesOfARowAreOne() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "INSERT INTO t VALUES (2, 1)");
        assertThat(after(
                        "INSERT INTO t VALUES (3, 3)",
                        "UPDATE t SET a = 4 WHERE id = 3",
                        "DELETE FROM t WHERE id = 3",
                        "UPDATE t SET a = 7 WHERE id = 2",
                        "UPDATE t SET a = 8 WHERE id = 2"))
                .containsExactly("~t (2, 1) -> (2, 8)");
    }

    @Test
    void replaceOnAnotherUniqueKeyDeletesTheOtherRow() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, u UNIQUE)", "INSERT INTO t VALUES (1, 'x')");
        assertThat(after("REPLACE INTO t VALUES (5, 'x')")).containsExactly("-t (1, 'x')", "+t (5, 'x')");
    }

    @Test
    void rolledBackSavepointsAndTransactionsAreInvisible() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY)");
        assertThat(after(
                        "INSERT INTO t VALUES (4)",
                        "SAVEPOINT s",
                        "INSERT INTO t VALUES (5)",
                        "ROLLBACK TO s",
                        "RELEASE s"))
                .containsExactly("+t (4)");
        db.execute("BEGIN", "INSERT INTO t VALUES (6)", "ROLLBACK");
        assertThat(events()).isEmpty();
    }

    @Test
    void framesOfARolledBackTransactionAreIgnoredAndOverwritten() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "PRAGMA cache_size=5", "PRAGMA cache_spill=5");
        long before = db.wal().toFile().length();
        db.execute("BEGIN", series("INSERT INTO t SELECT i, zeroblob(2000) FROM n", 500));
        assertThat(events()).isEmpty();
        db.execute("ROLLBACK");
        assertThat(db.wal().toFile().length()).isGreaterThan(before + 100_000);
        assertThat(events()).isEmpty();
        assertThat(after("INSERT INTO t VALUES (1, 'y')")).containsExactly("+t (1, 'y')");
    }

    @Test
    void pagesSpilledSeveralTimesInATransactionCountOnce() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "PRAGMA cache_size=5", "PRAGMA cache_spill=5");
        db.execute("BEGIN", series("INSERT INTO t SELECT i, zeroblob(500) FROM n", 300));
        assertThat(events()).isEmpty();
        db.execute("UPDATE t SET a = 'short'", "DELETE FROM t WHERE id <> 7", "COMMIT");
        assertThat(events()).containsExactly("+t (7, 'short')");
    }

    @Test
    void rowsThatOnlyMoveInASplitGiveNoEvent() throws Exception {
        given(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, a)",
                series("INSERT INTO t SELECT i * 10, 'abcdefgh' FROM n", 5000));
        String row = "x".repeat(1500);
        assertThat(after("INSERT INTO t VALUES (25001, '" + row + "'), (25002, '" + row + "'), (25003, '" + row + "')"))
                .containsExactly("+t (25001, '" + row + "')", "+t (25002, '" + row + "')", "+t (25003, '" + row + "')");
    }

    @Test
    void rowsThatOnlyMoveInAMergeGiveNoEvent() throws Exception {
        given(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, a)",
                series("INSERT INTO t SELECT i, zeroblob(100) FROM n", 5000));
        assertThat(after("DELETE FROM t WHERE id BETWEEN 100 AND 4900"))
                .hasSize(4801)
                .allMatch(e -> e.startsWith("-t"));
        assertThat(after("DELETE FROM t WHERE id % 2 = 0")).hasSize(99).allMatch(e -> e.startsWith("-t"));
    }

    @Test
    void deletingAllRowsIsADeletePerRow() throws Exception {
        given(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, a)",
                series("INSERT INTO t SELECT i, zeroblob(100) FROM n", 3000));
        assertThat(after("DELETE FROM t")).hasSize(3000).allMatch(e -> e.startsWith("-t"));
        assertThat(after("INSERT INTO t VALUES (1, 2)")).containsExactly("+t (1, 2)");
    }

    @Test
    void longRowsAreWhole() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
        String text = "0123456789".repeat(10_000);
        assertThat(after("INSERT INTO t VALUES (1, '" + text + "')")).containsExactly("+t (1, '" + text + "')");
        assertThat(after("UPDATE t SET a = 'x' WHERE id = 1")).containsExactly("~t (1, '" + text + "') -> (1, 'x')");
    }

    @Test
    void aChangeInAnOverflowPageOnlyIsAnUpdate() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "INSERT INTO t VALUES (1, zeroblob(20000))");
        long frames = db.decoder().position().frames();
        assertThat(after("UPDATE t SET a = CAST(substr(a, 1, 15000) || x'01' || substr(a, 15002) AS BLOB)"))
                .hasSize(1);
        assertThat(db.decoder().position().frames() - frames).as("frames").isEqualTo(1);
    }

    @Test
    void overflowOfAMovedRowIsFollowed() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "INSERT INTO t VALUES (1000, zeroblob(20000))");
        given(series("INSERT INTO t SELECT i, zeroblob(300) FROM n", 999));
        given(series("INSERT INTO t SELECT i + 1000, zeroblob(300) FROM n", 999));
        assertThat(
                        after(
                                "UPDATE t SET a = CAST(substr(a, 1, 15000) || x'01' || substr(a, 15002) AS BLOB) WHERE id = 1000"))
                .hasSize(1)
                .allMatch(e -> e.startsWith("~t (1000, x00"));
        db.restartDecoder();
        assertThat(
                        after(
                                "UPDATE t SET a = CAST(substr(a, 1, 9000) || x'02' || substr(a, 9002) AS BLOB) WHERE id = 1000"))
                .hasSize(1);
    }

    @Test
    void aRowThatBecameShortIsSeenOnce() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "INSERT INTO t VALUES (1, zeroblob(20000)), (2, 'b')");
        assertThat(after("UPDATE t SET a = 'c' WHERE id = 1")).hasSize(1);
        assertThat(after("INSERT INTO t VALUES (3, zeroblob(20000))", "UPDATE t SET a = 'd' WHERE id = 1"))
                .hasSize(2);
    }

    @Test
    void aTransactionOverTablesIsOne() throws Exception {
        given("CREATE TABLE a(id INTEGER PRIMARY KEY)", "CREATE TABLE b(id INTEGER PRIMARY KEY)");
        Events events = new Events();
        db.transaction("INSERT INTO b VALUES (1)", "INSERT INTO a VALUES (1)", "INSERT INTO b VALUES (2)");
        db.poll(events);
        assertThat(events.lines()).containsExactly("+a (1)", "+b (1)", "+b (2)");
        assertThat(events.lsns()).hasSize(1);
    }

    @Test
    void triggersAndForeignKeyActionsAreSeen() throws Exception {
        given(
                "PRAGMA foreign_keys=ON",
                "CREATE TABLE p(id INTEGER PRIMARY KEY)",
                "CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE CASCADE)",
                "CREATE TABLE l(id INTEGER PRIMARY KEY, what)",
                "CREATE TRIGGER d AFTER DELETE ON c BEGIN INSERT INTO l(what) VALUES (old.id); END",
                "INSERT INTO p VALUES (1)",
                "INSERT INTO c VALUES (7, 1)");
        assertThat(after("DELETE FROM p")).containsExactly("-p (1)", "-c (7, 1)", "+l (1, 7)");
    }

    @Test
    void upsertIsAnUpdate() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, n)", "INSERT INTO t VALUES (1, 1)");
        assertThat(after("INSERT INTO t VALUES (1, 1) ON CONFLICT DO UPDATE SET n = n + 1"))
                .containsExactly("~t (1, 1) -> (1, 2)");
    }

    @Test
    void aRowidUsedAgainInOneTransactionIsAnUpdate() throws Exception {
        given("CREATE TABLE t(a)", "INSERT INTO t VALUES ('x')");
        assertThat(after("DELETE FROM t", "INSERT INTO t VALUES ('y')")).containsExactly("~t (#1, 'x') -> (#1, 'y')");
    }

    @Test
    void generatedColumnsAreCarriedIfStored() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a, v AS (a + 1), s AS (a * 2) STORED)");
        assertThat(after("INSERT INTO t(id, a) VALUES (1, 5)")).containsExactly("+t (1, 5, null, 10)");
    }

    @Test
    void aTransactionWithoutRowsMovesThePositionOnly() throws Exception {
        WalPosition before = db.decoder().position();
        db.execute("PRAGMA user_version=7");
        Events events = new Events();
        assertThat(db.poll(events)).isEqualTo(1);
        assertThat(events.lsns()).isEmpty();
        assertThat(db.decoder().position().lsn().isAfter(before.lsn())).isTrue();
    }

    @Test
    void anAttachedDatabaseIsAnotherStream() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY)", "ATTACH '" + directory.resolve("other.db") + "' AS other");
        given("CREATE TABLE other.o(id INTEGER PRIMARY KEY)");
        assertThat(after("INSERT INTO t VALUES (1)", "INSERT INTO other.o VALUES (2)"))
                .containsExactly("+t (1)");
    }

    @Test
    void lsnsCountFrames() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
        long lsn = db.decoder().position().lsn().value();
        Events events = new Events();
        db.execute("INSERT INTO t VALUES (1, 1)", "INSERT INTO t VALUES (2, zeroblob(10000))");
        db.poll(events);
        // One leaf; then the leaf, page 1 (the database grew) and 2 overflow pages.
        assertThat(events.lsns()).extracting(l -> l.value() - lsn).containsExactly(1L, 5L);
    }

    static String series(String insert, int count) {
        return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + count + ") " + insert;
    }
}
