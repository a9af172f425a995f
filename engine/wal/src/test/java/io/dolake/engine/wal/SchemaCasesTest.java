/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Schema changes in the stream, alone and beside rows. */
class SchemaCasesTest extends CaseBase {

    @Test
    void createComesBeforeTheRows() throws Exception {
        assertThat(after("CREATE TABLE t(id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)"))
                .containsExactly("CREATE table t", "+t (1)");
    }

    @Test
    void createTableAsIsACreateWithRows() throws Exception {
        given("CREATE TABLE t(a)", "INSERT INTO t VALUES (1), ('x')");
        assertThat(after("CREATE TABLE u AS SELECT * FROM t"))
                .containsExactly("CREATE table u", "+u (#1, 1)", "+u (#2, 'x')");
    }

    @Test
    void anAddedColumnShowsItsDefaultOnBothSides() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, b)", "INSERT INTO t VALUES (1, 1), (2, 2)");
        assertThat(after("ALTER TABLE t ADD COLUMN c TEXT DEFAULT 'dd'")).containsExactly("ALTER table t");
        assertThat(after("UPDATE t SET b = 3 WHERE id = 1")).containsExactly("~t (1, 1, 'dd') -> (1, 3, 'dd')");
    }

    @Test
    void aRenamedColumnIsNoRowChange() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, b)", "INSERT INTO t VALUES (1, 1)");
        assertThat(after("ALTER TABLE t RENAME COLUMN b TO c")).containsExactly("ALTER table t");
        assertThat(db.decoder().tables().get("t").columns().get(1).name()).isEqualTo("c");
    }

    @Test
    void aDroppedColumnIsNoRowChangeThoughRowsAreRewritten() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, b, c)", "INSERT INTO t VALUES (1, 1, 2), (2, 3, 4)");
        assertThat(after("ALTER TABLE t DROP COLUMN b")).containsExactly("ALTER table t");
        assertThat(after("UPDATE t SET c = 5 WHERE id = 2")).containsExactly("~t (2, 4) -> (2, 5)");
    }

    @Test
    void rowsChangedBesideADroppedColumnAreSeen() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, b, c)", "INSERT INTO t VALUES (1, 1, 2), (2, 3, 4)");
        assertThat(after("ALTER TABLE t DROP COLUMN b", "UPDATE t SET c = 9 WHERE id = 2"))
                .containsExactly("ALTER table t", "~t (2, 3, 4) -> (2, 9)");
    }

    @Test
    void aRenamedTableIsTheSameTable() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        assertThat(after("ALTER TABLE t RENAME TO u", "INSERT INTO u VALUES (2)"))
                .containsExactly("ALTER table u from t", "+u (2)");
    }

    @Test
    void aDroppedTableGivesNoDeletes() throws Exception {
        given(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, a)",
                DecoderCasesTest.series("INSERT INTO t SELECT i, zeroblob(5000) FROM n", 300));
        assertThat(after("DROP TABLE t")).containsExactly("DROP table t");
        assertThat(after("CREATE TABLE u(id INTEGER PRIMARY KEY, a)", "INSERT INTO u VALUES (1, zeroblob(9))"))
                .containsExactly("CREATE table u", "+u (1, x000000000000000000)");
    }

    @Test
    void aRebuiltTableIsAltered() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a, b)", "INSERT INTO t VALUES (1, 1, 2), (2, 3, 4)");
        assertThat(after(
                        "CREATE TABLE new(id INTEGER PRIMARY KEY, b, a)",
                        "INSERT INTO new SELECT id, b, a FROM t",
                        "DROP TABLE t",
                        "ALTER TABLE new RENAME TO t",
                        "UPDATE t SET a = 7 WHERE id = 2"))
                .containsExactly("ALTER table t", "~t (2, 3, 4) -> (2, 4, 7)");
    }

    @Test
    void aTableRebuiltWithAnotherKeyIsAnotherTable() throws Exception {
        given("CREATE TABLE t(a INTEGER PRIMARY KEY, b)", "INSERT INTO t VALUES (1, 2)");
        assertThat(after(
                        "CREATE TABLE new(a, b INTEGER PRIMARY KEY)",
                        "INSERT INTO new SELECT * FROM t",
                        "DROP TABLE t",
                        "ALTER TABLE new RENAME TO t"))
                .containsExactly("DROP table t", "CREATE table t", "+t (1, 2)");
    }

    @Test
    void aTableDroppedAndMadeAnewIsComparedRowByRow() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
        assertThat(after(
                        "DROP TABLE t",
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, a)",
                        "INSERT INTO t VALUES (2, 2), (3, 4)"))
                .containsExactly("-t (1, 1)", "~t (3, 3) -> (3, 4)");
    }

    @Test
    void anotherTableInTheSamePlaceIsNoRename() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "INSERT INTO t VALUES (1, 1)");
        assertThat(after(
                        "DROP TABLE t",
                        "CREATE TABLE u(id INTEGER PRIMARY KEY, x, y)",
                        "INSERT INTO u VALUES (1, 1, 1)"))
                .containsExactly("DROP table t", "CREATE table u", "+u (1, 1, 1)");
    }

    @Test
    void manySchemaChangesAndRowsInOneTransaction() throws Exception {
        given(
                "CREATE TABLE a(id INTEGER PRIMARY KEY, v)",
                "CREATE TABLE b(id INTEGER PRIMARY KEY)",
                "INSERT INTO a VALUES (1, 'x')");
        assertThat(after(
                        "ALTER TABLE a ADD COLUMN w DEFAULT 5",
                        "INSERT INTO a VALUES (2, 'y', 6)",
                        "DROP TABLE b",
                        "CREATE TABLE c(id INTEGER PRIMARY KEY)",
                        "INSERT INTO c VALUES (1)",
                        "ALTER TABLE a RENAME TO d",
                        "ALTER TABLE d RENAME COLUMN v TO z",
                        "CREATE INDEX i ON d(z)",
                        "UPDATE d SET z = 'q' WHERE id = 1"))
                .containsExactly(
                        "DROP table b",
                        "ALTER table d from a",
                        "CREATE table c",
                        "CREATE index i",
                        "~d (1, 'x') -> (1, 'q', 5)",
                        "+d (2, 'y', 6)",
                        "+c (1)");
    }

    @Test
    void indexesViewsAndTriggersAreToldButHaveNoRows() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "INSERT INTO t VALUES (1, 1)");
        assertThat(after(
                        "CREATE INDEX i ON t(a)",
                        "CREATE VIEW v AS SELECT * FROM t",
                        "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END"))
                .containsExactly("CREATE index i", "CREATE view v", "CREATE trigger g");
        assertThat(after("DROP INDEX i", "DROP VIEW v", "DROP TRIGGER g"))
                .containsExactly("DROP index i", "DROP view v", "DROP trigger g");
    }

    @Test
    void virtualTablesAndTheirShadowTablesHaveNoRows() throws Exception {
        List<String> created = after("CREATE VIRTUAL TABLE ft USING fts5(body)");
        assertThat(created).contains("CREATE table ft").noneMatch(e -> e.startsWith("+"));
        assertThat(after("INSERT INTO ft VALUES ('some words')")).isEmpty();
        assertThat(db.decoder().tables()).isEmpty();
    }

    @Test
    void aSchemaKnowsTheTransactionThatMadeIt() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY)", "CREATE TABLE u(id INTEGER PRIMARY KEY)");
        Lsn created = db.decoder().tables().get("t").schemaLsn();
        assertThat(created.isAfter(Lsn.ZERO)).isTrue();
        given("INSERT INTO t VALUES (1)", "ALTER TABLE t ADD COLUMN a", "VACUUM");
        TableSchema altered = db.decoder().tables().get("t");
        assertThat(altered.schemaLsn().isAfter(created)).isTrue();
        db.restartDecoder();
        assertThat(db.decoder().tables().get("t")).isEqualTo(altered);
    }

    @Test
    void theSchemaMayBeLongerThanAPage() throws Exception {
        for (int i = 0; i < 60; i++) {
            given("CREATE TABLE t" + i + "(id INTEGER PRIMARY KEY, \"" + "c".repeat(i * 100) + "\")");
        }
        assertThat(after("ALTER TABLE t59 RENAME TO x59", "INSERT INTO t7 VALUES (1, 2)"))
                .containsExactly("ALTER table x59 from t59", "+t7 (1, 2)");
        assertThat(db.decoder().tables()).hasSize(60);
    }
}
