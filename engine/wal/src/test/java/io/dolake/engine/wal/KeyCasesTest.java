/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests tables whose rows are identified by a primary key that is not the rowid, and tables without a key. */
class KeyCasesTest extends CaseBase {

    @Test
    void aChangedKeyIsADeleteAndAnInsertThoughTheRowidStays() throws Exception {
        given("CREATE TABLE t(k TEXT PRIMARY KEY, v)", "INSERT INTO t VALUES ('a', 1), ('b', 2)");
        assertThat(after("UPDATE t SET k = 'c' WHERE k = 'a'")).containsExactly("-t (#1, 'a', 1)", "+t (#1, 'c', 1)");
    }

    @Test
    void replaceOfAKeyIsAnUpdateThoughTheRowidChanges() throws Exception {
        given("CREATE TABLE t(k TEXT PRIMARY KEY, v)", "INSERT INTO t VALUES ('a', 1), ('b', 2)");
        assertThat(after("REPLACE INTO t VALUES ('a', 5)")).containsExactly("~t (#3, 'a', 1) -> (#3, 'a', 5)");
    }

    @Test
    void replaceByAnEqualRowIsNothing() throws Exception {
        given("CREATE TABLE t(k TEXT PRIMARY KEY, v)", "INSERT INTO t VALUES ('a', 1), ('b', 2)");
        assertThat(after("REPLACE INTO t VALUES ('a', 1)")).isEmpty();
    }

    @Test
    void keysThatChangePlacesAreUpdates() throws Exception {
        given("CREATE TABLE t(k TEXT PRIMARY KEY, v)", "INSERT INTO t VALUES ('a', 1), ('b', 2)");
        assertThat(after(
                        "UPDATE t SET k = 'x' WHERE v = 1",
                        "UPDATE t SET k = 'a' WHERE v = 2",
                        "UPDATE t SET k = 'b' WHERE v = 1"))
                .containsExactly("~t (#1, 'b', 2) -> (#1, 'b', 1)", "~t (#2, 'a', 1) -> (#2, 'a', 2)");
    }

    @Test
    void deletesComeBeforeInserts() throws Exception {
        given("CREATE TABLE t(k TEXT PRIMARY KEY, v)", "INSERT INTO t VALUES ('a', 1), ('b', 2), ('c', 3)");
        assertThat(after(
                        "INSERT INTO t VALUES ('d', 4)",
                        "DELETE FROM t WHERE k = 'c'",
                        "UPDATE t SET k = 'e' WHERE k = 'a'"))
                .startsWith("-t (#1, 'a', 1)", "-t (#3, 'c', 3)");
    }

    @Test
    void compositeAndRealKeysAreCompared() throws Exception {
        given("CREATE TABLE t(v, r REAL, i INT, PRIMARY KEY(i, r))", "INSERT INTO t VALUES ('x', 2, 1), ('y', 2.5, 1)");
        assertThat(after("REPLACE INTO t VALUES ('z', 2.0, 1)"))
                .containsExactly("~t (#3, 'x', 2.0, 1) -> (#3, 'z', 2.0, 1)");
    }

    @Test
    void rowsWithNullInTheKeyAreKnownByRowid() throws Exception {
        given("CREATE TABLE t(k TEXT PRIMARY KEY, v)", "INSERT INTO t VALUES (NULL, 1), (NULL, 2)");
        assertThat(after("UPDATE t SET v = 3 WHERE v = 1")).containsExactly("~t (#1, null, 1) -> (#1, null, 3)");
        assertThat(after("DELETE FROM t WHERE v = 2", "INSERT INTO t(rowid, k, v) VALUES (9, NULL, 2)"))
                .containsExactly("-t (#2, null, 2)", "+t (#9, null, 2)");
    }

