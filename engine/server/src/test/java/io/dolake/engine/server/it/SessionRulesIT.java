/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.ExecResult;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.testkit.RunningEngine;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the operations that a session refuses, and the results that it reports. */
class SessionRulesIT {
    private static final String DB = "shop";

    @TempDir
    Path directory;

    private RunningEngine engine;
    private Session session;

    @BeforeEach
    void start() {
        engine = new RunningEngine(ServerConfig.of(directory).withPort(0).withLimit(Limit.QUERY_TIMEOUT_MS, 1_000));
        engine.client().create(DB);
        engine.exec(DB, "create table t(id integer primary key, v text)");
        session = engine.client().session(DB);
    }

    @AfterEach
    void stop() {
        session.close();
        engine.close();
    }

    private ExecResult exec(String sql) {
        return session.exec(Statement.of(sql));
    }

    private static List<Object> column(Session from, String sql, int fetchSize) {
        List<Object> values = new ArrayList<>();
        try (Session.Cursor cursor = from.query(Statement.of(sql), fetchSize)) {
            for (Object[] row = cursor.next(); row != null; row = cursor.next()) {
                values.add(row[0]);
            }
        }
        return values;
    }

    private static void assertCode(ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** D6: what SQLite itself rolls back, in all the ways in which a session is used. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert or rollback into t values (1, 'x')",
                "insert into raises values (1)",
                "update or rollback t set id = 1 where id = 2",
                "insert into t select 1, 'x' where (with recursive n(i) as (values (1) union all select i + 1 from n)"
                        + " select count(*) from n) > 0"
            })
    void transactionThatSqliteHasEndedTakesNoStatementUntilItIsRolledBack(String fatal) {
        exec("create table raises(id)");
        exec("create trigger g before insert on raises begin select raise(rollback, 'no'); end");
        exec("insert into t values (1, 'a'), (2, 'b')");
        session.begin(Session.Mode.IMMEDIATE);
        exec("insert into t values (3, 'lost')");
        assertThatThrownBy(() -> exec(fatal)).isInstanceOf(DoLakeException.class);
        assertCode(ErrorCode.TRANSACTION_STATE, () -> exec("insert into t values (4, 'x')"));
        assertCode(ErrorCode.TRANSACTION_STATE, () -> exec("select 1"));
        assertCode(ErrorCode.TRANSACTION_STATE, () -> column(session, "select id from t", 10));
        assertCode(ErrorCode.TRANSACTION_STATE, () -> exec("savepoint a"));
        assertCode(
                ErrorCode.TRANSACTION_STATE,
                () -> session.batch(List.of(Statement.of("insert into t values (5, 'x')"))));
        assertCode(ErrorCode.TRANSACTION_STATE, session::commit);
        assertThat(engine.value(DB, "select group_concat(id) from t")).isEqualTo("1,2");
        session.rollback();
        exec("insert into t values (6, 'c')");
        session.begin(Session.Mode.IMMEDIATE);
        assertThatThrownBy(() -> exec(fatal)).isInstanceOf(DoLakeException.class);
        exec("begin immediate");
        exec("insert into t values (7, 'd')");
        exec("commit");
        assertThat(engine.value(DB, "select group_concat(id) from t")).isEqualTo("1,2,6,7");
    }

    /** D11 */
    @Test
    void sessionThatIsToReadOnlyWritesNothing() {
        exec("insert into t values (1, 'a')");
        exec("pragma query_only = on");
        assertThat(column(session, "pragma query_only", 1)).containsExactly(1L);
        for (String sql : List.of(
                "insert into t values (2, 'b')",
                "with x as (select 2 a) insert into t select a, 'b' from x",
                "delete from t",
                "create temp table y(a)",
                "pragma user_version = 5",
                "pragma optimize",
                "vacuum",
                "savepoint a")) {
            assertCode(ErrorCode.TRANSACTION_STATE, () -> exec(sql));
            assertCode(ErrorCode.TRANSACTION_STATE, () -> column(session, sql, 1));
        }
        assertCode(ErrorCode.TRANSACTION_STATE, () -> session.begin(Session.Mode.IMMEDIATE));
        assertCode(
                ErrorCode.TRANSACTION_STATE,
                () -> session.batch(List.of(Statement.of("insert into t values (3, 'b')"))));
        assertThat(column(session, "select id from t", 10)).containsExactly(1L);
        exec("pragma query_only = off");
        exec("insert into t values (2, 'b')");
        assertThat(column(session, "select id from t", 10)).containsExactly(1L, 2L);
    }

    /** D4, D5: every PRAGMA that SQLite knows, as a table and with the arguments that set something. */
    @Test
    void noSpellingOfAPragmaChangesAnythingThatIsTheEngines() {
        exec("create index i on t(v)");
        exec("insert into t values (1, 'a')");
        String watched = "select (select synchronous from pragma_synchronous) || (select journal_mode from"
                + " pragma_journal_mode) || (select schema_version from pragma_schema_version)"
                + " || (select count(*) from sqlite_schema)";
        List<Object> before = column(session, watched, 1);
        for (Object name : column(session, "select name from pragma_pragma_list", 100)) {
            if (List.of("incremental_vacuum", "user_version", "application_id", "optimize", "query_only")
                    .contains(name)) {
                continue;
            }
            for (String form : List.of(
                    "pragma %s = ''",
                    "pragma %s('')",
                    "pragma main.%s = 0",
                    "pragma \"%s\" = off",
                    "pragma temp.%s = \"delete\"",
                    "explain pragma %s = ''",
                    "select * from pragma_%s('0')",
                    "select * from pragma_%s")) {
                try {
                    column(session, form.formatted(name), 100);
                } catch (DoLakeException e) {
                    assertThat(e.code())
                            .isIn(
                                    ErrorCode.STATEMENT_NOT_ALLOWED,
                                    ErrorCode.SYNTAX_ERROR,
                                    ErrorCode.TABLE_NOT_FOUND,
                                    ErrorCode.INVALID_ARGUMENT);
                }
            }
        }
        // It writes, in the middle of a query and without the turn to write.
        assertCode(ErrorCode.STATEMENT_NOT_ALLOWED, () -> column(session, "select * from pragma_optimize(0x10002)", 1));
        assertThat(column(session, watched, 1)).isEqualTo(before);
        assertThat(column(session, "pragma integrity_check", 10)).containsExactly("ok");
        assertThat(column(session, "pragma foreign_keys", 1)).isNotEmpty();
    }

    /** D12 */
    @Test
    void valuesThatLookLikeNamesOfTheLogAreValues() {
        exec("insert into t values (1, '_wal_segments'), (2, 'select * from _wal_archive')");
        exec("select * from t where v = '_wal_segments' -- _wal_segments");
        exec("analyze");
        exec("reindex");
        exec("vacuum");
        assertThat(column(session, "select count(*) from _wal_segments where lsn_end < 0", 1))
                .containsExactly(0L);
        for (String sql : List.of("analyze", "reindex", "vacuum", "pragma optimize", "pragma optimize(-1)")) {
            exec("select count(*) from \"_WAL_SEGMENTS\"");
            exec(sql);
        }
        assertThat(column(session, "pragma table_info('_wal_segments')", 1)).isNotEmpty();
        assertThat(column(session, "pragma table_info('t')", 1)).hasSize(2);
        session.begin(Session.Mode.IMMEDIATE);
        exec("insert into t select id + 2, v from t where exists (select 1 from _wal_segments) or 1");
        session.commit();
        exec("create temp view segments as select * from _wal_segments");
        exec("analyze");
        exec("select * from segments");
        assertCode(ErrorCode.STATEMENT_NOT_ALLOWED, () -> exec("delete from _wal_segments"));
    }

    @Test
    void tablesBehindAVirtualTableAreWrittenByItAlone() {
        exec("create virtual table f using fts5(body)");
        exec("create table my_data(a)");
        exec("insert into my_data values (1)");
        exec("insert into f values ('hello')");
        for (String sql : List.of(
                "insert into f_data values (99, x'00')",
                "update main.f_data set block = x'ff'",
                "delete from \"F_CONTENT\"",
                "drop table f_idx",
                "create trigger g after insert on my_data begin delete from f_docsize; end")) {
            assertCode(ErrorCode.STATEMENT_NOT_ALLOWED, () -> exec(sql));
        }
        assertThat(column(session, "select count(*) from f_data where id > 0", 1))
                .isNotEmpty();
        assertThat(column(session, "select rowid from f where f match 'hello'", 1))
                .containsExactly(1L);
    }

    /** D10 */
    @Test
    void keyIsThatOfTheRowThatTheStatementInserted() {
        exec("create table w(a primary key, b) without rowid");
        exec("create table u(id integer primary key, a unique, b)");
        exec("create view v as select * from u");
        exec("create trigger g instead of insert on v begin insert into u(a) values (new.a); end");
        assertThat(exec("insert into t values (7, 'a')").generatedKey()).isEqualTo(7);
        assertThat(exec("update t set v = 'b'").generatedKey()).isNull();
        assertThat(exec("delete from t").generatedKey()).isNull();
        assertThat(exec("insert into t values (7, 'a')").generatedKey()).isEqualTo(7);
        assertThat(exec("insert or ignore into t values (7, 'x')").generatedKey())
                .isNull();
        assertThat(exec("replace into t values (7, 'x')").generatedKey()).isEqualTo(7);
        assertThat(exec("insert into w values ('a', 1)").generatedKey()).isNull();
        assertThat(exec("insert into u(a) values ('k')").generatedKey()).isEqualTo(1);
        assertThat(exec("insert into u(a) values ('k') on conflict (a) do update set b = 1")
                        .generatedKey())
                .isNull();
        assertThat(exec("insert into v(a) values ('m')").generatedKey()).isNull();
        assertThat(exec("with x as (select 9 i) insert into t select i, 'y' from x")
                        .generatedKey())
                .isEqualTo(9);
        assertThat(exec("insert into t values (0, 'z') returning id").generatedKey())
                .isEqualTo(0);
        assertThat(exec("create table z as select 1 a").generatedKey()).isNull();
        assertThat(session.batch(List.of(
                        Statement.of("insert into t values (20, 'a')"),
                        Statement.of("insert or ignore into t values (20, 'b')"),
                        Statement.of("update t set v = 'c'"),
                        Statement.of("insert into t values (21, 'a')"))))
                .extracting(ExecResult::generatedKey)
                .containsExactly(20L, null, null, 21L);
    }
}
