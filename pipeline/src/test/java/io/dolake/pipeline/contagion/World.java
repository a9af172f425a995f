/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.pipeline.Cli;
import io.dolake.pipeline.ConnectCalls;
import io.dolake.pipeline.health.Ailment;
import io.dolake.pipeline.health.Health;
import io.dolake.pipeline.lake.Lake;
import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.EngineRest;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Ports;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;

/**
 * Databases with tables in one running pipeline, with two connectors, written to without end. The pipeline has a
 * process of its own: two copies of SQLite in one process, the sink's and ours, would not see each other's locks on the
 * catalog.
 */
final class World implements AutoCloseable {
    static final int DATABASES = 8;
    static final int TABLES = 5;
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Cli cli;
    private final Home home;
    private final List<String> extra = new ArrayList<>();
    private final List<String> well = new ArrayList<>(databases());
    /** Databases that were replaced, so that the lake has tables of the old one. */
    private final Set<String> onlyInLake = ConcurrentHashMap.newKeySet();

    private final Workload workload;
    private DoSqlClient engine;
    private String engineUrl = "";

    World(Path dir, long seed) {
        this.cli = new Cli(dir);
        this.home = Home.of(dir);
        cli.up().succeeded();
        databases().forEach(this::create);
        databases().forEach(database -> awaitLakeTable(database, "t" + (TABLES - 1)));
        this.workload = new Workload(this::engine, databases(), seed);
    }

    /** Those that are written to. */
    static List<String> databases() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < DATABASES; i++) {
            names.add("db" + i);
        }
        return names;
    }

    /** Those in which nobody may notice anything of what happens to others. */
    List<String> well() {
        return List.copyOf(well);
    }

    /** A database as a whole is struck. */
    void strikes(String database) {
        well.remove(database);
    }

    void isWellAgain() {
        well.clear();
        well.addAll(databases());
    }

    /** All, with those that faults have added. */
    List<String> all() {
        List<String> all = databases();
        all.addAll(extra);
        return all;
    }

    void create(String database) {
        engine().create(database);
        schema().forEach(sql -> engine().exec(database, Statement.of(sql)));
    }

    /** Creates the database again, after its old one is dropped; the lake keeps the tables that only that one had. */
    void recreate(String database) {
        if (engine().databases().contains(database)) {
            engine().drop(database);
        }
        leavesTables(database);
        create(database);
    }

    /** From now on the database has only the tables that each one begins with. */
    void leavesTables(String database) {
        onlyInLake.add(database);
    }

    /** Whether the lake may have rows of tables that the database does not have. */
    boolean hasLeftTables(String database) {
        return onlyInLake.contains(database);
    }

    /** What each database begins with. */
    static List<String> schema() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < TABLES; i++) {
            all.add("CREATE TABLE t" + i + "(id INTEGER PRIMARY KEY, v TEXT, n REAL)");
            all.add("INSERT INTO t" + i + " VALUES (1, 'first', 0.5)");
        }
        return all;
    }

    /** One more database, which is verified at the end like the others. */
    void alsoHas(String database) {
        extra.add(database);
    }

    synchronized DoSqlClient engine() {
        String url = Ports.last(home).engineUrl();
        if (!url.equals(engineUrl)) {
            engineUrl = url;
            engine = DoSqlClient.builder(URI.create(url))
                    .connectTimeout(Duration.ofSeconds(10))
                    .requestTimeout(Duration.ofMinutes(2))
                    .build();
        }
        return engine;
    }

    Home home() {
        return home;
    }

    Cli cli() {
        return cli;
    }

    Ports ports() {
        return Ports.last(home);
    }

    ConnectRest connect() {
        return cli.connect();
    }

    ConnectCalls worker() {
        return new ConnectCalls(ports().connectUrl());
    }

    Workload workload() {
        return workload;
    }

    List<Ailment> ailments() {
        return new Health(new EngineRest(ports().engineUrl(), null), connect(), Installation.current()).ailments();
    }

    /** Both connectors and all of their tasks run. */
    void awaitConnectors() {
        Awaitility.await("connectors run")
                .atMost(SOON)
                .ignoreExceptions()
                .until(() -> connect().connectors().stream()
                        .allMatch(name -> connect().state(name).isRunning()));
    }

    /** Ends the pipeline, in order or as a power cut does, and starts it again when the acts are done. */
    void outage(boolean isKilled, Runnable acts) throws Exception {
        try (AutoCloseable rest = workload.restAll()) {
            if (isKilled) {
                cli.kill();
            } else {
                cli.run("down").succeeded();
            }
            acts.run();
            Cli.Result up = cli.run("up", "--detach");
            System.out.println("up: " + up.status() + " " + lastLine(up.out()) + up.err());
        }
    }

    private static String lastLine(String text) {
        return text.strip().lines().reduce("", (before, line) -> line);
    }

    void awaitLakeTable(String database, String table) {
        Awaitility.await("lake table " + database + "." + table).atMost(SOON).until(() -> {
            if (!Files.exists(home.catalog())) {
                return false;
            }
            try (Lake lake = Lake.open(home)) {
                return lake.tables(database).contains(table);
            }
        });
    }

    @Override
    public void close() throws InterruptedException {
        workload.close();
        engine().close();
        cli.run("down");
    }
}
