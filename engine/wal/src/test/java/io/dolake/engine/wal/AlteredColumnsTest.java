/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.ColumnSchema;
import org.junit.jupiter.api.Test;

/** Columns that go, come and change their names: which values of existing rows are others afterwards. */
class AlteredColumnsTest extends CaseBase {

    /** A1: SQLite does not touch the row, whose record is as short before as after. */
    @Test
    void aColumnDroppedAndAddedInOneTransactionIsAnother() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "INSERT INTO t VALUES (1, 5)");
        given("ALTER TABLE t ADD COLUMN c TEXT DEFAULT 'old'");
        assertThat(after("ALTER TABLE t DROP COLUMN c", "ALTER TABLE t ADD COLUMN c TEXT DEFAULT 'new'"))
                .containsExactly("ALTER table t", "~t (1, 5, 'old') -> (1, 5, 'new')");
        given("INSERT INTO t VALUES (2, 2, 'mine')");
        assertThat(after("ALTER TABLE t DROP COLUMN c", "ALTER TABLE t ADD COLUMN c TEXT DEFAULT 'third'"))
                .containsExactly(
                        "ALTER table t", "~t (1, 5, 'new') -> (1, 5, 'third')", "~t (2, 2, 'mine') -> (2, 2, 'third')");
    }

    @Test
    void theSameInATableWithoutRowidAndOneWithAKeyBesideIt() throws Exception {
        given("CREATE TABLE w(k TEXT PRIMARY KEY, a) WITHOUT ROWID", "CREATE TABLE k(k TEXT PRIMARY KEY, a)");
        given("INSERT INTO w VALUES ('x', 5)", "INSERT INTO k VALUES ('x', 5)");
        for (String table : new String[] {"w", "k"}) {
            given("ALTER TABLE " + table + " ADD COLUMN c DEFAULT 1");
        }
        assertThat(after("ALTER TABLE w DROP COLUMN c", "ALTER TABLE w ADD COLUMN c DEFAULT 2"))
                .containsExactly("ALTER table w", "~w ('x', 5, 1) -> ('x', 5, 2)");
        assertThat(after("ALTER TABLE k DROP COLUMN c", "ALTER TABLE k ADD COLUMN c DEFAULT 2"))
                .containsExactly("ALTER table k", "~k (#1, 'x', 5, 1) -> (#1, 'x', 5, 2)");
    }

    /**
     * The record (8, 5) means c = 5, b = 5 by default before, and b = 5, c = 7 by default after: not a byte of it
     * changes.
     */
    @Test
    void aColumnThatComesBackInAnotherPlaceIsAnother() throws Exception {
        given("CREATE TABLE t(a INTEGER, c INTEGER)", "INSERT INTO t VALUES (8, 5)");
        given("ALTER TABLE t ADD COLUMN b INTEGER DEFAULT 5");
        assertThat(after("ALTER TABLE t DROP COLUMN c", "ALTER TABLE t ADD COLUMN c INTEGER DEFAULT 7"))
                .containsExactly("ALTER table t", "~t (#1, 8, 5, 5) -> (#1, 8, 5, 7)");
    }

    @Test
    void columnsThatExchangeTheirNamesExchangeTheirValues() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a, b)", "INSERT INTO t VALUES (1, 'a', 'b'), (2, 'x', 'x')");
        assertThat(after(
                        "ALTER TABLE t RENAME COLUMN a TO x",
                        "ALTER TABLE t RENAME COLUMN b TO a",
                        "ALTER TABLE t RENAME COLUMN x TO b"))
                .containsExactly("ALTER table t", "~t (1, 'a', 'b') -> (1, 'a', 'b')");
        assertThat(db.decoder().tables().get("t").columns().get(1).name()).isEqualTo("b");
    }

    /** The column c of before is gone, and what is called c after was b. */
    @Test
    void aNameTakenOverFromADroppedColumnBringsTheValuesOfItsNewOwner() throws Exception {
        given("CREATE TABLE t(a, b DEFAULT 5)", "INSERT INTO t VALUES (8, 7)");
        given("ALTER TABLE t ADD COLUMN c DEFAULT 5");
        assertThat(after("ALTER TABLE t DROP COLUMN c", "ALTER TABLE t RENAME COLUMN b TO c"))
                .containsExactly("ALTER table t", "~t (#1, 8, 7, 5) -> (#1, 8, 7)");
    }

    @Test
    void aColumnDroppedAndAddedWithTheSameDefaultChangesOnlyRowsThatHadAnother() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "INSERT INTO t VALUES (1, 5)");
        given("ALTER TABLE t ADD COLUMN c DEFAULT 3", "INSERT INTO t VALUES (2, 2, 4)");
        assertThat(after("ALTER TABLE t DROP COLUMN c", "ALTER TABLE t ADD COLUMN c DEFAULT 3"))
                .containsExactly("~t (2, 2, 4) -> (2, 2, 3)");
    }

    /** A8: no row changes, and the table is the same one. */
    @Test
    void aColumnRenamedInTheCaseOfItsLettersIsTheSameColumn() throws Exception {
        given("CREATE TABLE t(id TEXT PRIMARY KEY, a, b)", "INSERT INTO t VALUES ('k', 1, 2)");
        assertThat(after("ALTER TABLE t RENAME COLUMN a TO A", "ALTER TABLE t RENAME COLUMN id TO ID"))
                .containsExactly("ALTER table t");
        assertThat(db.decoder().tables().get("t").columns())
                .extracting(ColumnSchema::name)
                .containsExactly("ID", "A", "b");
        assertThat(after("UPDATE t SET A = 3")).containsExactly("~t (#1, 'k', 1, 2) -> (#1, 'k', 3, 2)");
    }

    /** A8: the same by way of a new table, where the column has another place too. */
    @Test
    void aRebuiltTableKnowsItsColumnsInAnySpelling() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a DEFAULT 9, b)", "INSERT INTO t VALUES (1, 2, 3)");
        assertThat(after(
                        "CREATE TABLE new(ID INTEGER PRIMARY KEY, B, A)",
                        "INSERT INTO new SELECT id, b, a FROM t",
                        "DROP TABLE t",
                        "ALTER TABLE new RENAME TO T"))
                .containsExactly("ALTER table T from t");
    }

    @Test
    void aTableRenamedInTheCaseOfItsLettersIsTheSameTable() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        assertThat(after("ALTER TABLE t RENAME TO x", "ALTER TABLE x RENAME TO T", "INSERT INTO t VALUES (2)"))
                .containsExactly("ALTER table T from t", "+T (2)");
        assertThat(after("DROP TABLE T", "CREATE TABLE t(id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (2)"))
                .containsExactly("ALTER table t from T", "-T (1)");
    }

    /** A5: to Java these are two names each, or one; to SQLite they are two. */
    @Test
    void lettersOutsideAsciiDoNotFold() throws Exception {
        given(
                "CREATE TABLE \"ä\"(id INTEGER PRIMARY KEY, ö, Ö)",
                "CREATE TABLE \"Ä\"(id INTEGER PRIMARY KEY, k, \"\u212A\")");
        assertThat(after("INSERT INTO ä VALUES (1, 2, 3)", "INSERT INTO Ä VALUES (4, 5, 6)"))
                .containsExactly("+ä (1, 2, 3)", "+Ä (4, 5, 6)");
        assertThat(after("ALTER TABLE ä RENAME COLUMN ö TO x", "ALTER TABLE ä RENAME COLUMN Ö TO ö"))
                .containsExactly("ALTER table ä", "~ä (1, 2, 3) -> (1, 2, 3)");
        assertThat(after("DROP TABLE Ä")).containsExactly("DROP table Ä");
    }

    /** A6: names that are legal. */
    @Test
    void theEmptyNameIsAName() throws Exception {
        given("CREATE TABLE \"\"(id INTEGER PRIMARY KEY, \"\" TEXT, \" \")");
        assertThat(after("INSERT INTO \"\" VALUES (1, 'a', 2)")).containsExactly("+ (1, 'a', 2)");
        assertThat(after("ALTER TABLE \"\" ADD COLUMN b DEFAULT 4", "UPDATE \"\" SET \"\" = 'c'"))
                .containsExactly("ALTER table ", "~ (1, 'a', 2) -> (1, 'c', 2, 4)");
        assertThat(after("ALTER TABLE \"\" RENAME COLUMN \"\" TO \"a\"", "ALTER TABLE \"\" RENAME TO t"))
                .containsExactly("ALTER table t from ");
        assertThat(after("ALTER TABLE t RENAME TO \"\"", "DROP TABLE \"\"")).containsExactly("DROP table t");
    }

    @Test
    void namesThatLookLikeSomethingElseAreNames() throws Exception {
        given("CREATE TABLE \"a\"\"b'c]d`e\nf;--\"(\"x\"\"y\" DEFAULT 1, \"/*\")");
        String table = "a\"b'c]d`e\nf;--";
        assertThat(after("INSERT INTO \"a\"\"b'c]d`e\nf;--\" VALUES (1, 2)"))
                .containsExactly("+" + table + " (#1, 1, 2)");
        given("CREATE TABLE one_row(rowid, oid, _rowid_, \"select\")");
        assertThat(after("INSERT INTO one_row VALUES (1, 2, 3, 4)")).containsExactly("+one_row (#1, 1, 2, 3, 4)");
    }
}
