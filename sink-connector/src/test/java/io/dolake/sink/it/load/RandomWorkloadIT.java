/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.load;

import io.dolake.sink.config.IndexConfig;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random changes and restarts, from a seed that is printed and can be given back as the system property
 * {@code seed}. Even seeds run on format version 2, odd ones on 3.
 */
class RandomWorkloadIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int RUNS = Integer.getInteger("runs", 2);

    @TempDir
    Path directory;

    @Test
    void everySnapshotEqualsTheTopicWhateverIsRestartedWhenever() throws Exception {
        for (int run = 0; run < RUNS; run++) {
            // Printed so that a failure can be played again.
            System.out.println("RandomWorkloadIT seed=" + (SEED + run));
            int formatVersion = (SEED + run) % 2 == 0 ? 2 : 3;
            run(new Random(SEED + run), formatVersion, Files.createDirectory(directory.resolve("run-" + run)));
        }
    }

    private static void run(Random random, int formatVersion, Path directory) throws Exception {
        FakeTopic topic = Shop.orders();
        Map<TopicPartition, Long> groupOffsets = new HashMap<>();
        try (Lake lake = new Lake(directory, formatVersion)) {
            for (int round = 0; round < 12; round++) {
                Map<TopicPartition, Long> before = Map.copyOf(groupOffsets);
                Map<String, String> settings = lake.settings("dolake-sink");
                // The key index is in memory or in its file.
                settings.put(IndexConfig.MEMORY_MAX_BYTES, random.nextBoolean() ? "0" : "1000000");
                Worker worker = new Worker(settings, groupOffsets, UnaryOperator.identity(), topic);
                for (int turn = random.nextInt(20); turn >= 0; turn--) {
                    Shop.change(topic, random, 1 + random.nextInt(30), 0, true);
                    worker.poll(1 + random.nextInt(40));
                    if (random.nextInt(4) == 0) {
                        worker.commit();
                    }
                    Thread.sleep(random.nextInt(30));
                }
                end(worker, random);
                if (random.nextInt(3) == 0) {
                    groupOffsets.clear();
                    groupOffsets.putAll(before);
                }
            }
            try (Worker worker =
                    new Worker(lake.settings("dolake-sink"), groupOffsets, UnaryOperator.identity(), topic)) {
                worker.drain();
            }
            Oracle.assertSame(lake, topic, "orders");
            Oracle.assertEverySnapshot(lake, topic, "orders");
        }
    }

    private static void end(Worker worker, Random random) {
        switch (random.nextInt(3)) {
            case 0 -> worker.close();
            case 1 -> worker.abandon();
            default -> {
                worker.drain();
                worker.close();
            }
        }
    }
}
