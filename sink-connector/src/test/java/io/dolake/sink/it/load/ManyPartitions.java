/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.load;

import io.dolake.sink.check.KeyChecker;
import io.dolake.sink.config.TableLayout;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Worker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.awaitility.Awaitility;

/**
 * Writes a table of so many partitions in one commit, moves each row to another partition in the next, and then writes
 * so many tables at once. A program of its own, so that its heap can be small. Arguments: directory, partitions,
 * tables.
 */
final class ManyPartitions {
    private static final Schema ROW = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field("part", Schema.INT64_SCHEMA)
            .field("text", Schema.STRING_SCHEMA)
            .build();

    private ManyPartitions() {}

    public static void main(String[] args) throws Exception {
        int partitions = Integer.parseInt(args[1]);
        int tables = Integer.parseInt(args[2]);
        for (int formatVersion : new int[] {2, 3}) {
            Path directory = Path.of(args[0]).resolve("v" + formatVersion);
            Files.createDirectories(directory);
            try (Lake lake = new Lake(directory, formatVersion)) {
                Map<String, String> settings = lake.settings("dolake-sink");
                settings.put(TableLayout.DEFAULT_PARTITION_BY, "part");
                partitions(lake, settings, partitions);
                tables(lake, settings, tables);
            }
        }
    }

    private static void partitions(Lake lake, Map<String, String> settings, int count) {
        FakeTopic topic = topic("wide");
        Map<TopicPartition, Long> groupOffsets = new HashMap<>();
        try (Worker worker = new Worker(settings, groupOffsets, UnaryOperator.identity(), topic)) {
            fill(topic, count, 0);
            run(worker, groupOffsets, topic);
            fill(topic, count, 1);
            run(worker, groupOffsets, topic);
        }
        Table table = lake.table("wide");
        check(
                lake.rows("wide").size() == count,
                "rows of the wide table: " + lake.rows("wide").size());
        check(new KeyChecker(table).checkAll().stream().allMatch(KeyChecker.Finding::isClean), "keys live once");
        table.snapshots().forEach(snapshot -> System.out.println("added " + snapshot.summary()));
    }

    /** Every row is in a partition of its own. */
    private static void fill(FakeTopic topic, int count, int shift) {
        for (long id = 0; id < count; id++) {
            topic.upsert("u", id, (id + shift) % count, "row " + id);
        }
    }

    private static void tables(Lake lake, Map<String, String> settings, int count) {
        List<FakeTopic> topics = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            topics.add(topic("narrow" + i));
        }
        FakeTopic[] all = topics.toArray(FakeTopic[]::new);
        Map<TopicPartition, Long> groupOffsets = new HashMap<>();
        try (Worker worker = new Worker(settings, groupOffsets, UnaryOperator.identity(), all)) {
            for (int round = 0; round < 2; round++) {
                int shift = round;
                topics.forEach(topic -> fill(topic, 10, shift));
                run(worker, groupOffsets, all);
            }
        }
        for (int i = 0; i < count; i++) {
            check(lake.rows("narrow" + i).size() == 10, "rows of table " + i);
        }
        System.out.println("tables " + count);
    }

    private static FakeTopic topic(String table) {
        return new FakeTopic("dosql.shop." + table, 0, table).shape(ROW, "id");
    }

    private static void run(Worker worker, Map<TopicPartition, Long> groupOffsets, FakeTopic... topics) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(8))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    worker.poll(Integer.MAX_VALUE);
                    worker.commit();
                    return Stream.of(topics)
                            .allMatch(topic -> groupOffsets.getOrDefault(topic.partition, 0L) == topic.end());
                });
    }

    private static void check(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException("not so: " + what);
        }
    }
}
