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

/** B4 the whole way: a table whose topic Kafka cannot tell from another's is set aside by itself, and gone with its name. */
class SourceSetAsideIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    @Test
    void aTableWhoseTopicIsAnothersIsSetAsideAndEndsWithoutATrace() {
        Cli cli = new Cli(dir);
        cli.up().succeeded();
        try (DoSqlClient engine = PipelineCommand.engine(Ports.last(Home.of(dir)))) {
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

    private static void create(DoSqlClient engine, String database, String table, int rows) {
        engine.create(database);
        engine.exec(database, Statement.of("CREATE TABLE " + table + "(id INTEGER PRIMARY KEY, v TEXT)"));
        for (int i = 0; i < rows; i++) {
            engine.exec(database, Statement.of("INSERT INTO " + table + " VALUES (" + i + ", 'v')"));
        }
    }
}
