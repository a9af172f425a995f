/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.LogCheck;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.testkit.EngineProcess;
import io.dolake.schemas.DoLakeException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * An engine in a process of its own, with a small heap, under hostile input. After each attack it still runs and
 * answers, for the attacked database and for its neighbour; at the end no database and no change log is damaged.
 */
abstract class AttackedEngine {
    static final String VICTIM = "victim";
    static final String NEIGHBOUR = "neighbour";
    static final Path OUTSIDE = Path.of("/tmp/dosql-attack");
    static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path directory;

    EngineProcess engine;
    DoSqlClient client;

    @BeforeEach
    void start() throws IOException {
        Files.deleteIfExists(OUTSIDE);
        engine = EngineProcess.start(
                directory,
                Map.of(
                        Limit.QUERY_TIMEOUT_MS,
                        400L,
                        Limit.READERS_PER_DATABASE,
                        8L,
                        Limit.LOCK_TIMEOUT_MS,
                        5_000L,
                        Limit.REPLY_TIMEOUT_MS,
                        3_000L));
        client = engine.client();
        for (String name : List.of(VICTIM, NEIGHBOUR)) {
            client.create(name);
            client.exec(name, Statement.of("create table " + name + "(b)"));
            client.exec(name, Statement.of("insert into " + name + " values ('kept')"));
        }
    }

    /** What was damaged shows here, whichever attack it was. */
    @AfterEach
    void nothingIsDamaged() {
        requireAlive("the last");
        assertThat(OUTSIDE).doesNotExist();
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> client.status(VICTIM)
                        .durableLsn()
                        .equals(client.status(VICTIM).lsn()));
        try (Session session = client.session(VICTIM)) {
            try (Session.Cursor cursor = session.query(Statement.of("pragma integrity_check"), 100)) {
                assertThat(cursor.next()).containsExactly("ok");
            }
        }
        for (String name : List.of(VICTIM, NEIGHBOUR)) {
            long after = 0;
            do {
                LogCheck check = client.verifyLog(name, after);
                assertThat(check.faults()).isEmpty();
                after = check.next();
            } while (after != 0);
        }
        assertThat(client.query(NEIGHBOUR, Statement.of("select b from neighbour"))
                        .rows())
                .hasSizeGreaterThan(0);
        engine.close();
    }

    void requireAlive(String attack) {
        String shown = attack.length() > 200 ? attack.substring(0, 200) + "..." : attack;
        assertThat(engine.isAlive())
                .as("the engine lives after: %s (%s)", shown, engine.end())
                .isTrue();
        try {
            client.query(NEIGHBOUR, Statement.of("select count(*) from neighbour"));
        } catch (DoLakeException e) {
            throw new AssertionError("The neighbour is not served after: " + shown, e);
        }
    }

    HttpResponse<String> post(String operation, byte[] body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(engine.uri().resolve("/v1/databases/victim/" + operation))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    static void requireForeseen(HttpResponse<String> reply, String attack) {
        assertThat(reply.body())
                .as(attack.length() > 200 ? attack.substring(0, 200) : attack)
                .doesNotContain("\"INTERNAL_ERROR\"")
                .doesNotContain("\"IO_ERROR\"");
    }

    static byte[] statement(String sql) {
        StringBuilder json = new StringBuilder("{\"sql\":\"");
        for (char c : sql.toCharArray()) {
            if (c < ' ' || c == '"' || c == '\\' || Character.isSurrogate(c)) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append("\"}").toString().getBytes(StandardCharsets.UTF_8);
    }
}
