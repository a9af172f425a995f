/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.pipeline.lake.Lake;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Ports;
import io.dolake.pipeline.run.RunningProcess;
import io.dolake.pipeline.sql.TextTable;
import io.dolake.pipeline.sync.SinkProgress;
import io.dolake.pipeline.sync.Sync;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Demonstrates the pipeline with a small shop. */
@Command(
        name = "demo",
        header = "Starts the pipeline, changes rows of a small shop and shows them arrive in the lake.",
        description = {"", "The pipeline keeps running. Run again, the command continues with the shop as it is."})
final class DemoCommand extends PipelineCommand {
    private static final String SHOP = "shop";
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int SHOWN_ROWS = 12;

    private static final List<String> SCHEMA = List.of(
            "CREATE TABLE IF NOT EXISTS customers(id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT)",
            "CREATE TABLE IF NOT EXISTS orders(id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers(id),"
                    + " item TEXT, quantity INTEGER, price REAL)");

    private static final List<String> INSERTS = List.of(
            "INSERT INTO customers(name, city) VALUES ('Ada', 'London'), ('Grace', 'New York'), ('Edsger', 'Rotterdam')",
            "INSERT INTO orders(customer, item, quantity, price) SELECT id, 'keyboard', 1, 49.5 FROM customers"
                    + " ORDER BY id DESC LIMIT 3",
            "INSERT INTO orders(customer, item, quantity, price) SELECT id, 'cable', 3, 4.25 FROM customers"
                    + " ORDER BY id DESC LIMIT 2");

    private static final List<String> CHANGES = List.of(
            "UPDATE orders SET quantity = quantity + 1 WHERE id = (SELECT max(id) FROM orders)",
            "DELETE FROM orders WHERE id = (SELECT max(id) - 1 FROM orders)",
            "UPDATE customers SET city = 'Nuenen' WHERE id = (SELECT max(id) FROM customers)");

    private static final String ADD_COLUMN = "ALTER TABLE orders ADD COLUMN status TEXT";
    private static final String SET_STATUS =
            "UPDATE orders SET status = 'shipped' WHERE id = (SELECT min(id) FROM orders WHERE status IS NULL)";

    @Mixin
    private PortOptions portOptions;

    private Sync sync;

    @Override
    public Integer call() throws InterruptedException {
        portOptions.check();
        Home home = home();
        title("1", "The pipeline");
        if (RunningProcess.of(home).isEmpty()) {
            say("starting engine, Kafka, Connect worker and connectors; all state is in " + home.dir());
            UpCommand.start(home, portOptions, this::say);
        } else {
            say("already running in " + home.dir());
        }
        Ports ports = running();
        try (DoSqlClient engine = engine(ports);
                SinkProgress sink = new SinkProgress(ports.bootstrapServers())) {
            sync = sync(ports, engine, sink);
            DatabaseStatus before = engine.create(SHOP);
            title("2", "Inserts into database " + SHOP);
            Lsn lsn = step(engine, before.lsn(), SCHEMA, INSERTS);
            title("3", "Updates and a delete");
            lsn = step(engine, lsn, List.of(), CHANGES);
            title("4", "A new column");
            step(engine, lsn, addColumn(engine), List.of(SET_STATUS));
        }
        next(home, ports);
        return 0;
    }

    private static List<String> addColumn(DoSqlClient engine) {
        boolean there = !engine.query(
                        SHOP, Statement.of("SELECT 1 FROM pragma_table_info('orders') WHERE name = 'status'"))
                .rows()
                .isEmpty();
        return there ? List.of() : List.of(ADD_COLUMN);
    }

    /** Runs the statements, the later ones in one transaction, and follows them; returns the LSN after them. */
    private Lsn step(DoSqlClient engine, Lsn from, List<String> schema, List<String> statements)
            throws InterruptedException {
        Lsn lsn;
        try (Session session = engine.session(SHOP)) {
            for (String statement : schema) {
                say("sql> " + statement + ";");
                session.exec(Statement.of(statement));
            }
            session.begin(Session.Mode.IMMEDIATE);
            say("sql> BEGIN;");
            for (String statement : statements) {
                say("sql> " + statement + ";");
                session.exec(Statement.of(statement));
            }
            lsn = session.commit();
            say("sql> COMMIT;");
        }
        say("");
        say("row changes, read from SQLite's write-ahead log (LSN:event  operation  table  row):");
        showEvents(engine, from, lsn);
        Sync.Result result = sync.await(SHOP, TIMEOUT).orThrow();
        say("");
        say("in the lake " + seconds(result.took()) + " later:");
        try (Lake lake = Lake.open(home())) {
            showTable(lake, "customers");
            showTable(lake, "orders");
        }
        return result.lsn();
    }

    private void showEvents(DoSqlClient engine, Lsn from, Lsn to) throws InterruptedException {
        EventPrinter printer = new EventPrinter(false, "", this::say);
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        try (CdcStream stream = engine.subscribe(SHOP, CdcOptions.from(from))) {
            Lsn reached = from;
            while (reached.isBefore(to)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new DoLakeException(
                            ErrorCode.TIMEOUT, "Cannot show the changes up to LSN " + to + ": they have not arrived");
                }
                CdcStream.Message message = stream.poll(Duration.ofSeconds(1));
                if (message instanceof CdcStream.Batch batch) {
                    batch.decode(printer);
                    reached = printer.lsn();
                } else if (message instanceof CdcStream.KeepAlive keepAlive) {
                    reached = keepAlive.lsn();
                }
            }
        }
    }

    private void showTable(Lake lake, String name) {
        Lake.Snapshot snapshot = lake.table(SHOP, name);
        List<Object[]> rows = new ArrayList<>();
        snapshot.forEach(rows::add);
        int id = snapshot.columns().indexOf("id");
        rows.sort(java.util.Comparator.comparing(row -> (Long) row[id]));
        out().println();
        say(SHOP + "." + name + ", " + rows.size() + " rows, Iceberg format v" + snapshot.formatVersion()
                + ", snapshot " + snapshot.id());
        TextTable table = new TextTable(out(), snapshot.columns(), "    ");
        rows.stream().skip(Math.max(0, rows.size() - SHOWN_ROWS)).forEach(table::add);
        table.end();
    }

    private void next(Home home, Ports ports) {
        String dir = dirOption(home);
        title("5", "The pipeline keeps running. Try next:");
        say("./dolake" + dir
                + " sql shop \"INSERT INTO orders(customer, item, quantity, price) VALUES (1, 'mouse', 2, 19.9)\"");
        say("./dolake" + dir + " sync shop                 wait until it is in the lake");
        say("./dolake" + dir + " lake shop.orders          read the Iceberg table");
        say("./dolake" + dir + " verify shop               compare every row and value, engine against lake");
        say("./dolake" + dir + " status                    positions, lag, connector states");
        say("./dolake" + dir + " import NAME FILE.db       import a database of your own");
        say("./dolake" + dir + " down                      stop; up continues");
        say("Connect REST: " + ports.connectUrl() + "/connectors, engine: " + ports.engineUrl() + "/status");
    }

    private void title(String number, String text) {
        out().println();
        out().println(number + ". " + text);
        out().flush();
    }

    private void say(String line) {
        out().println(line.isEmpty() ? "" : "   " + line);
        out().flush();
    }
}
