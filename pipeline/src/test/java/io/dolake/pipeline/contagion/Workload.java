/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.schemas.DoLakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/**
 * Writes to all databases without end, each by a thread of its own, so that one that stands still holds up none of the
 * others.
 */
final class Workload implements AutoCloseable {
    private static final int KEYS = 50;
    private static final long PAUSE_MS = 60;
    /** Writes to one table before another is chosen: all tables at once would be forty commits a second. */
    private static final int TABLE_FOR = 15;

    private final Supplier<DoSqlClient> engine;
    private final Map<String, Writer> writers = new ConcurrentHashMap<>();
    private volatile boolean isStopped;

    Workload(Supplier<DoSqlClient> engine, List<String> databases, long seed) {
        this.engine = engine;
        for (String database : databases) {
            Writer writer = new Writer(database, new Random(seed + database.hashCode()));
            writers.put(database, writer);
            writer.thread.start();
        }
    }

    private final class Writer {
        final String database;
        final Random random;
        final Thread thread;
        /** Held while it writes, and by who wants the database to rest. */
        final ReentrantLock turn = new ReentrantLock(true);

        final AtomicLong done = new AtomicLong();
        final List<DoLakeException> refused = new ArrayList<>();

        Writer(String database, Random random) {
            this.database = database;
            this.random = random;
            this.thread = new Thread(this::write, "workload-" + database);
        }

        private void write() {
            String table = "t0";
            for (int i = 0; !isStopped; i++) {
                table = i % TABLE_FOR == 0 ? "t" + random.nextInt(World.TABLES) : table;
                String sql = statement(table);
                turn.lock();
                try {
                    engine.get().exec(database, Statement.of(sql));
                    done.incrementAndGet();
                } catch (DoLakeException e) {
                    synchronized (refused) {
                        refused.add(e);
                    }
                } finally {
                    turn.unlock();
                }
                pause();
            }
        }

        private String statement(String table) {
            int key = random.nextInt(KEYS);
            return switch (random.nextInt(4)) {
                case 0 -> "DELETE FROM " + table + " WHERE id = " + key;
                case 1 -> "UPDATE " + table + " SET n = n + 1 WHERE id < 1000 AND id % 7 = " + key % 7;
                default ->
                    "REPLACE INTO " + table + "(id, v, n) VALUES (" + key + ", 'v" + random.nextInt() + "', random())";
            };
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nothing is written to the database until that is closed. */
    AutoCloseable rest(String database) {
        Writer writer = writers.get(database);
        if (writer == null) {
            return () -> {};
        }
        writer.turn.lock();
        return writer.turn::unlock;
    }

    /** Nothing is written at all until that is closed. */
    AutoCloseable restAll() {
        writers.values().forEach(writer -> writer.turn.lock());
        return () -> writers.values().forEach(writer -> writer.turn.unlock());
    }

    long done(String database) {
        return writers.get(database).done.get();
    }

    /**
     * Waits until so much more was written to each of these databases; that is how it shows that they do not stand
     * still.
     */
    void awaitMore(List<String> databases, int more, Duration atMost) {
        Map<String, Long> targets = new ConcurrentHashMap<>();
        databases.forEach(database -> targets.put(database, done(database) + more));
        Awaitility.await("writes to " + databases).atMost(atMost).until(() -> {
            targets.forEach((database, target) ->
                    targets.computeIfPresent(database, (name, left) -> done(database) >= left ? null : left));
            return targets.isEmpty();
        });
    }

    /** What was refused of a database since the last time. */
    List<DoLakeException> takeRefused(String database) {
        List<DoLakeException> refused = writers.get(database).refused;
        synchronized (refused) {
            List<DoLakeException> taken = List.copyOf(refused);
            refused.clear();
            return taken;
        }
    }

    long done() {
        return writers.values().stream().mapToLong(writer -> writer.done.get()).sum();
    }

    @Override
    public void close() throws InterruptedException {
        isStopped = true;
        for (Writer writer : writers.values()) {
            writer.thread.join(Duration.ofSeconds(30).toMillis());
        }
    }
}
