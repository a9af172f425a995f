/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.pipeline.run.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What leaves nothing in the lake is not waited for, nor is what a start finds done. */
class SyncIT {
    private static final String GROUP = "connect-" + Pipeline.SINK;
    /** A transform of a user, which leaves out all of a table. */
    private static final Map<String, String> SINK = Map.of(
            "dolake.dead.letter.table", "lake.dead",
            "transforms", "leaveOut",
            "transforms.leaveOut.type", "org.apache.kafka.connect.transforms.Filter",
            "transforms.leaveOut.predicate", "isHidden",
            "predicates", "isHidden",
            "predicates.isHidden.type", "org.apache.kafka.connect.transforms.predicates.TopicNameMatches",
            "predicates.isHidden.pattern", "dosql\\.ord\\.hidden");

    @TempDir
    Path dir;

    @TempDir
    Path root;

    private Cli cli;
    private OwnInstallation installation;

    @BeforeEach
    void start() throws Exception {
        cli = new Cli(dir);
        installation = new OwnInstallation(root);
        installation.configure("dolake-sink.json", SINK);
        cli.up().succeeded();
    }

    @AfterEach
    void stop() {
        cli.run("down");
        installation.close();
    }

    @Test
    void whatLeavesNothingInTheLakeIsNotWaitedForNorIsWhatAStartFindsDone() throws Exception {
        try (Admin admin = admin()) {
            get(admin.createTopics(List.of(new NewTopic("dosql.ord.spread", 3, (short) 1)))
                    .all());
        }
        sql("CREATE TABLE kept(id INTEGER PRIMARY KEY); CREATE TABLE empty(id INTEGER PRIMARY KEY);"
                + " CREATE TABLE gone(id INTEGER PRIMARY KEY); CREATE TABLE dropped(id INTEGER PRIMARY KEY);"
                + " CREATE TABLE hidden(id INTEGER PRIMARY KEY); CREATE TABLE spread(id INTEGER PRIMARY KEY);"
                + " CREATE TABLE \"odd name\"(id INTEGER PRIMARY KEY)");
        sql("INSERT INTO kept VALUES (1), (2); INSERT INTO gone VALUES (1); INSERT INTO dropped VALUES (1);"
                + " INSERT INTO hidden VALUES (1); INSERT INTO spread VALUES (1), (2), (3), (4), (5), (6), (7);"
                + " INSERT INTO \"odd name\" VALUES (1)");
        sql("DELETE FROM gone; DROP TABLE dropped; DELETE FROM kept WHERE id = 2");
        produce("dosql.ord.poison", "{\"id\":1}", "no JSON");
        produce("dosql.ord.stone", "{\"id\":1}", null);
        syncs();
        sql("INSERT INTO hidden VALUES (2)");
        syncs();

        cli.run("down").succeeded();
        cli.up().succeeded();
        syncs();
        syncs();
        sql("INSERT INTO kept VALUES (3); INSERT INTO hidden VALUES (3)");
        syncs();
        syncs();

        // As an earlier version left it, or a tool.
        call("PUT", "stop");
        try (Admin admin = admin()) {
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            get(admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata())
                    .forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset.offset())));
            assertThat(offsets).containsKey(new TopicPartition("dosql.ord.hidden", 0));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .ignoreException(UnknownMemberIdException.class)
                    .untilAsserted(() ->
                            get(admin.alterConsumerGroupOffsets(GROUP, offsets).all()));
        }
        Cli.Result stopped = cli.run("sync", "ord", "--timeout", "10").failed("CONNECTION_ERROR");
        assertThat(stopped.err()).contains("A user has set it to STOPPED");
        call("PUT", "resume");
        syncs();
    }

    private void syncs() {
        JsonNode synced = cli.run("sync", "ord", "--json", "--timeout", "45")
                .succeeded()
                .json()
                .get(0);
        assertThat(cli.run("status", "--json", "--database", "ord")
                        .succeeded()
                        .json()
                        .get(0)
                        .path("problems"))
                .isEmpty();
        System.out.println("in the lake after " + synced.path("seconds"));
    }

    private void sql(String statements) {
        cli.run("sql", "ord", statements).succeeded();
    }

    private void call(String method, String action) throws Exception {
        int status = new ConnectCalls(cli.connect().worker())
                .call(method, "/connectors/" + Pipeline.SINK + "/" + action, null)
                .status();
        assertThat(status).isBetween(200, 204);
    }

    private void produce(String topic, String key, String value) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class))) {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        }
    }

    private Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()));
    }

    private String bootstrapServers() {
        return Ports.last(Home.of(dir)).bootstrapServers();
    }

    private static <T> T get(KafkaFuture<T> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }
}
