/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.pipeline.lake.Lake;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.pipeline.run.Ports;
import io.dolake.schemas.DoLakeException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything real in one process: engine, broker, worker, plugins from their plugin directories, tables on disk. */
class PipelineIT {
    private static final String DATABASE = "random";
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    @TempDir
    Path dir;

    @Test
    void replaysARandomWorkloadThroughARestartOfEachPart() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed=" + seed);
        Home home = Home.of(dir);
        try (Pipeline pipeline =
                Pipeline.start(new Installation(Cli.repository()), home, Ports.Wish.ANY, System.out::println)) {
            try (DoSqlClient engine = PipelineCommand.engine(pipeline.ports(), null)) {
                RandomWorkload.createTables(engine, DATABASE);
            }
            Writer writer = new Writer(pipeline.ports(), seed);
            writer.start();
            try {
                restartEachPart(pipeline, writer);
            } finally {
                writer.finish();
            }
            check(pipeline.ports(), home);
        }
    }

    private static void restartEachPart(Pipeline pipeline, Writer writer) throws InterruptedException {
        writer.awaitTransactions(50);
        pipeline.connect().restart(Pipeline.SOURCE);
        writer.awaitTransactions(50);
        pipeline.stopEngine();
        pipeline.startEngine();
        writer.awaitTransactions(50);
        pipeline.connect().restartTask(Pipeline.SINK, 0);
        writer.awaitTransactions(50);
        pipeline.stopBroker();
        pipeline.startBroker();
        writer.awaitTransactions(50);
        pipeline.stopWorker();
        pipeline.startWorker();
        pipeline.settle();
        writer.awaitTransactions(50);
    }

    private static void check(Ports ports, Home home) throws IOException {
        List<JsonNode> tables = Child.command(home.dir(), "verify", DATABASE, "--json")
                .succeeded()
                .json();
        JsonNode all = tables.remove(tables.size() - 1);
        assertThat(all.path("differences").asLong(-1)).isZero();
        assertThat(tables).hasSize(5);
        Properties formats = new Properties();
        formats.load(
                new StringReader(Child.run(Formats.class, Map.of(), home.dir().toString())
                        .succeeded()
                        .out()));
        TopicReplay topics = new TopicReplay(ports.bootstrapServers());
        try (DoSqlClient engine = PipelineCommand.engine(ports, null);
                Session session = engine.session(DATABASE)) {
            for (JsonNode table : tables) {
                String name = table.path("table").asText();
                long rows = table.path("engineRows").asLong();
                assertThat(rows).as(name).isPositive();
                assertThat(count(session, name))
                        .isEqualTo(table.path("lakeRows").asLong());
                assertThat(topics.rows("dosql." + DATABASE + "." + name))
                        .as("events of %s, replayed", name)
                        .hasSize((int) rows);
                assertThat(formats.getProperty(name)).isEqualTo("3");
            }
        }
    }

    /** Prints the format version of each table of the database in the lake. */
    static final class Formats {
        private Formats() {}

        public static void main(String[] arguments) {
            try (Lake lake = Lake.open(Home.of(Path.of(arguments[0])))) {
                for (String table : lake.tables(DATABASE)) {
                    System.out.println(table + "=" + lake.table(DATABASE, table).formatVersion());
                }
            }
        }
    }

    private static long count(Session session, String table) {
        try (Session.Cursor cursor = session.query(Statement.of("SELECT count(*) FROM " + table), 1)) {
            return (Long) cursor.next()[0];
        }
    }

    /** Writes without end; when the engine goes away it waits for the engine to come back. */
    private static final class Writer extends Thread {
        private static final int COLUMN_EVERY = 97;

        private final Ports ports;
        private final RandomWorkload workload;
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private volatile int transactions;

        Writer(Ports ports, long seed) {
            super("random-writer");
            this.ports = ports;
            this.workload = new RandomWorkload(seed);
        }

        @Override
        public void run() {
            try {
                while (!stopped.get()) {
                    connected();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                failure.set(e);
            }
        }

        private void connected() throws InterruptedException {
            try (DoSqlClient engine = PipelineCommand.engine(ports, null);
                    Session session = engine.session(DATABASE)) {
                while (!stopped.get()) {
                    if (transactions % COLUMN_EVERY == COLUMN_EVERY - 1 && transactions < 3 * COLUMN_EVERY) {
                        workload.addColumn(session);
                    }
                    workload.transaction(session);
                    transactions++;
                    Thread.sleep(10);
                }
            } catch (DoLakeException e) {
                if (!e.code().isRetriable() && !e.code().name().equals("INTERNAL_ERROR")) {
                    throw e;
                }
                Thread.sleep(200);
            }
        }

        void awaitTransactions(int more) throws InterruptedException {
            int target = transactions + more;
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            while (transactions < target && failure.get() == null && System.nanoTime() - deadline < 0) {
                Thread.sleep(50);
            }
            assertThat(failure.get()).isNull();
            assertThat(transactions).isGreaterThanOrEqualTo(target);
        }

        void finish() throws InterruptedException {
            stopped.set(true);
            join(TIMEOUT.toMillis());
            assertThat(failure.get()).isNull();
        }
    }
}
