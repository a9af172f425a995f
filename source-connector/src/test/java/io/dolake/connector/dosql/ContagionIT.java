/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.schemas.DoLakeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Odd rows, odd tables, replaced databases, restarts of the engine and deaths of the task at random, while other tables are
 * written: these end equal to their source, every one that does not says so, and each comes back equal.
 */
class ContagionIT {
    private static final int DATABASES = 4;
    private static final int STEPS = 60;
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private EngineFixture engine;
    private TaskHarness task;
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Set<String> odd = new TreeSet<>();
    private int keys;

    @AfterEach
    void stop() {
        if (task != null) {
            task.stop();
        }
        if (engine != null) {
            engine.close();
        }
    }

    private static String name(int database) {
        return "db" + database;
    }

    private void create(int database) {
        engine.create(
                name(database),
                "CREATE TABLE good(id INTEGER PRIMARY KEY, v TEXT)",
                "CREATE TABLE risky(id INTEGER PRIMARY KEY, fussy TEXT)");
    }

    private void write(String sql, String database) {
        try {
            engine.exec(database, sql);
        } catch (DoLakeException e) {
            throw new AssertionError("seed " + seed + ": " + sql, e);
        }
    }

    private void step() throws InterruptedException {
        int database = random.nextInt(DATABASES);
        String name = name(database);
        int key = ++keys;
        switch (random.nextInt(14)) {
            case 0 -> {
                write("INSERT INTO risky VALUES (" + key + ", 'odd')", name);
                odd.add(name + ".risky");
            }
            case 1 -> write("UPDATE risky SET fussy = 'mended'", name);
            case 2 -> write("ALTER TABLE good ADD COLUMN c" + key + " TEXT DEFAULT 'd'", name);
            case 3 -> {
                task.pollAndKill(random.nextInt(20), () -> random.nextInt(5) == 0);
                task.start();
            }
            case 4 -> {
                if (random.nextInt(3) == 0) {
                    engine.client().drop(name);
                    create(database);
                }
            }
            case 5 -> {
                if (random.nextInt(3) == 0) {
                    engine.restart();
                }
            }
            case 6 -> {
                write("DROP TABLE risky", name);
                write("CREATE TABLE risky(id INTEGER PRIMARY KEY, fussy TEXT)", name);
            }
            case 7 -> write("DELETE FROM good WHERE id % 3 = 0", name);
            default -> {
                write("INSERT INTO good(id, v) VALUES (" + key + ", 'v')", name);
                write("INSERT INTO risky VALUES (" + key + ", 'fine')", name);
            }
        }
    }

    private boolean isUp(String database) {
        try {
            String epoch = engine.client().status(database).epoch();
            return epoch.equals(task.offset(database).get("epoch"))
                    && task.isPast(database, engine.lsn(database))
                    && !String.valueOf(task.offset(database).get("resend")).contains("pending");
        } catch (NullPointerException e) {
            return false;
        }
    }

    private void settle() throws InterruptedException {
        task.poll(
                () -> {
                    for (int i = 0; i < DATABASES; i++) {
                        if (!isUp(name(i))) {
                            return false;
                        }
                    }
                    return true;
                },
                SOON);
    }

    @Test
    void whatIsOddHarmsOnlyItselfAndComesBack() throws Exception {
        System.out.println("ContagionIT: -Dseed=" + seed);
        engine = new EngineFixture(directory);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < DATABASES; i++) {
            create(i);
            names.add(name(i));
        }
        task = new TaskHarness(
                engine.port(),
                names,
                "max.batch.size",
                "8",
                "max.queue.size",
                "16",
                RunSettings.TASK_COUNT.name(),
                "1",
                RunSettings.TASK_ASSIGNED.name(),
                String.join(",", names),
                "database.discovery.interval.ms",
                "100");
        task.set("converters", "fussy");
        task.set("fussy.type", FussyConverter.class.getName());
        task.start();
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        settle();
        for (String name : names) {
            JsonNode risky = StateBeans.table(name, "risky");
            assertThat(StateBeans.database(name).path("state").asText())
                    .as("seed %d: %s", seed, StateBeans.database(name))
                    .isEqualTo("STREAMING");
            boolean isAside = StateBeans.is(risky, "SUSPENDED");
            assertThat(!isAside || odd.contains(name + ".risky"))
                    .as("seed %d: only what was odd is set aside: %s", seed, risky)
                    .isTrue();
            if (!isAside) {
                Replica.of(task.records()).assertSameAs(engine.client(), name, "seed " + seed);
            } else {
                write("UPDATE risky SET fussy = 'mended'", name);
                assertThat(StateBeans.resume(name + ".risky")).isTrue();
            }
        }
        task.poll(() -> names.stream().noneMatch(name -> task.offset(name).containsKey("faults")), SOON);
        settle();
        for (String name : names) {
            Replica.of(task.records()).assertSameAs(engine.client(), name, "seed " + seed + ", resumed");
        }
    }
}
