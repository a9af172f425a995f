/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqltext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.server.sqltext.SqlText.Kind;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select 1 | READ",
                "/* d */ ; ; SELECT 1 ; | READ",
                "values (1) | READ",
                "with a as (select 1) select * from a | READ",
                "with a as (select 1) insert into t select * from a | WRITE",
                "with a(x) as (values (1)) delete from t where b in (select x from a) | WRITE",
                "explain query plan delete from t | READ",
                "explain pragma journal_mode | PRAGMA",
                "insert into t values (1) | WRITE",
                "vacuum | WRITE",
                "begin exclusive transaction | BEGIN",
                "end | COMMIT",
                "rollback | ROLLBACK",
                "rollback transaction to savepoint a | ROLLBACK_TO",
                "savepoint a | SAVEPOINT",
                "release a | RELEASE",
                "pragma x | PRAGMA"
            })
    void kindIsToldByTheFirstWords(String sql, Kind kind) {
        assertThat(SqlText.of(sql).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select ';' ; -- done",
                "select \";\"",
                "select [;], `;`",
                "select 1 /* ; select 2 */;;",
                "create trigger a after insert on t begin update t set b = case when 1 then 2 end; delete from u; end;",
                "create temp trigger a after insert on t begin select 1; end",
                "select 'it''s; fine'"
            })
    void semicolonsThatEndNothingAreNoEnd(String sql) {
        assertThat(SqlText.of(sql).sql()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1; select 2",
                "select 1; garbage",
                "create trigger a after insert on t begin select 1; end; drop table t"
            })
    void textBehindTheEndIsAnError(String sql) {
        assertThatThrownBy(() -> SqlText.of(sql)).isInstanceOfSatisfying(DoLakeException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.SYNTAX_ERROR);
            assertThat(e.details()).containsKey("position");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", ";;", "-- only a comment", "/* only"})
    void nothingIsNoStatement(String sql) {
        assertThatThrownBy(() -> SqlText.of(sql)).hasMessageContaining("contains no statement");
    }

    @Test
    void parametersAreNumberedAsBySqlite() {
        SqlText text = SqlText.of("select :a, ?5, ?, @b, :a, $c, ':no', \"?\" -- ?");
        assertThat(text.parameters()).containsOnlyKeys(":a", "@b", "$c").containsEntry(":a", 1);
        assertThat(text.parameters()).containsEntry("@b", 7).containsEntry("$c", 8);
        assertThat(text.parameterCount()).isEqualTo(8);
    }

    @Test
    void commentsInFrontAreSkipped() {
        assertThat(SqlText.of("-- begin\n/* commit */ update t set a = 1").kind())
                .isEqualTo(Kind.WRITE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select ?2147483647", // D1
                "select ?32767",
                "select ?0",
                "select ?99999999999999999999",
                "select :a, ?32766, :b",
                "select $a(x)",
                "select $a(') , padl('",
                "select @a::b",
                "select 1\u0000 union select 2",
                "select '\u0000'",
                "\u000Bselect 1",
                "select\u000B1",
                "select 1 \u0001",
                "select 1 /**/\u000B",
                "select 1\u007f"
            })
    void textsThatSqliteWouldReadOtherwiseAreRefused(String sql) {
        assertThatThrownBy(() -> SqlText.of(sql))
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SYNTAX_ERROR));
    }

    @Test
    void keywordsHaveLettersOfAsciiOnly() {
        assertThat(SqlText.of("in\u017fert into t values (1)").verb()).isEqualTo("IN\u017fERT");
        assertThat(SqlText.of("\u0131nsert").verb()).isEqualTo("\u0131NSERT");
    }
}
