/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.sink.DoLakeSinkConnector;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.rest.DoLakeRestExtension;
import io.dolake.sink.testkit.KafkaNode;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.LiveTopic;
import io.dolake.sink.testkit.WorkerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.TableProperties;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FAULTS C17: two workers of a cluster, one task; the worker without it answers for the whole connector. */
class TwoWorkersIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final List<WorkerProcess> workers = new ArrayList<>();

    @Test
    void eachWorkerAnswersForTheWholeConnector() throws Exception {
        try (KafkaNode broker = new KafkaNode(directory.resolve("kafka"));
                LiveTopic topic = new LiveTopic(broker, "dosql.shop.orders");
                Lake lake = new Lake(directory)) {
            List<String> addresses = List.of(start(broker), start(broker));
            await().atMost(90, SECONDS).until(() -> configure(addresses.get(0), topic.name, lake));
            topic.mark();
            await().atMost(90, SECONDS).until(() -> tasks(addresses.get(0)) == 1 && tasks(addresses.get(1)) == 1);
            String here = addresses.stream()
                    .filter(address -> local(address) == 1)
                    .findFirst()
                    .orElseThrow();
            String other = addresses.get(1 - addresses.indexOf(here));
            assertThat(local(other)).isZero();

            assertThat(send("POST", other + "/dolake/connectors/dolake-sink/flush", null)
                            .body())
                    .contains("\"flushed\":true");
            await().atMost(60, SECONDS).until(() -> {
                send("POST", other + "/dolake/connectors/dolake-sink/flush", null);
                return lake.exists("orders") && lake.rows("orders").size() == 3;
            });
            // The task tells of its tables some times a second.
            await().atMost(10, SECONDS).until(() -> tables(other).size() == 1);
            assertThat(tables(other)).singleElement().satisfies(table -> {
                assertThat(table.path("table").asText()).isEqualTo("shop.orders");
                assertThat(table.path("state").asText()).isEqualTo("STREAMING");
            });

            lake.table("orders")
                    .updateProperties()
                    .set(TableProperties.WRITE_DATA_LOCATION, "/dev/null/x")
                    .commit();
            topic.mark();
            await().atMost(60, SECONDS).until(() -> {
                send("POST", other + "/dolake/connectors/dolake-sink/flush?timeoutMs=1000", null);
                return tables(other).get(0).path("state").asText().equals("SUSPENDED");
            });
            assertThat(tables(other).get(0).path("held").size()).isPositive();
            lake.table("orders")
                    .updateProperties()
                    .remove(TableProperties.WRITE_DATA_LOCATION)
                    .commit();
            String resume = other + "/dolake/connectors/dolake-sink/tables/shop.orders/resume";
            assertThat(send("POST", resume, null).body()).isEqualTo("{\"resumed\":1}");
            assertThat(send("POST", resume, null).statusCode()).isEqualTo(404);
            assertThat(send("POST", resume + "?from=x", null).body()).contains("INVALID_ARGUMENT");
            assertThat(send("GET", other + "/dolake/connectors/none/status", null)
                            .statusCode())
                    .isEqualTo(404);
            await().atMost(60, SECONDS).until(() -> {
                send("POST", other + "/dolake/connectors/dolake-sink/flush", null);
                return lake.rows("orders").size() == 6;
            });
        } finally {
            for (WorkerProcess worker : workers) {
                worker.kill();
            }
        }
    }

    private String start(KafkaNode broker) throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = socket.getLocalPort();
        }
        String address = "http://127.0.0.1:" + port;
        Map<String, String> settings = WorkerProcess.settings(broker, directory, JsonConverter.class);
        settings.remove("offset.storage.file.filename");
        settings.put("listeners", address);
        settings.put("group.id", "connect");
        for (String storage : List.of("config", "offset", "status")) {
            settings.put(storage + ".storage.topic", "connect-" + storage);
            settings.put(storage + ".storage.replication.factor", "1");
        }
        settings.put("offset.storage.partitions", "1");
        settings.put("status.storage.partitions", "1");
        settings.put("rest.extension.classes", DoLakeRestExtension.class.getName());
        workers.add(WorkerProcess.distributed(directory.resolve("worker-" + workers.size()), settings));
        return address;
    }

    /** Whether the cluster has taken it. */
    private boolean configure(String address, String topic, Lake lake) throws Exception {
        Map<String, String> sink = new HashMap<>(lake.settings("dolake-sink"));
        sink.put("connector.class", DoLakeSinkConnector.class.getName());
        sink.put("tasks.max", "1");
        sink.put("topics", topic);
        sink.put(SinkConfig.COMMIT_INTERVAL_MS, "3600000");
        try {
            return send("PUT", address + "/connectors/dolake-sink/config", JSON.writeValueAsString(sink))
                            .statusCode()
                    < 300;
        } catch (IOException e) {
            workers.forEach(WorkerProcess::isStopped); // throws if one has ended
            return false;
        }
    }

    private int tasks(String address) throws Exception {
        HttpResponse<String> answer = send("GET", address + "/dolake/status", null);
        return answer.statusCode() == 200
                ? JSON.readTree(answer.body()).path("tasks").size()
                : -1;
    }

    private int local(String address) {
        try {
            return JSON.readTree(send("GET", address + "/dolake/status?local=true", null)
                            .body())
                    .path("tasks")
                    .size();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private List<JsonNode> tables(String address) throws Exception {
        List<JsonNode> tables = new ArrayList<>();
        JSON.readTree(send("GET", address + "/dolake/connectors/dolake-sink/tables", null)
                        .body())
                .path("tables")
                .forEach(tables::add);
        return tables;
    }

    private HttpResponse<String> send(String method, String uri, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri))
                .timeout(Duration.ofSeconds(90))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
