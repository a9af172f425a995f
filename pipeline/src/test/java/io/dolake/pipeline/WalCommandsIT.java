/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.config.ArchiveLocation;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on change logs, on a file that an engine has left, with an archive in a directory. */
class WalCommandsIT {
    @TempDir
    Path directory;

    private Cli cli;
    private String log;
    private String archive;

    @BeforeEach
    void makeLog() {
        cli = new Cli(directory);
        log = directory.resolve("engine/shop.log.db").toString();
        archive = directory.resolve("archive").toUri().toString();
        ServerConfig config = ServerConfig.of(directory.resolve("engine"))
                .withPort(0)
                .withArchive(new ArchiveLocation.Directory(directory.resolve("archive")))
                .withLimit(Limit.SEGMENT_BYTES, 4_096)
                .withLimit(Limit.WAL_RETENTION_BYTES, 1 << 16)
                .withLimit(Limit.HOUSEKEEPING_INTERVAL_MS, 20);
        try (DoSqlServer server = DoSqlServer.start(config);
                DoSqlClient client = DoSqlClient.builder(URI.create("http://127.0.0.1:" + server.port()))
                        .build()) {
            client.create("shop");
            client.exec("shop", Statement.of("create table t(id integer primary key, v blob)"));
            for (int i = 0; i < 60; i++) {
                client.exec("shop", Statement.of("insert into t(v) values (randomblob(2000))"));
            }
            Awaitility.await().until(() -> client.status("shop").archive().segments() > 20);
        }
    }

    private JsonNode last(Cli.Result result) {
        List<JsonNode> lines = result.json();
        return lines.get(lines.size() - 1);
    }

    @Test
    void listsSegmentsHereAndInTheArchive() {
        List<JsonNode> segments =
                cli.run("wal", "list", log, "--json").succeeded().json();
        assertThat(segments).hasSize(61);
        assertThat(segments).extracting(s -> s.path("events").asLong()).containsOnly(1L);
        assertThat(segments.get(0).path("object").asText()).endsWith("/_archive/wal/1.bin");
        assertThat(segments.get(60).path("object").isNull()).isTrue();
        assertThat(segments).extracting(s -> s.path("lsnEnd").asLong()).isSorted();
        assertThat(cli.run("wal", "list", log).succeeded().out())
                .contains("first LSN", "/_archive/wal/1.bin", "61 segments, ");
    }

    @Test
    void verifiesAndTellsWhatIsMissingAndWhere() throws IOException {
        Cli.Result sound =
                cli.run("wal", "verify", log, "--json", "--archive", archive).succeeded();
        assertThat(last(sound).path("segments").asInt()).isEqualTo(61);
        assertThat(last(sound).path("archived").asInt()).isGreaterThan(20);
        assertThat(last(sound).path("faults").asInt()).isZero();
        assertThat(cli.run("wal", "verify", log, "--archive", archive)
                        .succeeded()
                        .out())
                .contains("no fault");

        String object = cli.run("wal", "list", log, "--json")
                .json()
                .get(7)
                .path("object")
                .asText();
        Files.delete(directory.resolve("archive").resolve(object));
        Cli.Result result = cli.run("wal", "verify", log, "--archive", archive);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).contains("segment 8: ", object, "is missing", "1 fault");
        assertThat(cli.run("wal", "verify", log, "--json", "--archive", archive)
                        .json()
                        .get(0)
                        .path("object")
                        .asText())
                .isEqualTo(object);
    }

    @Test
    void archiveThatIsNotNamedIsNotTakenForSound() {
        Cli.Result result = cli.run("wal", "verify", log);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).contains("none is configured");
        assertThat(cli.run("wal", "verify", log, "--archive", "ftp://x")
                        .failed("INVALID_CONFIGURATION")
                        .err())
                .contains("DOSQL_ARCHIVE");
    }

    @Test
    void refusesWhatIsNoChangeLog() {
        cli.run("wal", "list", directory.resolve("engine/shop.db").toString()).failed("INVALID_ARGUMENT");
        assertThat(cli.run("wal", "list", "./absent.log.db")
                        .failed("INVALID_ARGUMENT")
                        .err())
                .contains("no such file");
        cli.run("wal", "list", "shop").failed("CONNECTION_ERROR");
    }
}
