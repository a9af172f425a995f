/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import static io.dolake.pipeline.contagion.Fault.Scope.NOTHING;
import static io.dolake.pipeline.contagion.Fault.Scope.OWN_TABLE;
import static io.dolake.pipeline.contagion.Fault.Scope.TABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.pipeline.Cli;
import io.dolake.pipeline.ConnectCalls;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/**
 * Connectors that are configured badly or otherwise, stopped and started, and topics that are removed: lines B1, B2, B8
 * to B10, B14, C6, C12, C15.
 */
final class ConnectFaults {
    private static final String CANARY = "canary-4711";

    private ConnectFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.of("B1 masked column", OWN_TABLE, site -> {
                            Settings.change(
                                    site,
                                    Pipeline.SOURCE,
                                    Map.of(
                                            "column.mask.with.4.chars",
                                            site.database() + "." + site.table() + ".secret"));
                            site.sql(
                                    "CREATE TABLE $T(id INTEGER PRIMARY KEY, secret INTEGER)",
                                    "INSERT INTO $T VALUES (1, '" + CANARY + "')",
                                    "UPDATE $T SET secret = secret || '!'");
                            site.awaitTrue("masked row", site::isWhole);
                            assertThat(site.lakeText()).doesNotContain(CANARY);
                            Settings.restore(site, Pipeline.SOURCE);
                            // A masked column is text, and the lake keeps its type; a table made anew may change it.
                            site.sql(
                                    "DROP TABLE $T",
                                    "CREATE TABLE $T(id INTEGER PRIMARY KEY, secret INTEGER)",
                                    "INSERT INTO $T VALUES (2, 'public')");
                        })
                        .provenBy(site -> site.lakeText().contains("public")),
                Fault.of("B1 masked column renamed away from its mask", OWN_TABLE, site -> {
                            Settings.change(
                                    site,
                                    Pipeline.SOURCE,
                                    Map.of(
                                            "column.mask.with.4.chars",
                                            site.database() + "." + site.table() + ".secret"));
                            site.sql(
                                    "CREATE TABLE $T(id INTEGER PRIMARY KEY, secret TEXT)",
                                    "INSERT INTO $T VALUES (1, '" + CANARY + "')");
                            site.awaitTrue("masked row", site::isWhole);
                            site.sql(
                                    "ALTER TABLE $T RENAME COLUMN secret TO open",
                                    "INSERT INTO $T VALUES (2, '" + CANARY + "')");
                            site.awaitTrue(
                                    "suspension",
                                    () -> site.world().ailments().stream()
                                            .anyMatch(ailment -> ailment.table().equals(site.sickName())));
                            assertThat(site.lakeText()).doesNotContain(CANARY);
                            Settings.restore(site, Pipeline.SOURCE);
                        })
                        .sick(ErrorCode.INVALID_CONFIGURATION),
                Fault.of("B14 table excluded and taken in again", TABLE, site -> {
                    Settings.change(
                            site,
                            Pipeline.SOURCE,
                            Map.of("table.exclude.list", site.database() + "\\." + site.table()));
                    long missed = 4_000_000 + site.number();
                    site.sql("INSERT INTO $T(id, v) VALUES (" + missed + ", 'missed')");
                    Cli.Result synced = site.world().cli().run("sync", site.database(), "--timeout", "60");
                    assertThat(synced.status() == 0 || synced.err().contains("its other tables are in the lake"))
                            .as("sync of a database in which others may be sick: %s", synced)
                            .isTrue();
                    assertThat(site.hasRow(missed)).as("an excluded table").isFalse();
                    Settings.restore(site, Pipeline.SOURCE);
                    site.awaitTrue("the table is read anew", () -> site.hasRow(missed));
                }),
                Fault.of("B2, B8, B10, C15 bad configurations", NOTHING, ConnectFaults::badConfigurations),
                Fault.of("B9 offsets that skip", NOTHING, ConnectFaults::badOffsets),
                Fault.of("C6 properties that no table takes", OWN_TABLE, site -> {
                    Settings.change(
                            site,
                            Pipeline.SINK,
                            Map.of("iceberg.tables.auto-create-props.write.metadata.metrics.column.payload", "none"));
                    site.sql("CREATE TABLE $T(id INTEGER PRIMARY KEY, v)", "INSERT INTO $T VALUES (1, 'x')");
                    site.awaitTrue(
                            "suspension",
                            () -> site.world().ailments().stream()
                                    .anyMatch(ailment -> ailment.table().equals(site.sickName())
                                            && ailment.code() == ErrorCode.INVALID_CONFIGURATION));
                    Settings.restore(site, Pipeline.SINK);
                }),
                Fault.of("C12 topic removed under both connectors", TABLE, site -> {
                            // What is not in the lake is lost with the topic: no sink can bring that back.
                            try (AutoCloseable rest = site.world().workload().rest(site.database());
                                    Admin admin = Admin.create(Map.<String, Object>of(
                                            "bootstrap.servers",
                                            site.world().ports().bootstrapServers()))) {
                                site.mark();
                                site.awaitMark();
                                admin.deleteTopics(List.of("dosql." + site.database() + "." + site.table()))
                                        .all()
                                        .get(30, TimeUnit.SECONDS);
                            }
                            site.mark();
                        })
                        .sick(ErrorCode.TOPIC_REPLACED)
                        .orMended()
                        .resumed("--from", "start"),
                Fault.of("C sink paused", NOTHING, site -> {
                    site.world().connect().pause(Pipeline.SINK);
                    site.awaitTrue(
                            "the sink is told to be paused",
                            () -> site.world().ailments().stream()
                                    .anyMatch(ailment -> ailment.name().equals(Pipeline.SINK)));
                    site.mark();
                    site.world().workload().awaitMore(site.world().well(), 15, Duration.ofSeconds(30));
                    site.world().cli().run("resume", Pipeline.SINK).succeeded();
                    site.awaitMark();
                }),
                Fault.of("B, C connectors restarted", NOTHING, site -> {
                    site.world().connect().restart(Pipeline.SOURCE);
                    site.world().connect().restart(Pipeline.SINK);
                    site.mark();
                    site.awaitMark();
                }),
                Fault.of("B source stopped for a while", NOTHING, site -> {
                    ConnectCalls worker = site.world().worker();
                    worker.call("PUT", "/connectors/" + Pipeline.SOURCE + "/stop", null);
                    site.world().workload().awaitMore(site.world().well(), 30, Duration.ofSeconds(60));
                    worker.call("PUT", "/connectors/" + Pipeline.SOURCE + "/resume", null);
                    site.mark();
                    site.awaitMark();
                }));
    }

    private static void badConfigurations(Site site) throws Exception {
        String[][] all = {
            {Pipeline.SOURCE, "snaphot.mode", "initial"},
            {Pipeline.SOURCE, "cdc.max.batch.evnts", "1"},
            {Pipeline.SOURCE, "database.password", "secret"},
            {Pipeline.SOURCE, "heartbeat.action.query", "SELECT 1"},
            {Pipeline.SOURCE, "column.mask.hash.SHA-9.with.salt.x", "db0.t0.v"},
            {Pipeline.SOURCE, "database.port", "none"},
            {Pipeline.SINK, "dolake.comit.interval.ms", "1"},
            {Pipeline.SINK, "dolake.flush.threads", "0"},
            {Pipeline.SINK, "iceberg.catalog.warehouse", "gs://bucket/path"},
        };
        ConnectCalls worker = site.world().worker();
        for (String[] bad : all) {
            ConnectCalls.Answer answer = worker.call(
                    "PUT", "/connectors/" + bad[0] + "/config", worker.config(bad[0], Map.of(bad[1], bad[2])));
            assertThat(answer.status())
                    .as("%s=%s: %s", bad[1], bad[2], answer.text())
                    .isEqualTo(400);
            assertThat(answer.text()).doesNotContain("NullPointerException");
        }
    }

    private static void badOffsets(Site site) throws Exception {
        ConnectCalls worker = site.world().worker();
        worker.call("PUT", "/connectors/" + Pipeline.SOURCE + "/stop", null);
        site.awaitTrue(
                "the source is stopped",
                () -> worker.get("/connectors/" + Pipeline.SOURCE + "/status")
                        .text()
                        .contains("STOPPED"));
        String epoch = site.world().engine().status(site.database()).epoch();
        String lsn = site.world().engine().status(site.database()).oldestLsn().toString();
        Map<String, Object> partition = Map.of("server", "dosql", "database", site.database());
        for (Map<String, Object> offset : List.<Map<String, Object>>of(
                Map.of("epoch", epoch, "lsn", lsn, "event", 1_000_000),
                Map.of("epoch", epoch, "lsn", lsn, "evnt", 1))) {
            ConnectCalls.Answer answer = worker.call(
                    "PATCH",
                    "/connectors/" + Pipeline.SOURCE + "/offsets",
                    Map.of("offsets", List.of(Map.of("partition", partition, "offset", offset))));
            assertThat(answer.status()).as(answer.text()).isGreaterThanOrEqualTo(400);
            assertThat(answer.text()).contains("Cannot alter offset of database " + site.database());
        }
        worker.call("PUT", "/connectors/" + Pipeline.SOURCE + "/resume", null);
        site.mark();
        site.awaitMark();
    }
}
