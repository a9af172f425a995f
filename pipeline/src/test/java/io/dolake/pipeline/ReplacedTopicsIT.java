/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.pipeline.sync.SourcePositions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A topic's data is lost while the sink is stopped, and its group's offsets are not: the topic begins anew under the
 * same id, and its offsets mean other records (C12).
 */
class ReplacedTopicsIT {
    @TempDir
    Path dir;

    private Cli cli;

    /** A table that the lake has, and 220 changes of it that only Kafka has, and loses. */
    @BeforeEach
    void loseATopic() throws Exception {
        cli = new Cli(dir);
        cli.up().succeeded();
        sql(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v); CREATE TABLE calm(id INTEGER PRIMARY KEY); INSERT INTO calm VALUES (1);"
                        + " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 220)"
                        + " INSERT INTO t SELECT i, 'old' FROM n");
        cli.run("sync", "shop").succeeded();
        assertThat(status().path("sinkLagRecords").size()).isZero();
        assertThat(new ConnectCalls(cli.connect().worker())
                        .call("PUT", "/connectors/" + Pipeline.SINK + "/stop", null)
                        .status())
                .isEqualTo(204);
        send("UPDATE t SET v = 'lost'");
        cli.run("down").succeeded();
        try (Stream<Path> logs = Files.list(Home.of(dir).kafka())) {
            for (Path log : logs.filter(path -> path.getFileName().toString().startsWith("dosql.shop.t-"))
                    .toList()) {
                LostTopicsIT.delete(log);
            }
        }
        cli.up(); // degraded: the sink is stopped
    }

    @AfterEach
    void stop() {
        cli.run("down");
    }

    @Test
    void aTopicThatHasGrownPastTheOldOffsetIsNotTakenForTheOldOne() throws IOException {
        // One transaction, so that a record stands where the old topic had its last one.
        send(
                "WITH RECURSIVE n(i) AS (SELECT 221 UNION ALL SELECT i + 1 FROM n WHERE i < 800) INSERT INTO t SELECT i, 'newer' FROM n");
        send("UPDATE t SET v = 'newest'");
        assertThat(status().path("problems").toString()).contains("TOPIC_REPLACED: dosql.shop.t was recreated");
        assertThat(cli.run("sync", "shop", "--timeout", "10").status()).isEqualTo(1);

        cli.connect().resume(Pipeline.SINK);
        cli.run("sync", "shop", "--timeout", "60").failed("TOPIC_REPLACED");
        assertThat(notWell()).containsExactly("dosql.shop.t-0");
        assertThat(cli.run("verify", "shop").status()).isEqualTo(1);

        cli.run("resume", "--lake", "--from", "start").succeeded();
        cli.run("verify", "shop", "--timeout", "60").succeeded();
        assertThat(notWell()).isEmpty();
        assertThat(status().path("problems").size()).isZero();
        assertThat(status().path("sinkLagRecords").size()).isZero();
    }

    @Test
    void aTopicThatIsEmptyOrShorterHoldsNothingOfWhatWasSentAndIsNotCalledInTheLake() throws IOException {
        cli.connect().resume(Pipeline.SINK);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> notWell().isEmpty());
        assertThat(cli.run("sync", "shop", "--timeout", "60")
                        .failed("TOPIC_REPLACED")
                        .err())
                .contains("dosql.shop.t was recreated or has lost its data");
        assertThat(status().path("problems").toString()).contains("TOPIC_REPLACED: dosql.shop.t");

        send("UPDATE t SET v = 'newer' WHERE id <= 10");
        cli.run("sync", "shop", "--timeout", "60").failed("TOPIC_REPLACED");
        assertThat(notWell()).containsExactly("dosql.shop.t-0");
        send("UPDATE t SET v = 'newest'");
        cli.run("resume", "--lake", "--from", "start").succeeded();
        cli.run("verify", "shop", "--timeout", "60").succeeded();
        assertThat(notWell()).isEmpty();
    }

    private void sql(String statements) {
        cli.run("sql", "shop", statements).succeeded();
    }

    /** Has it in Kafka. */
    private void send(String statement) {
        String before = sent();
        sql(statement);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> !sent().equals(before));
    }

    private String sent() {
        return SourcePositions.read(cli.connect())
                .of("shop")
                .orElseThrow()
                .lsn()
                .toString();
    }

    private JsonNode status() {
        return cli.run("status", "--json").succeeded().json().get(0);
    }

    private List<String> notWell() {
        return status().path("notWell").findValuesAsText("name");
    }
}
