/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.pipeline.lake.Lake;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.pipeline.run.Ports;
import io.dolake.pipeline.sync.SinkProgress;
import io.dolake.pipeline.sync.Sync;
import io.dolake.pipeline.verify.Verification;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * B4 on the whole way, in real tasks: a table whose topic Kafka would refuse, which ended the task, is set aside while the table
 * beside it arrives in the lake; brought back, it arrives too. Both databases are new to running tasks (B6).
 */
class SourceSetAsideIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();

    @TempDir
    Path dir;

    private static JsonNode table(String database, String table) throws Exception {
        for (ObjectName task : BEANS.queryNames(new ObjectName("io.dolake:type=source-task,*"), null)) {
            for (JsonNode found : new ObjectMapper().readTree((String) BEANS.getAttribute(task, "DatabasesJson"))) {
                for (JsonNode candidate : found.path("tables")) {
                    if (found.path("name").asText().equals(database)
                            && candidate.path("name").asText().equals(table)) {
                        return candidate;
                    }
                }
            }
        }
        return new ObjectMapper().createObjectNode();
    }

    private static boolean resume(String collection) throws Exception {
        boolean any = false;
        for (ObjectName task : BEANS.queryNames(new ObjectName("io.dolake:type=source-task,*"), null)) {
            any |= (Boolean)
                    BEANS.invoke(task, "resume", new Object[] {collection}, new String[] {String.class.getName()});
        }
        return any;
    }

    private static void await(String table, String state) throws Exception {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        String[] names = table.split("\\.");
        while (!table(names[0], names[1]).path("state").asText().equals(state)) {
            assertThat(System.nanoTime() - end)
                    .as("%s becomes %s", table, state)
                    .isNegative();
            Thread.sleep(50);
        }
    }

    @Test
    void aTableIsSetAsideAndComesBackWhileTheOtherOneArrives() throws Exception {
        Home home = Home.of(dir);
        try (Pipeline pipeline =
                        Pipeline.start(new Installation(Cli.repository()), home, Ports.Wish.ANY, System.out::println);
                DoSqlClient engine = PipelineCommand.engine(pipeline.ports());
                SinkProgress sink = new SinkProgress(pipeline.ports().bootstrapServers())) {
            Sync sync = PipelineCommand.sync(pipeline.ports(), engine, sink);
            create(engine, "shop", "eu_orders", 3);
            assertThat(new Verification(engine, sync, home, 20, TIMEOUT)
                            .run("shop")
                            .differences())
                    .isZero();
            create(engine, "shop_eu", "customers", 4);
            create(engine, "shop_eu", "orders", 5);
            await("shop_eu.orders", "SUSPENDED");
            assertThat(table("shop_eu", "orders").path("code").asText()).isEqualTo("INVALID_CONFIGURATION");
            engine.exec("shop_eu", Statement.of("INSERT INTO customers VALUES (100, 'later')"));
            long end = System.nanoTime() + TIMEOUT.toNanos();
            while (rows(home, "shop_eu", "customers") < 5) {
                assertThat(System.nanoTime() - end)
                        .as("the table beside it arrives")
                        .isNegative();
                Thread.sleep(200);
            }

            engine.exec("shop_eu", Statement.of("ALTER TABLE orders RENAME TO purchases"));
            assertThat(new Verification(engine, sync, home, 20, TIMEOUT)
                            .run("shop_eu")
                            .differences())
                    .isZero();
        }
    }

    private static long rows(Home home, String database, String table) {
        long[] rows = {0};
        try (Lake lake = Lake.open(home)) {
            lake.find(database, table)
                    .ifPresent(snapshot -> snapshot.forEach(row -> {
                        rows[0]++;
                        return true;
                    }));
        }
        return rows[0];
    }

    private static void create(DoSqlClient engine, String database, String table, int rows) {
        engine.create(database);
        engine.exec(database, Statement.of("CREATE TABLE " + table + "(id INTEGER PRIMARY KEY, v TEXT)"));
        for (int i = 0; i < rows; i++) {
            engine.exec(database, Statement.of("INSERT INTO " + table + " VALUES (" + i + ", 'v')"));
        }
    }
}
