/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.pipeline.sync.SourcePositions;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's data is lost while the sink lags; the offsets of the lake say nothing of the topics made anew (C12). */
class LostTopicsIT {
    @TempDir
    Path dir;

    @Test
    void syncAndStatusAreNotFooledByTheOffsetsOfTopicsThatAreGone() throws IOException {
        Cli cli = new Cli(dir);
        cli.up().succeeded();
        try {
            cli.run(
                            "sql",
                            "shop",
                            "CREATE TABLE t(id INTEGER PRIMARY KEY, v); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
                                    + " FROM n WHERE i < 220) INSERT INTO t SELECT i, 'old' FROM n")
                    .succeeded();
            cli.run("sync", "shop").succeeded();
            cli.connect().pause(Pipeline.SINK);
            String before = sent(cli);
            cli.run("sql", "shop", "UPDATE t SET v = 'new'").succeeded();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> !sent(cli).equals(before));
            cli.run("down").succeeded();
            delete(Home.of(dir).kafka());
            cli.up();

            // Whatever sync says is true.
            Cli.Result sync = cli.run("sync", "shop", "--timeout", "60");
            if (sync.status() == 0) {
                cli.run("verify", "shop").succeeded();
            } else {
                assertThat(sync.err()).doesNotStartWith("TIMEOUT");
                List<JsonNode> notWell = notWell(cli);
                assertThat(notWell).isNotEmpty();
                assertThat(cli.run("verify", "shop").status()).isEqualTo(1);
                cli.run("resume", "--lake", "--from", "start").succeeded();
                cli.run("sync", "shop", "--timeout", "60").succeeded();
                cli.run("verify", "shop").succeeded();
                assertThat(notWell(cli)).isEmpty();
            }
        } finally {
            cli.run("down");
        }
    }

    private static List<JsonNode> notWell(Cli cli) {
        return List.copyOf(cli.run("status", "--json")
                .succeeded()
                .json()
                .get(0)
                .path("notWell")
                .findParents("code"));
    }

    private static String sent(Cli cli) {
        return SourcePositions.read(cli.connect())
                .of("shop")
                .orElseThrow()
                .lsn()
                .toString();
    }

    static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException error) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
