/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A pipeline whose engine gets its first API key while it runs. */
class PipelineTokenIT extends RunningPipeline {
    private static int status(String token) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(Ports.last(Home.of(dir)).engineUrl() + "/v1/databases/shop"));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void pipelineAndCommandsWorkOnWhileOthersNeedAToken() throws Exception {
        cli.run("sql", "shop", "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
                .succeeded();
        assertThat(status(null)).isEqualTo(200);
        String token = cli.run("token", "create", "app", "--allow", "read:shop")
                .succeeded()
                .out()
                .trim();
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> status(null) == 401);
        assertThat(status(token)).isEqualTo(200);
        cli.run("sql", "shop", "INSERT INTO t VALUES (2)").succeeded();
        cli.run("sync", "shop").succeeded();
        assertThat(cli.run("lake", "shop.t").succeeded().out()).contains("2 rows");
        cli.run("verify", "shop").succeeded();
        assertThat(cli.run("status").succeeded().out()).contains("shop");
        assertThat(cli.run("--token", token, "sql", "shop", "INSERT INTO t VALUES (3)")
                        .failed("FORBIDDEN")
                        .err())
                .contains("'app' has no right 'write'")
                .doesNotContain(token);
        Path wrong = Files.writeString(other.resolve("token"), "not-a-token\n");
        assertThat(cli.run("--token-file", wrong.toString(), "sql", "shop", "SELECT 1")
                        .failed("UNAUTHORIZED")
                        .err())
                .contains("--token-file");
        Path own = Home.of(dir).engineToken();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
                .isEqualTo("rw-------");
        nothingIn(Home.of(dir).logs(), Files.readString(own));
        nothingIn(Home.of(dir).logs(), token);
        nothingIn(Home.of(dir).kafka(), Files.readString(own));
    }

    private static void nothingIn(Path directory, String token) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.filter(Files::isRegularFile))
                    .allSatisfy(file -> assertThat(
                                    new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1)
                                            .contains(token))
                            .as("a token in " + file)
                            .isFalse());
        }
    }
}
