/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.sink.check.KeyChecker;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.json.SchemaCachingJsonConverter;
import io.dolake.sink.table.Branch;
import io.dolake.sink.table.TableOffsets;
import io.dolake.sink.testkit.ForeignCompaction;
import io.dolake.sink.testkit.KafkaNode;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.LiveTopic;
import io.dolake.sink.testkit.Step;
import io.dolake.sink.testkit.StopPoint;
import io.dolake.sink.testkit.StoppingConnector;
import io.dolake.sink.testkit.WatchedFileIO;
import io.dolake.sink.testkit.WorkerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.kafka.common.TopicPartition;

/** A topic, a connector and a table, from the first record on, through any number of crashes. */
final class CrashEra implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long PAUSE_MS = 20;
    private static final int MOST_CHANGES = 6;
    /** A snapshot is read file by file: of those of one run, so many are compared, the last one always. */
    private static final int MOST_SNAPSHOTS = 5;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONNECTOR = "dolake-sink";

    private final Path directory;
    private final KafkaNode broker;
    private final Random random;
    private final String assignor;
    private final Branch branch;
    private final Lake lake;
    private final LiveTopic topic;
    private final List<WorkerProcess> alive = new ArrayList<>();
    private final Set<Long> compared = new HashSet<>();
    private int processes;

    CrashEra(Path directory, KafkaNode broker, int number, Random random) throws Exception {
        this.directory = Files.createDirectories(directory.resolve("era-" + number));
        this.broker = broker;
        this.random = random;
        this.assignor = "org.apache.kafka.clients.consumer."
                + (random.nextBoolean() ? "RangeAssignor" : "CooperativeStickyAssignor");
        this.lake = new Lake(this.directory, random.nextBoolean() ? 3 : 2);
        this.branch = random.nextInt(3) == 0 ? new Branch("audit") : Branch.MAIN;
        this.topic = new LiveTopic(broker, "era" + number + ".shop.orders");
    }

    /** A worker; {@code step} is where it stops, null: nowhere. */
    WorkerProcess start(Step step, int hit) throws Exception {
        Path own = directory.resolve("worker-" + processes++);
        Map<String, String> worker = WorkerProcess.settings(broker, own, SchemaCachingJsonConverter.class);
        worker.put("offset.flush.interval.ms", "300");
        WorkerProcess process = new WorkerProcess(own, worker, connector(own, step, hit));
        alive.add(process);
        return process;
    }

    private Map<String, String> connector(Path own, Step step, int hit) {
        Map<String, String> settings = lake.settings(CONNECTOR + "-" + directory.getFileName());
        settings.put("connector.class", StoppingConnector.class.getName());
        settings.put("tasks.max", "2");
        settings.put("topics", topic.name);
        settings.put("iceberg.catalog.io-impl", WatchedFileIO.class.getName());
        settings.put(SinkConfig.COMMIT_INTERVAL_MS, "150");
        settings.put(InputConfig.DEFAULT_BRANCH, branch.name());
        settings.put("consumer.override.auto.offset.reset", "earliest");
        settings.put("consumer.override.partition.assignment.strategy", assignor);
        settings.put("consumer.override.session.timeout.ms", "1500");
        settings.put("consumer.override.heartbeat.interval.ms", "300");
        settings.put("consumer.override.max.poll.interval.ms", "5000");
        settings.put("consumer.override.max.poll.records", "20");
        settings.put(StopPoint.DIRECTORY, own.toString());
        if (step != null) {
            settings.put(StopPoint.STEP, step.name());
            settings.put(StopPoint.HIT, Integer.toString(hit));
        }
        return settings;
    }

    /** Starts a worker, and another if that is what it takes, and changes rows until it stands at its step. */
    WorkerProcess startUntil(Step step, int hit) throws Exception {
        WorkerProcess process = start(step, hit);
        if (step.isRebalance()) {
            topic.mark();
            Map<TopicPartition, Long> ends = topic.ends();
            changeUntil(() -> process.isStopped() || isAtLeast(ends), process);
            start(null, 0);
        }
        changeUntil(process::isStopped, process);
        return process;
    }

    /** Changes rows until something is so. */
    void changeUntil(BooleanSupplier condition, WorkerProcess shown) throws Exception {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadlineNs) {
                throw new AssertionError(
                        "nothing came of waiting for " + PATIENCE.toSeconds() + " s:\n" + shown.lastWords());
            }
            topic.change(random, MOST_CHANGES);
            Thread.sleep(PAUSE_MS);
        }
    }

    /** Waits until the lake holds what is in the topic now; rows keep changing. */
    void awaitLake(WorkerProcess shown) throws Exception {
        topic.mark();
        Map<TopicPartition, Long> ends = topic.ends();
        changeUntil(() -> isAtLeast(ends), shown);
    }

    private boolean isAtLeast(Map<TopicPartition, Long> offsets) {
        if (!lake.exists("orders")) {
            return false;
        }
        Map<TopicPartition, Long> held = heldBy(lake.table("orders"));
        return offsets.entrySet().stream().allMatch(entry -> held.getOrDefault(entry.getKey(), 0L) >= entry.getValue());
    }

    private Map<TopicPartition, Long> heldBy(Table table) {
        Map<TopicPartition, Long> held = new HashMap<>();
        for (TopicPartition partition : topic.ends().keySet()) {
            TableOffsets.read(table.properties(), CONNECTOR + "-" + directory.getFileName(), partition)
                    .ifPresent(position -> held.put(partition, position.next()));
        }
        return held;
    }

    /**
     * Freezes a worker, at a moment when it does not lock the file that stands for the catalog: a real one would have
     * given up.
     */
    void freeze(WorkerProcess worker) throws Exception {
        worker.freeze();
        while (!isCatalogFree()) {
            worker.thaw();
            Thread.sleep(PAUSE_MS);
            worker.freeze();
        }
    }

    private boolean isCatalogFree() {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:sqlite:" + directory.resolve("catalog.db") + "?busy_timeout=300");
                Statement statement = connection.createStatement()) {
            // Not IMMEDIATE: a lock to read, too, would keep others from committing.
            statement.execute("BEGIN EXCLUSIVE");
            statement.execute("ROLLBACK");
            return true;
        } catch (SQLException e) {
            assertThat(e.getMessage()).contains("SQLITE_BUSY");
            return false;
        }
    }

    /** Another engine rewrites the table; it may lose against a commit, as engines do. */
    void compact() throws Exception {
        if (lake.exists("orders") && branch.head(lake.table("orders")) != null) {
            ForeignCompaction.tryToCompact(lake.table("orders"), branch);
        }
    }

    void killAll() throws Exception {
        for (WorkerProcess process : alive) {
            process.kill();
        }
        alive.clear();
    }

    /** Compares snapshots not seen yet with the topic up to their offsets. A table without snapshots holds nothing. */
    void check() {
        if (!lake.exists("orders")) {
            return;
        }
        Table table = lake.table("orders");
        List<Snapshot> line = new ArrayList<>();
        for (Snapshot at = branch.head(table); at != null; at = parent(table, at)) {
            line.add(at);
        }
        Collections.reverse(line);
        Map<TopicPartition, Long> offsets = new HashMap<>();
        List<Runnable> comparisons = new ArrayList<>();
        for (Snapshot snapshot : line) {
            merge(offsets, snapshot.summary().get(TableOffsets.SUMMARY_OFFSETS));
            if (compared.add(snapshot.snapshotId())) {
                Map<TopicPartition, Long> then = Map.copyOf(offsets);
                comparisons.add(() -> compare(table, snapshot.snapshotId(), then));
            }
        }
        if (!comparisons.isEmpty()) {
            Runnable newest = comparisons.remove(comparisons.size() - 1);
            Collections.shuffle(comparisons, random);
            comparisons.stream().limit(MOST_SNAPSHOTS - 1L).forEach(Runnable::run);
            newest.run();
        }
    }

    private void compare(Table table, long snapshotId, Map<TopicPartition, Long> offsets) {
        assertThat(Lake.rows(table, snapshotId))
                .as("snapshot %s, which says it is at %s", snapshotId, offsets)
                .containsExactlyInAnyOrderElementsOf(topic.rows(offsets));
    }

    private static Snapshot parent(Table table, Snapshot snapshot) {
        return snapshot.parentId() == null ? null : table.snapshot(snapshot.parentId());
    }

    /** Reads offsets of a summary: {@code {"topic-0": 17}}. */
    private static void merge(Map<TopicPartition, Long> offsets, String text) {
        if (text == null) {
            return;
        }
        try {
            JsonNode node = JSON.readTree(text);
            node.properties().forEach(entry -> {
                int dash = entry.getKey().lastIndexOf('-');
                offsets.put(
                        new TopicPartition(
                                entry.getKey().substring(0, dash),
                                Integer.parseInt(entry.getKey().substring(dash + 1))),
                        entry.getValue().longValue());
            });
        } catch (java.io.IOException e) {
            throw new AssertionError("offsets of a snapshot: " + text, e);
        }
    }

    /** Lets a worker finish, and compares the table with the topic, to the last record. */
    void finish() throws Exception {
        WorkerProcess last = start(null, 0);
        topic.mark();
        Map<TopicPartition, Long> ends = topic.ends();
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (!isAtLeast(ends)) {
            assertThat(System.nanoTime())
                    .as("a worker that has all to itself:\n%s", last.lastWords())
                    .isLessThan(deadlineNs);
            Thread.sleep(PAUSE_MS);
        }
        killAll();
        check();
        Table table = lake.table("orders");
        compare(table, branch.head(table).snapshotId(), ends);
        assertThat(new KeyChecker(table).check(branch).isClean()).isTrue();
    }

    @Override
    public void close() throws Exception {
        killAll();
        topic.close();
        lake.close();
    }

    @Override
    public String toString() {
        return topic.name + ", branch " + branch.name() + ", " + assignor.substring(assignor.lastIndexOf('.') + 1);
    }
}
