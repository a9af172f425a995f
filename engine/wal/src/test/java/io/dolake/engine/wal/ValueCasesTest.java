/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.Operation;
import java.sql.PreparedStatement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests values at the ends of their ranges, and tables whose rows SQLite computes or checks. */
class ValueCasesTest extends CaseBase {
    private static final int HUGE_BYTES = 100 * 1024 * 1024;

    @Test
    void numbersAtTheEndsOfTheirRangesAreExact() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a, r REAL)");
        double[] numbers = {
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            -0.0,
            Double.MIN_VALUE,
            -Double.MAX_VALUE,
            9007199254740992.0
        };
        try (PreparedStatement insert = db.connection().prepareStatement("INSERT INTO t(a, r) VALUES (?, ?)")) {
            for (double number : numbers) {
                insert.setDouble(1, number);
                insert.setDouble(2, number);
                insert.execute();
            }
        }
        // SQLite stores NaN as NULL, and a real that is whole as an integer, which has no -0.
        assertThat(events())
                .containsExactly(
                        "+t (1, null, null)",
                        "+t (2, Infinity, Infinity)",
                        "+t (3, -Infinity, -Infinity)",
                        "+t (4, -0.0, 0.0)",
                        "+t (5, 4.9E-324, 4.9E-324)",
                        "+t (6, -1.7976931348623157E308, -1.7976931348623157E308)",
                        "+t (7, 9.007199254740992E15, 9.007199254740992E15)");
    }

    @Test
    void rowidsAtTheEndsOfTheirRangeAreInOrder() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
        assertThat(after("INSERT INTO t VALUES (9223372036854775807, 1), (-9223372036854775808, 2), (0, 3), (-1, 4)"))
                .containsExactly(
                        "+t (-9223372036854775808, 2)", "+t (-1, 4)", "+t (0, 3)", "+t (9223372036854775807, 1)");
    }

    @Test
    void emptyValuesAreNotNull() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a, b TEXT)", "CREATE TABLE w(k TEXT PRIMARY KEY) WITHOUT ROWID");
        assertThat(after("INSERT INTO t VALUES (1, x'', ''), (2, NULL, NULL)", "INSERT INTO w VALUES ('')"))
                .containsExactly("+t (1, x, '')", "+t (2, null, null)", "+w ('')");
    }

    @Test
    void valuesOfAHundredMegabytesAreWhole() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
        db.execute("INSERT INTO t VALUES (1, zeroblob(" + HUGE_BYTES + "))");
        RowSums inserted = new RowSums();
        db.poll(inserted);
        RowSums expected = new RowSums();
        byte[] value = new byte[HUGE_BYTES];
        expected.add(Operation.CREATE, 1, value);
        assertThat(inserted).hasToString(expected.toString());
        db.execute("UPDATE t SET a = CAST(substr(a, 1, 99000000) || x'07' || substr(a, 99000002) AS BLOB)");
        value[99_000_000] = 7;
        RowSums updated = new RowSums();
        db.poll(updated);
        RowSums expectedUpdate = new RowSums();
        expectedUpdate.add(Operation.UPDATE, 1, value);
        assertThat(updated).hasToString(expectedUpdate.toString());
    }

    @Test
    void rowsOfAStrictTableHaveTheTypesOfItsColumns() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, i INT, r REAL, s TEXT, b BLOB, x ANY) STRICT");
        assertThat(after("INSERT INTO t VALUES (1, '12', 3, 4, x'05', '006')"))
                .containsExactly("+t (1, 12, 3.0, '4', x05, '006')");
        assertThat(after("UPDATE t SET r = 2.0, x = 6"))
                .containsExactly("~t (1, 12, 3.0, '4', x05, '006') -> (1, 12, 2.0, '4', x05, 6)");
    }

    @Test
    void aStoredGeneratedColumnFollowsItsSource() throws Exception {
        given(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v AS (a + 1), a, s AS (a * 2) STORED, z)",
                "INSERT INTO t(id, a, z) VALUES (1, 5, 'z')");
        assertThat(after("UPDATE t SET a = 6")).containsExactly("~t (1, null, 5, 10, 'z') -> (1, null, 6, 12, 'z')");
        assertThat(after("ALTER TABLE t ADD COLUMN y AS (z || '!')", "UPDATE t SET z = 'q'"))
                .containsExactly("ALTER table t", "~t (1, null, 6, 12, 'z') -> (1, null, 6, 12, 'q', null)");
    }

    @Test
    void tablesOfAnRtreeHaveNoRows() throws Exception {
        List<String> created =
                after("CREATE VIRTUAL TABLE rt USING rtree(id, x0, x1)", "INSERT INTO rt VALUES (1, 2, 3)");
        assertThat(created).contains("CREATE table rt").noneMatch(e -> e.startsWith("+"));
        assertThat(after("INSERT INTO rt VALUES (2, 4, 5)", "DELETE FROM rt WHERE id = 1"))
                .isEmpty();
        assertThat(db.decoder().tables()).isEmpty();
    }

    @Test
    void aSavepointThatWasKeptIsPartOfItsTransaction() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY)");
        assertThat(after(
                        "SAVEPOINT a",
                        "INSERT INTO t VALUES (1)",
                        "SAVEPOINT b",
                        "INSERT INTO t VALUES (2)",
                        "RELEASE b",
                        "INSERT INTO t VALUES (3)",
                        "ROLLBACK TO a",
                        "INSERT INTO t VALUES (4)",
                        "SAVEPOINT c",
                        "INSERT INTO t VALUES (5)",
                        "RELEASE a"))
                .containsExactly("+t (4)", "+t (5)");
    }
}
