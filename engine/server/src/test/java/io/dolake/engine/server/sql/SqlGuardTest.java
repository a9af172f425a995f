/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.server.sql.SqlGuard.Pragma;
import io.dolake.engine.server.sqltext.SqlText;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the statements that are refused before SQLite runs them, in every spelling, and harmless ones that look
 * similar.
 */
class SqlGuardTest {
    private static void run(String sql) {
        SqlText text = SqlText.of(sql);
        SqlGuard.check(text, true);
        if (text.kind() == SqlText.Kind.PRAGMA) {
            SqlGuard.pragma(text);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // D3
                "VACUUM \"main\" INTO '/tmp/x'",
                "VACUUM main INTO '/tmp/x'",
                "vacuum/**/[main]/**/into'/tmp/x'",
                "EXPLAIN VACUUM `main` INTO '/tmp/x'",
                "VACUUM 'main' INTO ?",
                "attach 'x' as y",
                "explain attach 'x' as y",
                "EXPLAIN QUERY PLAN ATTACH 'x' AS y",
                "detach main",
                // SQLite lets blanks go on with a vertical tab
                " \u000BATTACH 'x' AS y",
                "\t\u000B \u000B\u000Battach 'x' as y",
                " \u000BVACUUM INTO '/tmp/x'",
                "EXPLAIN \u000BATTACH 'x' AS y",
                "EXPLAIN \u000BPRAGMA synchronous = ''",
                // a number of hexadecimal digits ends at a sign
                "SELECT 0x1e+padl('a', 9)",
                "SELECT 0XE-replicate('a', 9)",
                // D2
                "SELECT padl('a', 4294967296)",
                "SELECT \"padl\"('a', 5)",
                "SELECT [PADR]('a', 5)",
                "SELECT `padc` ('a', 5)",
                "SELECT replicate /* c */ ('a', 5)",
                "SELECT 1 WHERE EXISTS (SELECT padl('a', 5))",
                "CREATE VIEW v AS SELECT padl(a, 5) FROM t",
                "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO t VALUES (padl(1, 2)); END",
                "CREATE TABLE t (a, b AS (padl(a, 5)))",
                "CREATE TABLE t (a DEFAULT (reverse('a')))",
                "CREATE INDEX i ON t (proper(a))",
                "SELECT * FROM t JOIN u ON padl(a, 5)",
                "EXPLAIN SELECT mode(a) FROM t",
                "WITH x AS (SELECT charindex('a', 'b')) SELECT * FROM x",
                "SELECT load_extension('x')",
                "SELECT fts3_tokenizer('simple', x'00')",
                "SELECT fts5(?)",
                "SELECT rtreenode(2, x'00')",
                "CREATE VIRTUAL TABLE x USING dbstat",
                "CREATE VIRTUAL TABLE x USING \"csv\"(a)",
                // D4, D5
                "PRAGMA schema_version = ''",
                "PRAGMA schema_version = \"\"",
                "PRAGMA schema_version('')",
                "PRAGMA main.schema_version=[]",
                "PRAGMA synchronous = ''",
                "PRAGMA \"synchronous\" = ''",
                "PRAGMA 'synchronous'(``)",
                "PRAGMA synchronous =",
                "PRAGMA synchronous (",
                "PRAGMA journal_mode = ''",
                "PRAGMA temp.journal_mode('')",
                "EXPLAIN PRAGMA synchronous = ''",
                "PRAGMA writable_schema",
                "PRAGMA trusted_schema = ON",
                "PRAGMA temp_store_directory = '/tmp'",
                "PRAGMA hard_heap_limit = 1",
                "PRAGMA ignore_check_constraints = 1",
                "PRAGMA cell_size_check = 0",
                "PRAGMA \"sync\"\"hronous\" = 1"
            })
    void isRefused(String sql) {
        assertThatThrownBy(() -> run(sql))
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STATEMENT_NOT_ALLOWED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "VACUUM",
                "VACUUM main",
                "INSERT INTO t VALUES ('VACUUM INTO', 'ATTACH', 'padl(')",
                "INSERT INTO t VALUES ('_wal_segments', 'pragma_optimize')",
                "SELECT 'padl', \"padl\", mode FROM padl",
                "CREATE TABLE mode (id)",
                "CREATE TABLE IF NOT EXISTS reverse (id)",
                "INSERT INTO square (a) VALUES (1)",
                "INSERT INTO main.proper(a) VALUES (1)",
                "CREATE INDEX i ON mode (a)",
                "CREATE UNIQUE INDEX i ON mode (a)",
                "CREATE TABLE t (a REFERENCES mode (id))",
                "CREATE VIEW mode(a, b) AS SELECT 1, 2",
                "WITH mode(a) AS (SELECT 1) SELECT a FROM mode",
                "CREATE VIRTUAL TABLE x USING fts5(a)",
                "CREATE VIRTUAL TABLE IF NOT EXISTS x USING rtree(id, a, b)",
                "SELECT upper('a'), median(a), stddev FROM t",
                "SELECT a FROM attach",
                "UPDATE t SET into_ = 1",
                "PRAGMA table_info('t')",
                "PRAGMA synchronous",
                "PRAGMA query_only = 1"
            })
    void isNotRefused(String sql) {
        run(sql);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pragma user_version = 5 | WRITE",
                "pragma foreign_keys | READ",
                "pragma foreign_keys = 0 | SESSION",
                "pragma wal_checkpoint(full) | CHECKPOINT",
                "pragma page_count | READ"
            })
    void pragmasAreTold(String sql, Pragma pragma) {
        assertThat(SqlGuard.pragma(SqlText.of(sql))).isEqualTo(pragma);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INSERT INTO f_data VALUES (1, x'00') | F_DATA",
                "REPLACE INTO \"f_data\" VALUES (1, x'00') | F_DATA",
                "INSERT OR REPLACE INTO main.[f_data] VALUES (1, x'00') | F_DATA",
                "UPDATE OR IGNORE f_segdir SET level = 1 | F_SEGDIR",
                "UPDATE main . f_idx SET term = 1 | F_IDX",
                "DELETE FROM 'f_content' | F_CONTENT",
                "DROP TABLE IF EXISTS f_node | F_NODE",
                "ALTER TABLE f_config ADD COLUMN x | F_CONFIG",
                "WITH a AS (SELECT 1) DELETE FROM f_stat | F_STAT",
                "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM f_rowid; END | F_ROWID",
                "CREATE TRIGGER g AFTER INSERT ON f_parent BEGIN SELECT 1; END | F_PARENT"
            })
    void targetsThatMayBelongToAVirtualTableAreFound(String sql, String table) {
        assertThat(SqlText.of(sql).shadows()).containsExactly(table);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO t SELECT * FROM f_data",
                "SELECT a.f_data FROM t a",
                "UPDATE t SET my_data = 1",
                "INSERT INTO t (my_data) VALUES ('f_data')"
            })
    void whatIsOnlyReadIsNoTarget(String sql) {
        assertThat(SqlText.of(sql).shadows()).isEmpty();
    }
}
