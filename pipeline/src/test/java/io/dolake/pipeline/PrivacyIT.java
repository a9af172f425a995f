/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.pipeline.run.Ports;
import io.dolake.pipeline.sync.SinkProgress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real worker refuses bad configurations (faults B8, B9, B10), and what filters and masks keep back is nowhere behind the
 * engine (faults B1, B2): not in topics, offsets, the lake, logs down to TRACE, JMX
 * or REST.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PrivacyIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final String LEVEL = "dolake.log.level";
    private static final String LOGS = "dolake.logs";

    @TempDir
    static Path dir;

    private static Home home;
    private static Pipeline pipeline;
    private static ConnectCalls worker;
    private static String logsBefore;

    @BeforeAll
    static void start() {
        home = Home.of(dir);
        home.create();
        logsBefore = System.getProperty(LOGS);
        System.setProperty(LOGS, home.logs().toString());
        System.setProperty(LEVEL, "TRACE");
        Configurator.reconfigure();
        pipeline = Pipeline.start(new Installation(Cli.repository()), home, Ports.Wish.ANY, System.out::println);
        worker = new ConnectCalls(pipeline.ports().connectUrl());
    }

    @AfterAll
    static void stop() {
        pipeline.close();
        System.clearProperty(LEVEL);
        if (logsBefore == null) {
            System.clearProperty(LOGS);
        } else {
            System.setProperty(LOGS, logsBefore);
        }
        Configurator.reconfigure();
    }

    @Test
    @Order(1)
    void b8AndB10ARealWorkerRefusesBadSettingsOnTheirKeys() throws Exception {
        BadConfigurations bad = new BadConfigurations(worker);
        String[][] ofSource = {
            {"snaphot.mode", "initial", "(nearest: snapshot.mode)"},
            {"cdc.max.batch.evnts", "1", "(nearest: cdc.max.batch.events)"},
            {"database.password", "secret", "the engine asks nobody"},
            {"time.precision.mode", "adaptive", "SQLite has no types of time"},
            {"heartbeat.action.query", "SELECT 1", "runs no SQL"},
            {"snapshot.select.statement.overrides", "shop.t", "whole tables"},
            {"guardrail.collections.max", "1", "not limited"},
            {"snapshot.mode", "sometimes", "snapshot.mode"},
            {"database.port", "none", "database.port"},
            {"column.mask.hash.SHA-9.with.salt.x", "shop.t.v", "no hash algorithm"},
        };
        for (String[] example : ofSource) {
            bad.refused(Pipeline.SOURCE, "DoSqlConnector", example[0], example[1], example[2]);
        }
        String[][] ofSink = {
            {"dolake.comit.interval.ms", "1", "(nearest: dolake.commit.interval.ms)"},
            {"iceberg.tabels.auto-create-enabled", "true", "(nearest: iceberg.tables.auto-create-enabled)"},
            {"dolake.flush.threads", "0", "dolake.flush.threads"},
        };
        for (String[] example : ofSink) {
            bad.refused(Pipeline.SINK, "DoLakeSinkConnector", example[0], example[1], example[2]);
        }
        assertThat(worker.get("/connectors").text()).doesNotContain("-2");
        pipeline.settle();
    }

    @Test
    @Order(2)
    void b9ARealWorkerRefusesOffsetsThatSkip() throws Exception {
        String epoch;
        long lsn;
        try (DoSqlClient engine = PipelineCommand.engine(pipeline.ports())) {
            engine.create("offsets");
            engine.exec("offsets", Statement.of("CREATE TABLE t(id INTEGER PRIMARY KEY)"));
            lsn = engine.status("offsets").lsn().value();
            engine.exec("offsets", Statement.of("INSERT INTO t VALUES(1),(2)"));
            epoch = engine.status("offsets").epoch();
        }
        worker.call("PUT", "/connectors/" + Pipeline.SOURCE + "/stop", null);
        until(() ->
                worker.get("/connectors/" + Pipeline.SOURCE + "/status").text().contains("STOPPED"));
        assertThat(alter("dosql", Map.of("epoch", epoch, "lsn", lsn, "event", 3))
                        .text())
                .contains("the transaction after it has 2 events");
        assertThat(alter("dosql", Map.of("epoch", epoch, "lsn", lsn, "evnt", 1)).text())
                .contains("nearest: 'event'");
        assertThat(alter("other", Map.of("epoch", epoch, "lsn", lsn)).text()).contains("is not of this connector");
        assertThat(alter("dosql", Map.of("epoch", epoch, "lsn", lsn, "event", 1))
                        .status())
                .isEqualTo(200);
        assertThat(worker.call("DELETE", "/connectors/" + Pipeline.SOURCE + "/offsets", null)
                        .status())
                .isEqualTo(200);
        worker.call("PUT", "/connectors/" + Pipeline.SOURCE + "/resume", null);
        pipeline.settle();
    }

    private static ConnectCalls.Answer alter(String server, Map<String, Object> offset) throws Exception {
        Map<String, Object> entry =
                Map.of("partition", Map.of("server", server, "database", "offsets"), "offset", offset);
        return worker.call("PATCH", "/connectors/" + Pipeline.SOURCE + "/offsets", Map.of("offsets", List.of(entry)));
    }

    @Test
    @Order(3)
    void b1WhatIsKeptBackIsNowhereBehindTheEngine() throws Exception {
        Map<String, String> settings = Map.ofEntries(
                Map.entry("column.exclude.list", "priv\\.people\\.ssn.*,priv\\.strict\\.ssn"),
                Map.entry("column.mask.with.6.chars", "PRIV.PEOPLE.PHONE.*,priv.strict.phone"),
                Map.entry("column.mask.hash.v2.SHA-256.with.salt.s", "priv\\.(people\\.mail.*|accounts\\.mail)"),
                Map.entry("column.propagate.source.type", ".*"),
                Map.entry("provide.transaction.metadata", "true"),
                Map.entry("notification.enabled.channels", "log,jmx,sink"),
                Map.entry("notification.sink.topic.name", "notifications"),
                Map.entry("errors.log.enable", "true"),
                Map.entry("errors.log.include.messages", "true"));
        ConnectCalls.Answer configured = worker.call(
                "PUT", "/connectors/" + Pipeline.SOURCE + "/config", worker.config(Pipeline.SOURCE, settings));
        assertThat(configured.status()).as(configured.text()).isEqualTo(200);
        try (DoSqlClient engine = PipelineCommand.engine(pipeline.ports())) {
            Workload workload = new Workload(engine);
            workload.create();
            sync(engine);
            workload.change();
            sync(engine);
            String rows = Canary.rows(home);
            assertThat(rows).contains(Canary.VISIBLE);
            Canary.absentFrom("rows of the lake", rows);
            workload.rename();
            until(() -> (worker.get("/connectors?expand=status").text() + Canary.beans() + log())
                    .contains("keeps back, has become"));
        }
        Canary.absentFrom(
                "REST", worker.get("/connectors?expand=status&expand=info").text());
        Canary.absentFrom("REST", worker.get("/dolake/status").text());
        Canary.absentFrom(
                "REST",
                worker.get("/connectors/" + Pipeline.SOURCE + "/offsets").text());
        Canary.absentFrom("JMX", Canary.beans());
        Canary.absentFromFiles("Kafka", home.kafka(), true);
        Canary.absentFromFiles("lake", home.warehouse(), false);
        Canary.absentFromFiles("logs", home.logs(), true);
    }

    private static String log() throws Exception {
        StringBuilder all = new StringBuilder();
        Canary.files(home.logs()).values().forEach(bytes -> all.append(new String(bytes, StandardCharsets.UTF_8)));
        return all.toString();
    }

    private static void sync(DoSqlClient engine) {
        try (SinkProgress sink = new SinkProgress(pipeline.ports().bootstrapServers())) {
            PipelineCommand.sync(pipeline.ports(), engine, sink).await("priv", TIMEOUT);
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void until(Condition condition) throws Exception {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(200);
        }
    }

    /** Canaries in columns that are excluded, masked or hashed, of every type and storage class, and in keys. */
    private record Workload(DoSqlClient engine) {
        void create() {
            engine.create("priv");
            run("CREATE TABLE people(id INTEGER PRIMARY KEY, ssn TEXT, ssn_int INTEGER, ssn_any, phone TEXT,"
                    + " phone_int INTEGER, phone_real REAL, phone_blob BLOB, mail TEXT, mail_int INTEGER, mail_date DATE,"
                    + " note TEXT, age INTEGER)");
            run("CREATE TABLE accounts(mail TEXT PRIMARY KEY, note) WITHOUT ROWID");
            run("CREATE TABLE strict(id INTEGER PRIMARY KEY, phone TEXT NOT NULL DEFAULT '" + Canary.TEXT
                    + "', ssn TEXT NOT NULL DEFAULT '" + Canary.TEXT + "', note TEXT) STRICT");
            for (int id = 1; id <= 4; id++) {
                person(id);
            }
            run("INSERT INTO accounts VALUES('" + Canary.TEXT + "', '" + Canary.VISIBLE + "'), ('b', 1)");
            run("INSERT INTO strict(id, note) VALUES(1, '" + Canary.VISIBLE + "')");
        }

        void change() {
            person(5);
            run("UPDATE people SET age = '" + Canary.VISIBLE + "', phone_int = '" + Canary.TEXT + "2'");
            run("UPDATE people SET id = 50 WHERE id = 5");
            run("DELETE FROM people WHERE id = 2");
            run("UPDATE accounts SET mail = '" + Canary.TEXT + "3' WHERE mail = 'b'");
            run("DELETE FROM accounts WHERE mail = '" + Canary.TEXT + "'");
            run("ALTER TABLE people ADD COLUMN ssn_new TEXT DEFAULT '" + Canary.TEXT + "'");
            run("ALTER TABLE people ADD COLUMN phone_new INTEGER DEFAULT " + Canary.NUMBER);
            run("INSERT INTO strict(id, phone, note) VALUES(2, '" + Canary.TEXT + "', 'x')");
        }

        void rename() {
            run("UPDATE people SET note = 'before'");
            run("ALTER TABLE people RENAME COLUMN phone TO tel");
            run("UPDATE people SET tel = tel || '!'");
        }

        private void person(int id) {
            Object[] values = {Canary.TEXT, Canary.NUMBER, Canary.REAL, Canary.TEXT.getBytes(StandardCharsets.UTF_8)};
            for (int i = 0; i < 4; i++) {
                Object value = values[(id + i) % 4];
                run(
                        "INSERT INTO people VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        (long) id + 100L * i,
                        value,
                        value,
                        value,
                        value,
                        value,
                        value,
                        value,
                        value,
                        value,
                        value,
                        Canary.VISIBLE,
                        "no age");
            }
        }

        private void run(String sql, Object... params) {
            engine.exec("priv", Statement.of(sql, params));
        }
    }
}
