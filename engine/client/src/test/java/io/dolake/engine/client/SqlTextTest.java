/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlTextTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "select 1|QUERY",
                " /* x */ VALUES (1)|QUERY",
                "PRAGMA table_list|QUERY",
                "EXPLAIN QUERY PLAN DELETE FROM t|QUERY",
                "WITH a AS (SELECT 1) SELECT * FROM a|QUERY",
                "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a|OTHER",
                "WITH a(x) AS (VALUES (')')) DELETE FROM t|OTHER",
                "begin immediate|BEGIN",
                "COMMIT;|END",
                "END TRANSACTION|END",
                "ROLLBACK|END",
                "ROLLBACK TRANSACTION TO SAVEPOINT s|OTHER",
                "ROLLBACK TO s|OTHER",
                "SAVEPOINT s|OTHER",
                "INSERT INTO t SELECT 1|OTHER",
                "INSERT INTO \"select\" VALUES (1)|OTHER",
                "/* never ends|OTHER",
                ";|OTHER"
            })
    void tellsTheKindOfAStatement(String sql, SqlText.Kind kind) {
        assertThat(SqlText.kind(sql)).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT ?, (?)|2",
                "SELECT '?', \"?\", [?], `?`|0",
                "SELECT 'it''s ?', ?|1",
                "SELECT ? -- ?|1",
                "SELECT /* ? */ ?|1",
                "SELECT ?3, ?1|3",
                "SELECT :a, @b, $c, ?|1"
            })
    void countsParameters(String sql, int count) {
        assertThat(SqlText.parameters(sql)).isEqualTo(count);
    }

    @Test
    void skipsCommentsToTheEndOfTheLine() {
        assertThat(SqlText.kind("-- don't INSERT\nSELECT 1")).isEqualTo(SqlText.Kind.QUERY);
    }

    @Test
    void isSureOfReadsOnly() {
        assertThat(SqlText.onlyReads("SELECT 1")).isTrue();
        assertThat(SqlText.onlyReads("WITH a AS (SELECT 1) DELETE FROM t")).isFalse();
        assertThat(SqlText.onlyReads("PRAGMA user_version = 1")).isFalse();
        assertThat(SqlText.onlyReads("INSERT INTO t SELECT 1")).isFalse();
    }

    @Test
    void tellsWhatChangesRows() {
        assertThat(SqlText.changesRows("/* x */ replace into t values (1)")).isTrue();
        assertThat(SqlText.changesRows("WITH a AS (SELECT 1) UPDATE t SET a = 1"))
                .isTrue();
        assertThat(SqlText.changesRows("WITH a AS (DELETE FROM t) SELECT 1")).isFalse();
        assertThat(SqlText.changesRows("EXPLAIN DELETE FROM t")).isFalse();
        assertThat(SqlText.changesRows("CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END"))
                .isFalse();
        assertThat(SqlText.changesRows("")).isFalse();
    }

    @Test
    void quotesAnyName() {
        assertThat(SqlText.quote("a\"b")).isEqualTo("\"a\"\"b\"");
    }

    @Test
    void tellsWhatMayReturnRows() {
        assertThat(SqlText.mayReturnRows("select 1")).isTrue();
        assertThat(SqlText.mayReturnRows("pragma page_count")).isTrue();
        assertThat(SqlText.mayReturnRows("INSERT INTO t VALUES (1) RETURNING id"))
                .isTrue();
        assertThat(SqlText.mayReturnRows("with a as (select 1) delete from t returning *"))
                .isTrue();
        assertThat(SqlText.mayReturnRows("insert into t values ('returning')")).isFalse();
        assertThat(SqlText.mayReturnRows("create table t(a)")).isFalse();
        assertThat(SqlText.mayReturnRows("begin")).isFalse();
    }
}
