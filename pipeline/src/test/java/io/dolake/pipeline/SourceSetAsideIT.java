/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Ports;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables that one connector has set aside while the rest of their database goes on: B4, and what a table of the lake
 * holds up (C14).
 */
class SourceSetAsideIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    @Test
    void aTableWhoseTopicIsAnothersIsSetAsideAndEndsWithoutATrace() {
        Cli cli = new Cli(dir);
        cli.up().succeeded();
        try (DoSqlClient engine = PipelineCommand.engine(Ports.last(Home.of(dir)), null)) {
            create(engine, "shop", "eu_orders", 3);
            cli.run("verify", "shop", "--timeout", "60").succeeded();
            create(engine, "shop_eu", "customers", 4);
            create(engine, "shop_eu", "orders", 5);
            Awaitility.await()
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(cli.run("status").out())
                            .contains("NOT WELL    table shop_eu.orders SUSPENDED: INVALID_CONFIGURATION"));
            engine.exec("shop_eu", Statement.of("INSERT INTO customers VALUES (100, 'later')"));
            Awaitility.await("the table beside it arrives")
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(
                                    cli.run("lake", "shop_eu.customers").out())
                            .contains("later"));

            engine.exec("shop_eu", Statement.of("ALTER TABLE orders RENAME TO purchases"));
            Awaitility.await()
                    .atMost(SOON)
                    .untilAsserted(() ->
                            cli.run("verify", "shop_eu", "--timeout", "30").succeeded());
            cli.run("verify", "shop", "--timeout", "60").succeeded();
            assertThat(cli.run("status").out()).doesNotContain("NOT WELL");
        } finally {
            cli.run("down");
        }
    }

    /** Its topic is named otherwise, and its records are not waited for. */
    @Test
    void aLakeTableWithAnOddNameThatIsSetAsideHoldsUpNoOthers() {
        Cli cli = new Cli(dir);
        cli.up().succeeded();
        try (DoSqlClient engine = PipelineCommand.engine(Ports.last(Home.of(dir)), null)) {
            String odd = "n".repeat(290); // too long for a file
            create(engine, "shop", "orders", 3);
            create(engine, "shop", odd, 3);
            Awaitility.await()
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(cli.run("status").out())
                            .contains("NOT WELL    table shop." + odd + " SUSPENDED: INVALID_ARGUMENT"));
            engine.exec("shop", Statement.of("INSERT INTO orders VALUES (100, 'later')"));
            assertThat(cli.run("sync", "shop", "--timeout", "30")
                            .failed("INVALID_ARGUMENT")
                            .err())
                    .contains("its other tables are in the lake");
            assertThat(cli.run("lake", "shop.orders").succeeded().out()).contains("later");
            assertThat(cli.run("verify", "shop", "--timeout", "30").out()).contains("SUSPENDED", "orders");

            engine.exec("shop", Statement.of("ALTER TABLE " + odd + " RENAME TO fine"));
            cli.run("resume", "shop." + odd).succeeded();
            Awaitility.await()
                    .atMost(SOON)
                    .untilAsserted(
                            () -> cli.run("verify", "shop", "--timeout", "30").succeeded());
        } finally {
            cli.run("down");
        }
    }

    private static void create(DoSqlClient engine, String database, String table, int rows) {
        engine.create(database);
        engine.exec(database, Statement.of("CREATE TABLE " + table + "(id INTEGER PRIMARY KEY, v TEXT)"));
        for (int i = 0; i < rows; i++) {
            engine.exec(database, Statement.of("INSERT INTO " + table + " VALUES (" + i + ", 'v')"));
        }
    }
}
