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
import io.dolake.schemas.Lsn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionIT {
    private static final String DB = "shop";

    @TempDir
    Path directory;

    private RunningEngine engine;
    private Session session;

    @BeforeEach
    void start() {
        engine = new RunningEngine(ServerConfig.of(directory)
                .withPort(0)
                .withLimit(Limit.LOCK_TIMEOUT_MS, 200)
                .withLimit(Limit.HOUSEKEEPING_INTERVAL_MS, 20)
                .withLimit(Limit.MAX_CURSORS, 2)
                .withLimit(Limit.TRANSACTION_IDLE_TIMEOUT_MS, 1_500));
        engine.client().create(DB);
        engine.exec(DB, "create table t(id integer primary key, v text)");
        session = engine.client().session(DB);
    }

    @AfterEach
    void stop() {
        session.close();
        engine.close();
    }

    private ExecResult exec(String sql, Object... params) {
        return session.exec(Statement.of(sql, params));
    }

    private List<Object> column(Session from, String sql, int fetchSize) {
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
                        DoLakeException.class,
                        e -> assertThat(e.code()).as(e.toString()).isEqualTo(code));
    }

    @Test
    void everyValueComesBackAsItWasBound() {
        byte[] blob = {0, 1, -1};
        Object[] values = {
            1L, Long.MIN_VALUE, 0.5, 1.0, 1e300, Double.POSITIVE_INFINITY, "x\u0000y\u20ac", "", blob, null
        };
        exec("create table v(a)");
        for (Object value : values) {
            exec("insert into v values (?)", value);
        }
        assertThat(column(session, "select a from v order by rowid", 3)).containsExactly(values);
    }

    @Test
    void uncommittedChangesAreSeenByTheirSessionOnly() {
        session.begin(Session.Mode.IMMEDIATE);
        exec("insert into t values (1, 'a')");
        assertThat(column(session, "select id from t", 10)).containsExactly(1L);
        assertThat(engine.rows(DB, "select id from t")).isEmpty();
        session.commit();
        assertThat(engine.rows(DB, "select id from t")).hasSize(1);
    }

    @Test
    void lsnInsideATransactionIsTheOneBeforeIt() {
        Lsn before = engine.client().status(DB).lsn();
        assertThat(session.begin(Session.Mode.IMMEDIATE).lsn()).isEqualTo(before);
        assertThat(exec("insert into t values (1, 'a')").lsn()).isEqualTo(before);
        assertThat(session.commit()).isGreaterThan(before);
    }

    @Test
    void transactionsCanBeControlledBySql() {
        exec("BEGIN");
        exec("insert into t values (1, 'a')");
        exec("SAVEPOINT s");
        exec("insert into t values (2, 'b')");
        exec("ROLLBACK TO s");
        exec("RELEASE s");
        Lsn lsn = exec("END TRANSACTION").lsn();
        assertThat(lsn).isEqualTo(engine.client().status(DB).lsn());
        assertThat(column(session, "select id from t", 10)).containsExactly(1L);
        exec("begin immediate");
        exec("delete from t");
        exec("rollback");
        assertThat(column(session, "select id from t", 10)).containsExactly(1L);
    }

    @Test
    void outermostSavepointIsATransaction() {
        exec("savepoint a");
        exec("insert into t values (1, 'a')");
        assertThat(engine.rows(DB, "select id from t")).isEmpty();
        exec("release a");
        assertThat(engine.rows(DB, "select id from t")).hasSize(1);
        engine.exec(DB, "insert into t values (2, 'b')");
    }

    @Test
    void secondWriterGivesUpAfterTheLockTimeoutAndIsToldWhoWrites() {
        session.begin(Session.Mode.IMMEDIATE);
        assertThatThrownBy(() -> engine.exec(DB, "insert into t values (5, 'x')"))
                .isInstanceOfSatisfying(DoLakeException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.TXN_LOCK_TIMEOUT);
                    assertThat(e.details().get("holder").toString()).startsWith("session ");
                    assertThat(e.retryAfter()).isPresent();
                });
        session.rollback();
        engine.exec(DB, "insert into t values (5, 'x')");
    }

    @Test
    void sessionThatClosesRollsBackAndLetsOthersWrite() {
        session.begin(Session.Mode.IMMEDIATE);
        exec("insert into t values (1, 'a')");
        session.close();
        Awaitility.await().ignoreExceptions().until(() -> engine.exec(DB, "insert into t values (2, 'b')") != null);
        assertThat(engine.value(DB, "select group_concat(id) from t")).isEqualTo("2");
    }

    @Test
    void transactionLeftAloneIsRolledBackAndSaysSo() {
        session.begin(Session.Mode.IMMEDIATE);
        exec("insert into t values (1, 'a')");
        Awaitility.await().ignoreExceptions().until(() -> engine.exec(DB, "insert into t values (2, 'b')") != null);
        assertCode(ErrorCode.TRANSACTION_STATE, () -> exec("insert into t values (3, 'c')"));
        assertCode(ErrorCode.TRANSACTION_STATE, () -> exec("insert into t values (3, 'c')"));
        session.rollback();
        exec("insert into t values (4, 'd')");
        assertThat(engine.value(DB, "select group_concat(id) from t")).isEqualTo("2,4");
    }

    @Test
    void deferredTransactionThatReadAnOldStateCannotWrite() {
        session.begin(Session.Mode.DEFERRED);
        column(session, "select * from t", 10);
        engine.exec(DB, "insert into t values (1, 'x')");
        assertCode(ErrorCode.SERIALIZATION_FAILURE, () -> exec("insert into t values (2, 'y')"));
        engine.exec(DB, "insert into t values (3, 'z')");
        session.rollback();
        exec("insert into t values (2, 'y')");
    }

    @Test
    void readOnlyTransactionBeginsWhileAWriteTransactionIsOpen() {
        try (Session writer = engine.client().session("shop")) {
            writer.begin(Session.Mode.IMMEDIATE);
            writer.exec(Statement.of("create table while_open(a)"));
            Lsn lsn = session.begin(Session.Mode.READ_ONLY).lsn();
            assertThat(lsn).isEqualTo(engine.client().status("shop").lsn());
            assertThat(writer.commit()).isGreaterThan(lsn);
        }
        session.rollback();
    }

    @Test
    void readOnlyTransactionRefusesWritesAndKeepsItsView() {
        session.begin(Session.Mode.READ_ONLY);
        assertCode(ErrorCode.TRANSACTION_STATE, () -> exec("insert into t values (1, 'a')"));
        engine.exec(DB, "insert into t values (2, 'b')");
        assertThat(column(session, "select id from t", 10)).isEmpty();
        session.rollback();
        assertThat(column(session, "select id from t", 10)).containsExactly(2L);
    }

    @Test
    void failedStatementLeavesTheTransactionOpen() {
        session.begin(Session.Mode.IMMEDIATE);
        exec("insert into t values (1, 'a')");
        assertCode(ErrorCode.CONSTRAINT_VIOLATION, () -> exec("insert into t values (1, 'b')"));
        exec("insert into t values (2, 'b')");
        session.commit();
        assertThat(engine.value(DB, "select count(*) from t")).isEqualTo(2L);
    }

    @Test
    void conflictClauseThatRollsBackEndsTheTransaction() {
        session.begin(Session.Mode.IMMEDIATE);
        exec("insert into t values (1, 'a')");
        assertCode(ErrorCode.CONSTRAINT_VIOLATION, () -> exec("insert or rollback into t values (1, 'b')"));
        assertCode(ErrorCode.TRANSACTION_STATE, session::commit);
        engine.exec(DB, "insert into t values (7, 'b')");
    }

    @Test
    void failedBatchInATransactionUndoesOnlyTheBatch() {
        session.begin(Session.Mode.IMMEDIATE);
        exec("insert into t values (1, 'a')");
        assertCode(
                ErrorCode.CONSTRAINT_VIOLATION,
                () -> session.batch(List.of(
                        Statement.of("insert into t values (2, 'b')"), Statement.of("insert into t values (1, 'c')"))));
        session.commit();
        assertThat(engine.value(DB, "select group_concat(id) from t")).isEqualTo("1");
    }

    @Test
    void cursorsAreLimitedAndReadPageByPage() {
        exec("with recursive n(i) as (values (1) union all select i + 1 from n limit 25)"
                + " insert into t select i, 'v' || i from n");
        assertThat(column(session, "select id from t", 4)).hasSize(25).doesNotHaveDuplicates();
        Session.Cursor first = session.query(Statement.of("select id from t"), 1);
        Session.Cursor second = session.query(Statement.of("select id from t"), 1);
        assertCode(ErrorCode.RATE_LIMITED, () -> session.query(Statement.of("select id from t"), 1));
        first.close();
        second.close();
        assertThat(column(session, "select id from t", 1)).hasSize(25);
    }

    @Test
    void temporaryTablesAndForeignKeySettingBelongToTheSession() {
        exec("create temp table mine(a)");
        exec("insert into mine values (1)");
        try (Session other = engine.client().session(DB)) {
            assertCode(ErrorCode.TABLE_NOT_FOUND, () -> column(other, "select * from mine", 1));
        }
        exec("create table child(p references t(id))");
        assertCode(ErrorCode.CONSTRAINT_VIOLATION, () -> exec("insert into child values (99)"));
        exec("pragma foreign_keys = off");
        exec("insert into child values (99)");
        assertCode(ErrorCode.CONSTRAINT_VIOLATION, () -> engine.exec(DB, "insert into child values (98)"));
    }

    @Test
    void returningGivesTheRowsOfAWrite() {
        ExecResult result = exec("insert into t(v) values ('a'), ('b') returning id, v");
        assertThat(result.changes()).isEqualTo(2);
        assertThat(result.rows()).hasSize(2);
        assertThat(result.columns().get(0).declaredType()).isEqualTo("INTEGER");
    }

    @Test
    void changeLogCanBeReadInAndOutsideOfTransactions() {
        engine.awaitCaptured(DB);
        assertThat((Long)
                        column(session, "select count(*) from _wal_segments", 1).get(0))
                .isPositive();
        session.begin(Session.Mode.IMMEDIATE);
        exec("insert into t values (1, 'a')");
        assertThat((Long) column(session, "select max(lsn_end) from _wal_segments", 1)
                        .get(0))
                .isPositive();
        session.commit();
    }
}
