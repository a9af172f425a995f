/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dolake.sink.DoLakeSinkConnector;
import io.dolake.sink.catalog.LocalFileIO;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.table.TableOffsets;
import io.dolake.sink.takeover.TakeoverReport;
import io.dolake.sink.testkit.KafkaNode;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Apache Iceberg sink fills a table, is stopped, and this one goes on under its name: all real, nothing lost or
 * twice.
 */
class TakeoverIT {
    private static final String CONNECTOR = "orders-sink";
    private static final String TOPIC = "orders";
    private static final String CONTROL = "control-orders";
    private static final TopicPartition CONTROL_PARTITION = new TopicPartition(CONTROL, 0);
    private static final Schema KEY =
            SchemaBuilder.struct().field("id", Schema.INT64_SCHEMA).build();

    @TempDir
    Path directory;

    private final JsonConverter keys = new JsonConverter();
    private final JsonConverter values = new JsonConverter();
    private final List<WorkerProcess> workers = new ArrayList<>();
    private KafkaNode broker;
    private Admin admin;
    private KafkaProducer<byte[], byte[]> producer;
    private Lake lake;
    private String branch = "main";

    @BeforeEach
    void start() throws Exception {
        broker = new KafkaNode(directory.resolve("kafka"));
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.address());
        admin = Admin.create(settings);
        admin.createTopics(List.of(new NewTopic(TOPIC, 2, (short) 1), new NewTopic(CONTROL, 1, (short) 1)))
                .all()
                .get();
        producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        keys.configure(Map.of(), true);
        values.configure(Map.of(), false);
        lake = new Lake(directory);
    }

    @AfterEach
    void stop() throws Exception {
        for (WorkerProcess worker : workers) {
            worker.kill();
        }
        producer.close();
        admin.close();
        broker.close();
        lake.close();
    }

    @Test
    void appendsGoOnWhereTheOtherSinkStopped() throws Exception {
        fillWithTheApacheSink(500);
        Map<String, String> settings = ours();
        settings.put(InputConfig.MODE, "append");
        WorkerProcess worker = worker(settings);
        produce(500, 900, "new");
        awaitRows(900, worker);
        assertThat(ids()).doesNotHaveDuplicates().hasSize(900);
        assertThat(offsets()).containsEntry(new TopicPartition(TOPIC, 0), 450L);
    }

    @Test
    void upsertsFindTheRowsOfTheOtherSinkByTheKeyThatTheTableIsTold() throws Exception {
        fillWithTheApacheSink(500);
        lake.table("orders")
                .updateProperties()
                .set(TableAccess.KEY_COLUMNS, "[\"id\"]")
                .commit();
        WorkerProcess worker = worker(ours());
        produce(400, 600, "new");
        await().atMost(60, SECONDS).untilAsserted(() -> {
            worker.isStopped();
            assertThat(rows().stream().filter(row -> row.get("item").equals("new")))
                    .hasSize(200);
        });
        assertThat(ids()).doesNotHaveDuplicates().hasSize(600);
    }

    @ParameterizedTest
    @ValueSource(strings = {"main", "audit"})
    void filesThatTheOtherSinkDidNotGetToCommitAreCommittedForIt(String ofBoth) throws Exception {
        branch = ofBoth;
        fillWithTheApacheSink(500);
        awaitNoMembers();
        assertThat(TakeoverReport.of(apache(), true)).isEmpty();
        int rows = 500;
        while (rows().size() == rows) {
            rows += 100;
            stopTheApacheSinkBeforeItsCommit(rows);
        }
        assertThat(rows()).hasSize(rows - 100);
        for (boolean commit : new boolean[] {false, true}) {
            List<Map<String, Object>> found = TakeoverReport.of(apache(), commit);
            assertThat(found).hasSize(1);
            assertThat(found.get(0))
                    .containsEntry("table", "shop.orders")
                    .containsEntry("rows", 100L)
                    .containsEntry("committed", commit)
                    .containsEntry("skipped", null);
        }
        assertThat(TakeoverReport.of(apache(), true)).isEmpty();
        assertThat(ids()).doesNotHaveDuplicates().hasSize(rows);
        removeMessagesThatNobodyRead();

        Map<String, String> settings = ours();
        settings.put(InputConfig.MODE, "append");
        WorkerProcess worker = worker(settings);
        produce(rows, rows + 100, "new");
        awaitRows(rows + 100, worker);
        assertThat(ids()).doesNotHaveDuplicates().hasSize(rows + 100);
        assertThat(TakeoverReport.of(apache(), true))
                .hasSize(1)
                .allSatisfy(error ->
                        assertThat(error.get("message").toString()).contains("the connector is still running"));
    }

    /** As retention does; then nobody knows which files are pending. */
    private void removeMessagesThatNobodyRead() throws Exception {
        String group = "connect-" + CONNECTOR + "-coord";
        long end = read(group, CONTROL_PARTITION);
        admin.deleteRecords(Map.of(CONTROL_PARTITION, RecordsToDelete.beforeOffset(end)))
                .all()
                .get();
        assertThat(TakeoverReport.of(apache(), true)).isEmpty();
        admin.alterConsumerGroupOffsets(group, Map.of(CONTROL_PARTITION, new OffsetAndMetadata(end - 1)))
                .all()
                .get();
        assertThat(TakeoverReport.of(apache(), true))
                .hasSize(1)
                .allSatisfy(error -> assertThat(error.get("message").toString())
                        .contains("removed before the coordinator had read them"));
    }

    /**
     * Its tasks write files and commit their offsets; its coordinator finds the catalog locked. It may have been
     * faster, and then all rows are in the table.
     */
    private void stopTheApacheSinkBeforeItsCommit(int rows) throws Exception {
        Map<String, String> settings = apache();
        settings.put("iceberg.control.commit.interval-ms", "5000");
        WorkerProcess worker = worker(settings);
        long before = dataFiles();
        produce(rows - 100, rows, "late");
        await().atMost(60, SECONDS).until(() -> {
            worker.isStopped();
            return dataFiles() > before;
        });
        try (Connection lock = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("catalog.db"));
                Statement statement = lock.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            await().atMost(60, SECONDS)
                    .until(() -> read("connect-" + CONNECTOR, new TopicPartition(TOPIC, 0)) == rows / 2
                            && read("connect-" + CONNECTOR, new TopicPartition(TOPIC, 1)) == rows / 2);
            worker.kill();
        }
        awaitNoMembers();
    }

    private void awaitNoMembers() {
        List<String> groups = List.of("connect-" + CONNECTOR, "connect-" + CONNECTOR + "-coord");
        await().atMost(60, SECONDS)
                .until(() -> admin.describeConsumerGroups(groups).all().get().values().stream()
                        .allMatch(group -> group.members().isEmpty()));
    }

    private long dataFiles() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("warehouse"))) {
            return files.filter(file -> file.toString().endsWith(".parquet")).count();
        }
    }

    /** Until all is in the table, and the control topic holds no file that waits for its commit. */
    private void fillWithTheApacheSink(int rows) throws Exception {
        Map<String, String> settings = apache();
        WorkerProcess worker = worker(settings);
        produce(0, rows, "old");
        awaitRows(rows, worker);
        await().atMost(60, SECONDS)
                .until(() -> read("connect-" + CONNECTOR, new TopicPartition(TOPIC, 0)) == rows / 2
                        && read("connect-" + CONNECTOR, new TopicPartition(TOPIC, 1)) == rows / 2);
        // What names files of these records is below; the coordinator's offset moves when they are committed.
        long end = admin.listOffsets(Map.of(CONTROL_PARTITION, OffsetSpec.latest()))
                .partitionResult(CONTROL_PARTITION)
                .get()
                .offset();
        await().atMost(60, SECONDS).until(() -> {
            worker.isStopped();
            return read("connect-" + CONNECTOR + "-coord", CONTROL_PARTITION) >= end;
        });
        worker.kill();
        workers.clear();
    }

    private void awaitRows(int rows, WorkerProcess worker) {
        await().atMost(90, SECONDS)
                .pollInterval(java.time.Duration.ofMillis(200))
                .until(() -> {
                    worker.isStopped();
                    return lake.exists("orders") && rows().size() >= rows;
                });
    }

    private List<Map<String, String>> rows() {
        Table table = lake.table("orders");
        SnapshotRef ref = table.refs().get(branch);
        return ref == null ? List.of() : Lake.rows(table, ref.snapshotId());
    }

    private List<String> ids() {
        return rows().stream().map(row -> row.get("id")).toList();
    }

    private void produce(int from, int to, String item) throws Exception {
        List<java.util.concurrent.Future<?>> sent = new ArrayList<>();
        for (long id = from; id < to; id++) {
            byte[] key = keys.fromConnectData(TOPIC, KEY, new Struct(KEY).put("id", id));
            byte[] value = values.fromConnectData(
                    TOPIC, Shop.ORDERS, new Struct(Shop.ORDERS).put("id", id).put("item", item));
            sent.add(producer.send(new ProducerRecord<>(TOPIC, (int) (id % 2), key, value)));
        }
        for (java.util.concurrent.Future<?> each : sent) {
            each.get();
        }
    }

    /** Up to which offset a group has read a partition; -1 if it has not. */
    private long read(String group, TopicPartition partition) throws Exception {
        OffsetAndMetadata read = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .get(partition);
        return read == null ? -1 : read.offset();
    }

    private Map<TopicPartition, Long> offsets() {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Table table = lake.table("orders");
        for (int i = 0; i < 2; i++) {
            TopicPartition partition = new TopicPartition(TOPIC, i);
            Optional<TableOffsets.Position> position = TableOffsets.read(table.properties(), CONNECTOR, partition);
            position.ifPresent(at -> offsets.put(partition, at.next()));
        }
        return offsets;
    }

    private Map<String, String> apache() {
        Map<String, String> settings = common();
        settings.put("connector.class", "org.apache.iceberg.connect.IcebergSinkConnector");
        settings.put("iceberg.tables.auto-create-enabled", "true");
        settings.put("iceberg.tables.auto-create-props.format-version", "3");
        settings.put("iceberg.kafka.bootstrap.servers", broker.address());
        settings.put("iceberg.kafka.session.timeout.ms", "3000");
        settings.put("iceberg.kafka.heartbeat.interval.ms", "500");
        settings.put("iceberg.control.topic", CONTROL);
        settings.put("iceberg.control.commit.interval-ms", "1000");
        return settings;
    }

    private Map<String, String> ours() {
        Map<String, String> settings = common();
        settings.put("connector.class", DoLakeSinkConnector.class.getName());
        settings.put("dolake.input.format", "flat");
        settings.put("iceberg.control.topic", CONTROL);
        settings.put("iceberg.kafka.bootstrap.servers", broker.address());
        return settings;
    }

    private Map<String, String> common() {
        Map<String, String> settings = lake.settings(CONNECTOR);
        settings.put("tasks.max", "1");
        settings.put("topics", TOPIC);
        settings.put("iceberg.catalog", "dolake");
        settings.put("iceberg.catalog.io-impl", LocalFileIO.class.getName());
        settings.put("iceberg.tables", "shop.orders");
        settings.put("iceberg.table.shop.orders.commit-branch", branch);
        settings.put("consumer.override.auto.offset.reset", "earliest");
        settings.put("consumer.override.session.timeout.ms", "3000");
        settings.put("consumer.override.heartbeat.interval.ms", "500");
        return settings;
    }

    private WorkerProcess worker(Map<String, String> connector) throws Exception {
        Path own =
                directory.resolve("worker-" + connector.get("connector.class").hashCode());
        Map<String, String> worker = WorkerProcess.settings(broker, own, JsonConverter.class);
        worker.put("offset.flush.interval.ms", "500");
        WorkerProcess process = new WorkerProcess(own, worker, connector);
        workers.add(process);
        return process;
    }
}
