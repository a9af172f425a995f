/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.faults;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.config.Limit;
import io.dolake.schemas.Lsn;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The same steps in the same order each time: tables of every kind, rows of every storage class, large transactions,
 * checkpoints. A step that writes is one transaction and inserts its number into {@link #MARKERS}, so that one can tell
 * whether it is there.
 */
final class FaultWorkload {
    static final String DATABASE = "shop";
    static final String MARKERS = "markers";

    private static final String ROWS = "with recursive n(i) as (values (1) union all select i + 1 from n limit %d) ";

    /** How a step gets to the engine. */
    enum Form {
        BATCH,
        /** In a session, behind a large transaction that is rolled back. */
        SESSION,
        /** A single statement, which can be repeated. */
        BARE
    }

    /** @param number what it leaves in {@link #MARKERS}, unless it is BARE */
    record Step(long number, Form form, List<String> statements) {
        boolean isMarked() {
            return form != Form.BARE;
        }

        /** Runs it; the LSN of its commit. */
        Lsn run(DoSqlClient client) {
            List<Statement> all = statements.stream().map(Statement::of).toList();
            return switch (form) {
                case BARE -> client.exec(DATABASE, all.get(0)).lsn();
                case BATCH -> client.batch(DATABASE, all).get(0).lsn();
                case SESSION -> inSession(client, all);
            };
        }

        /** Whether it was committed. */
        boolean isIn(DoSqlClient client) {
            String there = "select count(*) from " + MARKERS + " where n = " + number;
            return count(client, "select count(*) from sqlite_schema where name = '" + MARKERS + "'") > 0
                    && count(client, there) > 0;
        }

        private static long count(DoSqlClient client, String sql) {
            return (Long) client.query(DATABASE, Statement.of(sql)).rows().get(0)[0];
        }

        private static Lsn inSession(DoSqlClient client, List<Statement> statements) {
            try (Session session = client.session(DATABASE)) {
                session.begin(Session.Mode.IMMEDIATE);
                session.exec(Statement.of(
                        ROWS.formatted(25) + "insert into o(id, pad) select 10000 + i, zeroblob(5000) from n"));
                session.rollback();
                session.begin(Session.Mode.IMMEDIATE);
                statements.forEach(session::exec);
                return session.commit();
            }
        }
    }

    private final List<Step> steps = new ArrayList<>();

    private FaultWorkload() {}

    static List<Step> steps() {
        FaultWorkload workload = new FaultWorkload();
        workload.fill();
        return List.copyOf(workload.steps);
    }

    /** Small enough for parts, merges and pages that go to the WAL before the commit; nothing runs on a timer. */
    static Map<Limit, Long> limits() {
        Map<Limit, Long> limits = new EnumMap<>(Limit.class);
        limits.put(Limit.SEGMENT_BYTES, 4_000L);
        limits.put(Limit.MERGE_SEGMENTS, 5L);
        limits.put(Limit.PAGE_CACHE_KIB, 64L);
        limits.put(Limit.CAPTURE_INTERVAL_MS, 0L);
        limits.put(Limit.LOCK_TIMEOUT_MS, 2_000L);
        limits.put(Limit.HOUSEKEEPING_INTERVAL_MS, 60_000L);
        limits.put(Limit.CDC_KEEP_ALIVE_MS, 20L);
        return limits;
    }

    private void fill() {
        batch(
                "create table " + MARKERS + "(n integer primary key)",
                "create table t(id integer primary key, n, v)",
                "create table w(k text, j int, v, primary key (k, j)) without rowid");
        batch(
                "insert into t(n, v) values (1, 2.5), (-1, 'text'), (null, x'00ff'), (1.0, ''), ('7', zeroblob(9))",
                "insert into w values ('a', 1, 1), ('a', 2, 1.0), ('b', 1, null), ('', 0, x'')");
        bare("pragma wal_checkpoint(passive)");
        batch("create table o(id integer primary key, pad blob)", "create index t_n on t(n)");
        batch(ROWS.formatted(20) + "insert into o select i, cast(printf('%0*d', i * 333, i) as blob) from n");
        batch(
                "update t set v = v || '!', n = n + 1 where id % 2",
                "insert into w values ('a', 1, 9) on conflict do update set v = 'again'");
        bare("pragma wal_checkpoint(full)");
        batch("delete from o where id % 3 = 0", "update o set pad = printf('%0*d', id * 97, id) where id % 5 = 0");
        bare("pragma wal_checkpoint(truncate)");
        batch(ROWS.formatted(12) + "insert into w select printf('%0*d', i * 90, i), i, i / 3.0 from n");
        batch("alter table t add column c default 7", "update t set c = n where id = 2", "delete from w where j = 2");
        session("insert into t(id, n) values (100, 'in a session')", "update o set pad = null where id < 9");
        bare("vacuum");
        batch("update o set id = id + 1000", "update w set j = j + 1");
        bare("pragma wal_checkpoint(full)");
        batch("drop table o", "create table o(id integer primary key, a text, pad blob)", "drop index t_n");
        bare("pragma wal_checkpoint(truncate)");
        batch(ROWS.formatted(30) + "insert into o select i, 'a' || i, zeroblob(3000) from n");
        for (int i = 0; i < 4; i++) {
            batch("update t set v = " + i + ".5 where id = " + i, "insert into o(a) values ('small')");
        }
        bare("pragma wal_checkpoint(passive)");
        session("alter table w rename to w2", "delete from o where id % 2", "insert into w2 values ('z', 1, 'end')");
    }

    private void batch(String... statements) {
        marked(Form.BATCH, statements);
    }

    private void session(String... statements) {
        marked(Form.SESSION, statements);
    }

    private void marked(Form form, String... statements) {
        long number = steps.size();
        String marker = "insert into " + MARKERS + " values (" + number + ")";
        steps.add(new Step(
                number,
                form,
                Stream.concat(Stream.of(statements), Stream.of(marker)).toList()));
    }

    private void bare(String statement) {
        steps.add(new Step(steps.size(), Form.BARE, List.of(statement)));
    }
}
