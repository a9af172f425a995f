/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.pipeline.run.Ports;
import io.dolake.pipeline.sync.SinkProgress;
import io.dolake.pipeline.verify.Report;
import io.dolake.pipeline.verify.SourceRules;
import io.dolake.pipeline.verify.Verification;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
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
 * A real worker refuses bad configurations (faults B8, B9, B10), and what filters and masks keep back is nowhere behind
 * the engine (faults B1, B2): not in topics, offsets, the lake, logs down to TRACE, JMX or REST.
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
            {"database.password", "secret", "Only one of database.password and database.password.file"},
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
        try (DoSqlClient engine = PipelineCommand.engine(pipeline.ports(), null)) {
            engine.create("offsets");
            engine.exec("offsets", Statement.of("CREATE TABLE t(id INTEGER PRIMARY KEY)"));
            lsn = engine.status("offsets").lsn().value();
            engine.exec("offsets", Statement.of("INSERT INTO t VALUES(1),(2)"));
            epoch = engine.status("offsets").epoch();
        }
        stopSource();
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
        resumeSource();
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
        stopSource();
        configure(worker.config(Pipeline.SOURCE, settings));
        resumeSource();
        try (DoSqlClient engine = PipelineCommand.engine(pipeline.ports(), null)) {
            CanaryWorkload workload = new CanaryWorkload(engine);
            workload.create();
            sync(engine);
            workload.change();
            sync(engine);
            assertVerifies(engine, settings);
            String rows = Canary.rows(home);
            assertThat(rows).contains(Canary.VISIBLE);
            Canary.absentFrom("rows of the lake", rows);
            workload.rename();
            until(() -> (worker.get("/connectors?expand=status").text() + Canary.beans() + log())
                    .contains("keeps back, has become"));
        }
        assertNowhere();
    }

    /** What is masked is compared masked, and a difference is found and told without values. */
    private static void assertVerifies(DoSqlClient engine, Map<String, String> settings) {
        Report report =
                verify(engine, "priv", SourceRules.of(PipelineCommand.connect(pipeline.ports()), installation()));
        assertThat(report.differences()).as(report.toString()).isZero();
        assertThat(report.toString())
                .contains("columns masked, compared masked: phone, phone_int", "column masked, compared masked: mail")
                .contains("left out by settings, must be NULL in the lake: ssn");
        Map<String, String> others = new HashMap<>(settings);
        others.remove("column.mask.hash.v2.SHA-256.with.salt.s");
        others.put("column.mask.hash.v2.SHA-256.with.salt.other", "priv\\.(people\\.mail.*|accounts\\.mail)");
        others.put("column.mask.with.6.chars", "priv.people.phone(_real|_blob|_new)?");
        others.put("column.mask.with.5.chars", "priv.people.phone_int");
        others.put("column.truncate.to.1.chars", "priv.people.note");
        others.put("column.exclude.list", "priv.people.(ssn.*|age),priv.strict.(ssn|phone)");
        others.put("table.exclude.list", "priv.none");
        Report different = verify(engine, "priv", SourceRules.of(others, installation()));
        assertThat(different.toString())
                .contains(
                        "phone_int does not have its masked value in the lake", "age is left out by settings, and not")
                .contains(
                        "note does not have its truncated value in the lake", "phone is left out by settings, and not")
                .contains("row mail=(kept back): missing in the lake")
                .doesNotContain(Canary.VISIBLE);
        Canary.absentFrom("what differs", different.toString());
        others.put("table.exclude.list", "priv.(people|accounts|strict)");
        Report leftOut = verify(engine, "priv", SourceRules.of(others, installation()));
        assertThat(leftOut.differences()).isZero();
        assertThat(leftOut.compared()).isZero();
        others.put("database.exclude.list", "pr.*");
        assertThatThrownBy(() -> verify(engine, "priv", SourceRules.of(others, installation())))
                .hasMessageContaining("database.exclude.list of connector dosql-source leaves it out");
    }

    private static void assertNowhere() throws Exception {
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

    private static Installation installation() {
        return new Installation(Cli.repository());
    }

    private static Report verify(DoSqlClient engine, String database, SourceRules rules) {
        try (SinkProgress sink = new SinkProgress(pipeline.ports().bootstrapServers())) {
            return new Verification(
                            engine,
                            PipelineCommand.sync(pipeline.ports(), engine, sink, null),
                            home,
                            500,
                            TIMEOUT,
                            rules)
                    .run(database);
        } finally {
            rules.close();
        }
    }

    /**
     * Masks that come later: what is under way when they do is sent under them, and what was sent before is taken out
     * of the lake.
     */
    @Test
    @Order(4)
    void whatIsUnderWayWhenAMaskComesLeavesMasked() throws Exception {
        Map<String, String> settings = Map.of(
                "provide.transaction.metadata", "true",
                "dead.letters.enable", "true",
                "notification.enabled.channels", "log,jmx,sink",
                "notification.sink.topic.name", "notifications",
                "signal.enabled.channels", "file",
                "signal.file", dir.resolve("signals.json").toString(),
                "signal.poll.interval.ms", "200");
        ObjectNode before = worker.config(Pipeline.SOURCE, settings);
        ObjectNode after = before.deepCopy();
        after.put("column.exclude.list", before.path("column.exclude.list").asText() + ",late.people.ssn");
        after.put(
                "column.mask.with.6.chars",
                before.path("column.mask.with.6.chars").asText() + ",late.people.phone.*");
        after.put("column.mask.hash.SHA-256.with.salt.s", "late.people.mail");
        Files.writeString(dir.resolve("signals.json"), "");
        configure(before);
        try (DoSqlClient engine = PipelineCommand.engine(pipeline.ports(), null)) {
            engine.create("late");
            run(
                    engine,
                    "CREATE TABLE people(id INTEGER PRIMARY KEY, ssn TEXT, phone TEXT, phone_int INTEGER, mail TEXT)");
            run(
                    engine,
                    "INSERT INTO people VALUES(1, 'clear', 'clear', 1, 'clear'), (2, 'clear', 'clear', 2, 'clear')");
            sync(engine, "late");
            assertThat(Canary.rows(home)).contains("clear");
            stopSource();
            run(
                    engine,
                    "INSERT INTO people VALUES(3, '" + Canary.TEXT + "', '" + Canary.TEXT + "', " + Canary.NUMBER
                            + ", '" + Canary.TEXT + "')");
            run(engine, "UPDATE people SET phone = '" + Canary.TEXT + "', mail = '" + Canary.TEXT + "' WHERE id = 2");
            run(engine, "ALTER TABLE people ADD COLUMN phone_new TEXT DEFAULT '" + Canary.TEXT + "'");
            run(engine, "CREATE TABLE \"\"(phone TEXT DEFAULT '" + Canary.TEXT + "')");
            configure(after);
            resumeSource();
            sync(engine, "late");
            Files.writeString(
                    dir.resolve("signals.json"),
                    "{\"id\":\"1\",\"type\":\"execute-snapshot\",\"data\":{\"type\":\"INCREMENTAL\","
                            + "\"data-collections\":[\"late.people\"],\"additional-conditions\":[{\"data-collection\":"
                            + "\"late.people\",\"filter\":\"id > 0\"}]}}\n"
                            + "{\"id\":\"2\",\"type\":\"resume\",\"data\":{\"data-collections\":[\"late.people\"]}}\n");
            until(() -> log().contains("late is read again: it is resumed"));
            run(engine, "INSERT INTO people(id, mail) VALUES(9, '" + Canary.VISIBLE + "')");
            sync(engine, "late");
            SourceRules rules = SourceRules.of(PipelineCommand.connect(pipeline.ports()), installation());
            Report report = verify(engine, "late", rules);
            Report.Table people = report.tables().stream()
                    .filter(table -> table.name().equals("people"))
                    .findFirst()
                    .orElseThrow();
            assertThat(people.differences()).as(report.toString()).isZero();
            assertThat(people.notes()).anyMatch(note -> note.contains("4 columns masked, compared masked"));
        }
        assertThat(Canary.rows(home)).doesNotContain("clear");
        assertNowhere();
    }

    /**
     * A worker answers before its tasks have a new configuration: only what they read after a stop is surely sent under
     * it.
     */
    private static void stopSource() throws Exception {
        worker.call("PUT", "/connectors/" + Pipeline.SOURCE + "/stop", null);
        until(() ->
                worker.get("/connectors/" + Pipeline.SOURCE + "/status").text().contains("STOPPED"));
    }

    private static void resumeSource() throws Exception {
        worker.call("PUT", "/connectors/" + Pipeline.SOURCE + "/resume", null);
    }

    private static void configure(ObjectNode config) throws Exception {
        ConnectCalls.Answer configured = worker.call("PUT", "/connectors/" + Pipeline.SOURCE + "/config", config);
        assertThat(configured.status()).as(configured.text()).isEqualTo(200);
    }

    private static void run(DoSqlClient engine, String sql) {
        engine.exec("late", Statement.of(sql));
    }

    private static String log() throws Exception {
        StringBuilder all = new StringBuilder();
        Canary.files(home.logs()).values().forEach(bytes -> all.append(new String(bytes, StandardCharsets.UTF_8)));
        return all.toString();
    }

    private static void sync(DoSqlClient engine) {
        sync(engine, "priv");
    }

    private static void sync(DoSqlClient engine, String database) {
        try (SinkProgress sink = new SinkProgress(pipeline.ports().bootstrapServers())) {
            PipelineCommand.sync(pipeline.ports(), engine, sink, null).await(database, TIMEOUT);
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
}
