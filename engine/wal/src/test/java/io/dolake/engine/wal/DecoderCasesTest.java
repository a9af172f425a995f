/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One rule per test, each a transaction or two. */
class DecoderCasesTest {
    @TempDir
    Path directory;

    private TestDatabase db;

    @BeforeEach
    void open() throws SQLException, IOException {
        db = new TestDatabase(directory);
    }

    @AfterEach
    void close() throws SQLException, IOException {
        db.close();
    }

    private List<String> events() throws IOException {
        Events events = new Events();
        db.poll(events);
        return events.lines();
    }

    private void given(String... statements) throws SQLException, IOException {
        db.execute(statements);
        events();
    }

    private List<String> after(String... statements) throws SQLException, IOException {
        db.transaction(statements);
        return events();
    }

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
}
