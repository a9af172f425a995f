/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random workloads from a printed seed, replayed event by event: a create of a row that is there already, an update or
 * delete that finds another row than its before image, or a difference at the end fails.
 */
class ExactlyOnceIT {
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path directory;

    private EngineFixture engine;
    private TaskHarness task;

    @BeforeEach
    void startEngine() {
        System.out.println("seed=" + seed);
        engine = new EngineFixture(directory);
    }

    @AfterEach
    void stopAll() {
        if (task != null) {
            task.stop();
        }
        engine.close();
    }

    @Test
    void snapshotHandsOverToStreamWithoutGapOrOverlapUnderConcurrentWrites() throws Exception {
        Workload workload = new Workload(engine, "shop", random);
        workload.create();
        for (int i = 0; i < 100; i++) {
            workload.transaction();
        }
        task = new TaskHarness(engine.port(), List.of("shop"), "snapshot.fetch.size", "10");
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 300; i++) {
                workload.transaction();
            }
        });
        task.start();
        while (!writer.isDone()) {
            int records = task.records().size();
            task.poll(() -> writer.isDone() || task.records().size() > records, Duration.ofSeconds(60));
        }
        writer.get(1, TimeUnit.SECONDS);
        task.pollTo("shop", engine.lsn("shop"));
        Replica.of(task.records()).assertSameAs(engine.client(), "shop", "seed " + seed);
    }

    @Test
    void killsAtRandomPointsLoseAndRepeatNothing() throws Exception {
        Workload workload = new Workload(engine, "shop", random);
        workload.create();
        task = new TaskHarness(engine.port(), List.of("shop"), "cdc.max.batch.events", "7");
        for (int round = 0; round < 25; round++) {
            for (int i = random.nextInt(10); i >= 0; i--) {
                workload.transaction();
            }
            task.start();
            task.pollAndKill(random.nextInt(40), past("shop"));
        }
        task.start();
        task.pollTo("shop", engine.lsn("shop"));
        Replica.of(task.records()).assertSameAs(engine.client(), "shop", "seed " + seed);
    }

    @Test
    void schemaChangesAndKillsLeaveNoDifference() throws Exception {
        Workload workload = new Workload(engine, "shop", random);
        workload.create();
        task = new TaskHarness(engine.port(), List.of("shop"), "cdc.max.batch.events", "7");
        for (int round = 0; round < 25; round++) {
            for (int i = random.nextInt(6); i >= 0; i--) {
                workload.transaction();
            }
            if (random.nextBoolean()) {
                workload.schemaChange();
            }
            task.start();
            task.pollAndKill(random.nextInt(60), past("shop"));
        }
        task.start();
        task.pollTo("shop", engine.lsn("shop"));
        task.poll(() -> !task.offset("shop").containsKey("resend"), Duration.ofSeconds(30));
        Replica.of(task.records()).assertSameAs(engine.client(), "shop", "seed " + seed);
    }

    @Test
    void databasesOfATaskGoOnBesideEachOther() throws Exception {
        List<String> names = List.of("a", "b", "c");
        List<Workload> workloads =
                names.stream().map(name -> new Workload(engine, name, random)).toList();
        workloads.forEach(Workload::create);
        task = new TaskHarness(engine.port(), names);
        task.start();
        for (int i = 0; i < 100; i++) {
            workloads.get(random.nextInt(3)).transaction();
        }
        engine.client().drop("b");
        for (int i = 0; i < 20; i++) {
            workloads.get(random.nextBoolean() ? 0 : 2).transaction();
        }
        for (String name : List.of("a", "c")) {
            task.pollTo(name, engine.lsn(name));
            Replica.of(task.records()).assertSameAs(engine.client(), name, "seed " + seed);
        }
    }

    private BooleanSupplier past(String database) {
        long lsn = engine.lsn(database);
        return () -> task.isPast(database, lsn);
    }
}
