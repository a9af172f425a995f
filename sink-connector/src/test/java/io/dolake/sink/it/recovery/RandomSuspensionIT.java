/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.SuspensionConfig;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables of three topics fall sick or are dropped, and are mended at random, through restarts and rebalances. At the
 * end every table equals its topic: rows of a table that only appends would show what was taken twice, and what was
 * left out.
 */
class RandomSuspensionIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int STEPS = Integer.getInteger("steps", 60);
    private static final String NOWHERE = "/dev/null/nowhere";

    private final Random random = new Random(SEED);
    private final Map<TopicPartition, Long> group = new HashMap<>();
    /** Two tables on one partition, by the field {@code item}, and one on each of two others. */
    private final List<String> tables = List.of("a", "b", "c", "d");

    private final FakeTopic shared = new FakeTopic("dosql.shop.shared", 0, "shared").shape(Shop.ORDERS);
    private final FakeTopic second = new FakeTopic("dosql.shop.second", 0, "second").shape(Shop.ORDERS);
    private final FakeTopic third = new FakeTopic("dosql.shop.third", 0, "third").shape(Shop.ORDERS);
    private final Map<String, List<String>> expected = new TreeMap<>();
    private Lake lake;
    private Map<String, String> settings;

    @Test
    void everyTableEqualsItsTopicsWhenAllAreMended(@TempDir Path directory) throws Exception {
        System.out.println("RandomSuspensionIT seed=" + SEED);
        lake = new Lake(directory);
        settings = lake.settings("dolake-sink");
        settings.put(InputConfig.TABLES, "shop.a,shop.b,shop.c,shop.d");
        settings.put(InputConfig.ROUTE_FIELD, "item");
        tables.forEach(table -> settings.put("iceberg.table.shop." + table + ".route-regex", table + ".*"));
        settings.put(SuspensionConfig.UNKNOWN_RETRIES, "0");
        settings.put("dolake.table.mode", "append");
        Worker worker = start();
        for (int step = 0; step < STEPS; step++) {
            change();
            for (int turn = random.nextInt(6); turn >= 0; turn--) {
                worker.poll(1 + random.nextInt(30));
                Thread.sleep(random.nextInt(8));
            }
            worker.commit();
            switch (random.nextInt(8)) {
                case 0, 1 -> harm();
                case 2 -> mend(worker, false);
                case 3 -> {
                    end(worker);
                    worker = start();
                }
                case 4 -> {
                    worker.pollAndLose(second, 10);
                    worker.assign(second);
                }
                default -> worker.poll(50);
            }
        }
        mend(worker, true);
        worker.drain();
        worker.close();
        for (String table : tables) {
            List<String> rows = new ArrayList<>();
            lake.rows(table).forEach(row -> rows.add(row.get("id")));
            assertThat(rows)
                    .as("table %s, seed %s", table, SEED)
                    .containsExactlyInAnyOrderElementsOf(expected.get(table));
        }
        lake.close();
    }

    private Worker start() {
        Worker worker = new Worker(settings, group, catalog -> catalog, shared, second, third);
        worker.toleratesSuspension = true;
        return worker;
    }

    private void end(Worker worker) {
        if (random.nextBoolean()) {
            worker.close();
        } else {
            worker.abandon();
        }
    }

    private void change() {
        for (int i = random.nextInt(20); i >= 0; i--) {
            insert(shared, random.nextBoolean() ? "a" : "b");
            if (random.nextBoolean()) {
                insert(second, "c");
            }
            if (random.nextInt(4) == 0) {
                insert(third, random.nextBoolean() ? "a" : "d");
            }
        }
    }

    private void insert(FakeTopic topic, String table) {
        List<String> ids = expected.computeIfAbsent(table, any -> new ArrayList<>());
        long id = ids.size() + 1L;
        ids.add(Long.toString(id));
        topic.upsert("c", id, table + " " + id);
    }

    private void harm() {
        String table = tables.get(random.nextInt(tables.size()));
        // A table with rows of several topics is refilled when each of them shows the loss, which takes rows of each.
        if (!table.equals("a") && random.nextInt(3) == 0) {
            if (lake.exists(table)) {
                lake.catalog().dropTable(TableIdentifier.of("shop", table), true);
            }
            return;
        }
        if (lake.exists(table)) {
            set(lake.table(table), NOWHERE);
        }
    }

    private void mend(Worker worker, boolean all) {
        for (String table : tables) {
            if (lake.exists(table) && (all || random.nextBoolean())) {
                set(lake.table(table), null);
            }
        }
        Map<String, Map<String, String>> names = new TreeMap<>(worker.suspended());
        if (all) {
            // What was repaired before it was noticed continues on its own, or is noticed still.
            await().atMost(60, SECONDS).until(() -> {
                worker.poll(500);
                worker.commit();
                worker.suspended().forEach((name, state) -> resume(worker, name, state));
                return worker.suspended().isEmpty() && atEnd();
            });
            return;
        }
        names.forEach((name, state) -> {
            if (random.nextBoolean()) {
                resume(worker, name, state);
            }
        });
    }

    /** Dropped tables are refilled. */
    private static void resume(Worker worker, String name, Map<String, String> state) {
        boolean isDropped = state.get("code").equals("TABLE_REPLACED");
        assertThat(worker.resume(name, isDropped ? "start" : "")).isEmpty();
    }

    private boolean atEnd() {
        return List.of(shared, second, third).stream()
                .allMatch(topic -> group.getOrDefault(topic.partition, 0L) == topic.end());
    }

    /** Another's commit may come first. */
    private static void set(Table table, String place) {
        await().atMost(30, SECONDS).ignoreExceptions().until(() -> {
            table.refresh();
            var update = table.updateProperties();
            if (place == null) {
                update.remove(TableProperties.WRITE_DATA_LOCATION).commit();
            } else {
                update.set(TableProperties.WRITE_DATA_LOCATION, place).commit();
            }
            return true;
        });
    }
}
