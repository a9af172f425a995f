/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.pipeline.lake.Lake;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Ports;
import io.dolake.schemas.DoLakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.awaitility.Awaitility;

/**
 * Databases with tables in one running pipeline, written to without end. The pipeline has a process of its own: two copies of SQLite in one process, the
 * sink's and ours, would not see each other's locks on the catalog.
 */
final class ContagionWorld implements AutoCloseable {
    static final int DATABASES = 8;
    static final int TABLES = 5;
    private static final int KEYS = 50;

    private final Cli cli;
    private final Home home;
    private final Random random;
    private final DoSqlClient engine;
    /** Writers share it; what stops the engine has it alone. */
    private final ReadWriteLock power = new ReentrantReadWriteLock();

    private final AtomicBoolean isStopped = new AtomicBoolean();
    private final AtomicInteger written = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final Thread writer = new Thread(this::write, "contagion-writer");

    ContagionWorld(Cli cli, Home home, long seed) {
        this.cli = cli;
        this.home = home;
        this.random = new Random(seed);
        cli.up().succeeded();
        this.engine = PipelineCommand.engine(Ports.last(home));
        databases().forEach(this::create);
        writer.start();
    }

    static List<String> databases() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < DATABASES; i++) {
            names.add("db" + i);
        }
        return names;
    }

    private void create(String database) {
        engine.create(database);
        for (int i = 0; i < TABLES; i++) {
            engine.exec(database, Statement.of("CREATE TABLE t" + i + "(id INTEGER PRIMARY KEY, v TEXT, n REAL)"));
            engine.exec(database, Statement.of("INSERT INTO t" + i + " VALUES (1, 'first', 0.5)"));
        }
    }

    Home home() {
        return home;
    }

    Path file(String database) {
        return home().engine().resolve(database + ".db");
    }

    void sql(String database, String sql) {
        power.readLock().lock();
        try {
            engine.exec(database, Statement.of(sql));
        } finally {
            power.readLock().unlock();
        }
    }

    void recreate(String database) {
        power.writeLock().lock();
        try {
            engine.drop(database);
            create(database);
        } finally {
            power.writeLock().unlock();
        }
    }

    void withStoppedEngine(Runnable action) {
        power.writeLock().lock();
        try {
            cli.run("down").succeeded();
            action.run();
            cli.run("up", "--detach");
        } finally {
            power.writeLock().unlock();
        }
    }

    void awaitLakeTable(String database, String table) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            if (!Files.exists(home().catalog())) {
                return false;
            }
            try (Lake lake = Lake.open(home())) {
                return lake.tables(database).contains(table);
            }
        });
    }

    private void write() {
        while (!isStopped.get()) {
            String database = "db" + random.nextInt(DATABASES);
            String table = "t" + random.nextInt(TABLES);
            int key = random.nextInt(KEYS);
            try {
                sql(database, statement(table, key));
                written.incrementAndGet();
            } catch (DoLakeException e) {
                refused.incrementAndGet(); // the database is the victim of a fault; others are written to
            }
        }
    }

    private String statement(String table, int key) {
        return switch (random.nextInt(4)) {
            case 0 -> "DELETE FROM " + table + " WHERE id = " + key;
            case 1 -> "UPDATE " + table + " SET n = n + 1 WHERE id % 7 = " + key % 7;
            default -> "REPLACE INTO " + table + " VALUES (" + key + ", 'v" + random.nextInt() + "', random())";
        };
    }

    /** Waits until so much more was written. */
    void awaitWrites(int more) {
        int target = written.get() + more;
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> written.get() >= target);
    }

    /** Ends the writing; returns what it came to, for people. */
    String rest() throws InterruptedException {
        isStopped.set(true);
        writer.join(Duration.ofSeconds(30).toMillis());
        return written.get() + " statements done, " + refused.get() + " refused";
    }

    @Override
    public void close() throws InterruptedException {
        rest();
        engine.close();
        cli.run("down");
    }
}