    @Test
    void integerPrimaryKeyDescIsAKeyBesideTheRowid() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY DESC, v)", "INSERT INTO t VALUES (5, 'a')");
        assertThat(after("UPDATE t SET id = 6")).containsExactly("-t (#1, 5, 'a')", "+t (#1, 6, 'a')");
    }

    @Test
    void withoutRowidRowsAreKnownByTheirKey() throws Exception {
        given("CREATE TABLE t(v, k TEXT, n INT, PRIMARY KEY(n DESC, k)) WITHOUT ROWID");
        assertThat(after("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 1)"))
                .containsExactlyInAnyOrder("+t (1, 'a', 1)", "+t (2, 'b', 1)");
        assertThat(after("UPDATE t SET v = 9 WHERE k = 'a'")).containsExactly("~t (1, 'a', 1) -> (9, 'a', 1)");
        assertThat(after("UPDATE t SET n = 2 WHERE k = 'b'")).containsExactly("-t (2, 'b', 1)", "+t (2, 'b', 2)");
    }

    @Test
    void rowsInInteriorPagesOfAWithoutRowidTableAreSeen() throws Exception {
        given("CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT) WITHOUT ROWID");
        given(DecoderCasesTest.series("INSERT INTO t SELECT i, printf('%0100d', i) FROM n", 5000));
        List<String> events = after("UPDATE t SET v = 'x'");
        assertThat(events).hasSize(5000).allMatch(e -> e.startsWith("~t"));
        assertThat(after("DELETE FROM t WHERE k % 2 = 0")).hasSize(2500).allMatch(e -> e.startsWith("-t"));
        assertThat(after("DELETE FROM t")).hasSize(2500).allMatch(e -> e.startsWith("-t"));
    }

    @Test
    void longRowsOfAWithoutRowidTableAreFollowed() throws Exception {
        given("CREATE TABLE t(k TEXT PRIMARY KEY, v) WITHOUT ROWID");
        given(DecoderCasesTest.series("INSERT INTO t SELECT printf('%0200d', i), zeroblob(9000) FROM n", 100));
        assertThat(after("UPDATE t SET v = CAST(substr(v, 1, 8000) || x'01' || substr(v, 8002) AS BLOB)"))
                .hasSize(100)
                .allMatch(e -> e.startsWith("~t"));
    }

    @Test
    void aKeyThatChangesItsCaseIsAnotherIdentity() throws Exception {
        given("CREATE TABLE t(k TEXT COLLATE NOCASE PRIMARY KEY, v) WITHOUT ROWID", "INSERT INTO t VALUES ('a', 1)");
        assertThat(after("UPDATE t SET k = 'A'")).containsExactly("-t ('a', 1)", "+t ('A', 1)");
    }

    @Test
    void vacuumOfTablesWithAKeyIsNothing() throws Exception {
        given(
                "CREATE TABLE a(id INTEGER PRIMARY KEY, v)",
                "CREATE TABLE b(k TEXT PRIMARY KEY, v)",
                "CREATE TABLE c(k TEXT PRIMARY KEY, v) WITHOUT ROWID");
        for (String table : List.of("a", "b", "c")) {
            given(DecoderCasesTest.series("INSERT INTO " + table + " SELECT i, zeroblob(i % 3000) FROM n", 500));
            given("DELETE FROM " + table + " WHERE length(v) % 3 = 0");
        }
        db.execute("VACUUM");
        assertThat(events()).isEmpty();
        assertThat(after("UPDATE b SET v = 1 WHERE k = '1'")).hasSize(1);
    }

    @Test
    void vacuumOfATableWithoutKeyMovesItsRowids() throws Exception {
        given("CREATE TABLE t(v)", "INSERT INTO t VALUES ('a'), ('b'), ('c'), ('d')", "DELETE FROM t WHERE v = 'b'");
        db.execute("VACUUM");
        assertThat(events()).containsExactly("+t (#2, 'c')", "~t (#3, 'c') -> (#3, 'd')", "-t (#4, 'd')");
    }
}
