/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The pipeline of docker-compose.yml: plugins in a Connect worker of their own, the lake in an object store. */
class ContainersIT {
    private static final Duration ARRIVAL_TIMEOUT = Duration.ofMinutes(4);

    private static ComposedPipeline pipeline;
    private static DoSqlClient engine;
    private static ObjectStoreLake lake;

    @BeforeAll
    static void start() {
        ComposeFile file = ComposeFile.load(RepositoryRoot.find(), System.getenv());
        DockerEngine.assumeAvailable(file);
        pipeline = ComposedPipeline.start(file);
        engine = DoSqlClient.builder(pipeline.address("engine"))
                .token(pipeline.output("engine", "cat", "/run/dosql/token"))
                .build();
        lake = new ObjectStoreLake(pipeline);
    }

    @AfterAll
    static void stop() throws IOException {
        if (engine != null) {
            engine.close();
        }
        if (lake != null) {
            lake.close();
        }
        if (pipeline != null) {
            pipeline.saveLogs(Path.of("target", "container-logs"));
            pipeline.close();
        }
    }

    @Test
    void rowsWrittenThroughTheEngineAreReadFromTheObjectStore() throws Exception {
        engine.create("shop");
        engine.exec(
                "shop",
                Statement.of("CREATE TABLE orders(id INTEGER PRIMARY KEY, customer TEXT NOT NULL, total REAL)"));
        engine.batch(
                "shop",
                List.of(
                        Statement.of("INSERT INTO orders VALUES (?, ?, ?)", 1L, "ada", 10.5),
                        Statement.of("INSERT INTO orders VALUES (?, ?, ?)", 2L, "bob", 20.25),
                        Statement.of("INSERT INTO orders VALUES (?, ?, ?)", 3L, "zoë", null)));
        awaitRows(List.of("1", "ada", "10.5"), List.of("2", "bob", "20.25"), List.of("3", "zoë", "null"));

        engine.exec("shop", Statement.of("UPDATE orders SET total = 11.0 WHERE id = 1"));
        engine.exec("shop", Statement.of("DELETE FROM orders WHERE id = 2"));
        engine.exec("shop", Statement.of("INSERT INTO orders VALUES (4, 'dan', 40.0)"));
        awaitRows(List.of("1", "ada", "11.0"), List.of("3", "zoë", "null"), List.of("4", "dan", "40.0"));

        assertThat(lake.keys())
                .as("objects in the bucket")
                .anyMatch(key -> key.startsWith("warehouse/shop/orders/data/") && key.endsWith(".parquet"))
                .anyMatch(key -> key.endsWith(".puffin"))
                .anyMatch(key -> key.endsWith(".metadata.json"));
        assertThat(lake.table("shop", "orders").currentSnapshot().summary())
                .containsEntry("total-equality-deletes", "0");
        assertThat(workerAnswer("/connectors/dosql-source/offsets")
                        .at("/offsets/0/offset/lsn")
                        .isIntegralNumber())
                .as("the worker shows how far the source is")
                .isTrue();
    }

    @Test
    void bothConnectorsRunInTheWorker() throws Exception {
        assertThat(workerAnswer("/connector-plugins").findValuesAsText("class"))
                .contains("io.dolake.connector.dosql.DoSqlConnector", "io.dolake.sink.DoLakeSinkConnector");
        for (String connector : List.of("dosql-source", "dolake-sink")) {
            await().atMost(ARRIVAL_TIMEOUT).untilAsserted(() -> {
                JsonNode status = workerAnswer("/connectors/" + connector + "/status");
                assertThat(status.at("/connector/state").asText())
                        .as(status.toString())
                        .isEqualTo("RUNNING");
                assertThat(status.at("/tasks").findValuesAsText("state"))
                        .as(status.toString())
                        .isNotEmpty()
                        .containsOnly("RUNNING");
            });
        }
    }

    @SafeVarargs
    private static void awaitRows(List<String>... expected) {
        await().atMost(ARRIVAL_TIMEOUT).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            assertThat(lake.exists("shop", "orders")).as("shop.orders exists").isTrue();
            assertThat(lake.rows("shop", "orders", "id", "customer", "total")).containsExactly(expected);
        });
    }

    private static JsonNode workerAnswer(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(pipeline.address("connect").resolve(path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return new ObjectMapper().readTree(answer.body());
    }
}
