/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static io.dolake.connector.dosql.StateBeans.database;
import static io.dolake.connector.dosql.StateBeans.is;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Signals that somebody got wrong stop neither streams nor the signals after them. The examples are those of public bug
 * reports (DBZ 798, 1533, 6552, 7429 of debezium/debezium), rewritten.
 */
class SignalsIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final List<String> WRONG = List.of(
            "{",
            "[]",
            "null",
            "\"text\"",
            "{\"id\":\"1\"}",
            "{\"id\":\"1\",\"type\":\"no-such-signal\",\"data\":{}}",
            "{\"id\":\"1\",\"type\":\"resume\"}",
            "{\"id\":\"1\",\"type\":\"resume\",\"data\":[]}",
            "{\"id\":\"1\",\"type\":\"resume\",\"data\":{\"data-collections\":[]}}",
            "{\"id\":\"1\",\"type\":\"resume\",\"data\":{\"data-collections\":\"shop.orders\"}}",
            "{\"id\":\"1\",\"type\":\"resume\",\"data\":{\"data-collections\":[[\"shop.orders\"]]}}",
            "{\"id\":\"1\",\"type\":\"resume\",\"data\":{\"data-collections\":[null, 5, {}]}}",
            "{\"id\":\"1\",\"type\":\"resume\",\"data\":{\"data-collections\":[\"shop.(\", \"\", \".\", \"shop.\"]}}",
            "{\"id\":\"1\",\"type\":\"execute-snapshot\"}",
            "{\"id\":\"1\",\"type\":\"execute-snapshot\",\"data\":{\"data-collections\":[[\"shop.orders\"]]}}",
            "{\"id\":\"1\",\"type\":\"execute-snapshot\",\"data\":{\"type\":\"INCREMENTAL\",\"data-collections\":"
                    + "[\"shop.orders\"],\"additional-conditions\":[{\"data-collection\":\"shop.orders\",\"filter\":\"id=1\"}]}}",
            "{\"id\":\"1\",\"type\":\"execute-snapshot\",\"data\":{\"type\":\"BLOCKING\",\"data-collections\":[\"shop.(\"]}}",
            "{\"id\":\"1\",\"type\":\"execute-snapshot\",\"data\":{\"type\":\"BLOCKING\",\"data-collections\":[\"shop.orders\"]}}",
            "{\"id\":\"1\",\"type\":\"stop-snapshot\",\"data\":{\"type\":\"INCREMENTAL\"}}",
            "{\"id\":\"1\",\"type\":\"pause-snapshot\",\"data\":{}}",
            "{\"id\":\"1\",\"type\":\"resume-snapshot\",\"data\":{}}",
            "{\"id\":\"1\",\"type\":\"snapshot-window-open\",\"data\":{}}",
            "{\"id\":\"1\",\"type\":\"snapshot-window-close\",\"data\":{}}",
            "{\"id\":\"1\",\"type\":\"schema-changes\",\"data\":{\"database\":\"shop\",\"changes\":[]}}",
            "{\"id\":\"1\",\"type\":\"log\",\"data\":{}}",
            "{\"id\":\"1\",\"type\":\"log\",\"data\":{\"message\":\"{} {} {}\"}}");

    @TempDir
    Path directory;

    private EngineFixture engine;
    private TaskHarness task;
    private Path signals;

    @BeforeEach
    void start() throws Exception {
        engine = new EngineFixture(directory);
        signals = directory.resolve("signals.json");
        Files.writeString(signals, "");
        for (String name : List.of("shop", "other")) {
            engine.create(name, "CREATE TABLE orders(id INTEGER PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
        }
        task = task("0", "shop", "other");
        task.start();
        catchUp();
    }

    private TaskHarness task(String id, String... databases) {
        TaskHarness harness = new TaskHarness(
                engine.port(),
                List.of(databases),
                "signal.enabled.channels",
                "file",
                "signal.file",
                signals.toString(),
                "signal.poll.interval.ms",
                "50");
        harness.set("task.id", id);
        return harness;
    }

    @AfterEach
    void stop() {
        task.stop();
        engine.close();
    }

    private void catchUp() throws InterruptedException {
        for (String name : List.of("shop", "other")) {
            task.pollTo(name, engine.lsn(name));
        }
    }

    private long truncates(String database) {
        return truncates(task, database);
    }

    private static long truncates(TaskHarness task, String database) {
        return task.records().stream()
                .filter(record -> record.topic().equals("dosql." + database + ".orders"))
                .filter(record -> "t".equals(((Struct) record.value()).getString("op")))
                .count();
    }

    private void assertSignalsAreHeard(int before) throws Exception {
        Files.writeString(
                signals,
                "{\"id\":\"9\",\"type\":\"resume\",\"data\":{\"data-collections\":[\"shop.orders\", \"other.orders\"]}}\n");
        task.poll(() -> truncates("shop") > before && truncates("other") > before, SOON);
        engine.exec("shop", "INSERT INTO orders VALUES ((SELECT max(id) + 1 FROM orders))");
        engine.exec("other", "INSERT INTO orders VALUES ((SELECT max(id) + 1 FROM orders))");
        catchUp();
        for (String name : List.of("shop", "other")) {
            Replica.of(task.records()).assertSameAs(engine.client(), name, name);
            assertThat(is(database(name), "STREAMING")).isTrue();
        }
    }

    private void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        task.poll(condition, SOON);
    }

    private boolean isTaken() {
        return signals.toFile().length() == 0;
    }

    @Test
    void wrongSignalsHarmNothingAndThoseAfterThemAreHeard() throws Exception {
        for (String wrong : WRONG) {
            Files.writeString(signals, wrong + "\n");
            await(this::isTaken);
        }
        engine.exec("shop", "INSERT INTO orders VALUES (2)");
        catchUp();
        assertThat(truncates("shop")).as("nothing was read anew").isEqualTo(1);
        assertSignalsAreHeard(1);
    }

    /** Found on the way: the framework reads no signals any more after a file that it could not read. */
    @Test
    void afterAFileThatIsNoTextSignalsAreHeardAgain() throws Exception {
        Files.write(signals, new byte[] {'{', (byte) 0xff, (byte) 0xfe, '}', '\n'});
        long until = System.nanoTime() + Duration.ofMillis(400).toNanos();
        await(() -> System.nanoTime() > until);
        assertSignalsAreHeard(1);
    }

    /** The tasks of a worker read the same file, and whoever comes first empties it. */
    @Test
    void aSignalReachesTheTableInWhicheverTaskItIs() throws Exception {
        task.stop();
        task = task("0", "shop");
        TaskHarness neighbour = task("1", "other");
        task.start();
        neighbour.start();
        try {
            task.pollTo("shop", engine.lsn("shop"));
            neighbour.pollTo("other", engine.lsn("other"));
            for (int signal = 2; signal < 12; signal++) {
                Files.writeString(
                        signals,
                        "{\"id\":\"" + signal
                                + "\",\"type\":\"resume\",\"data\":{\"data-collections\":[\"other.orders\"]}}\n");
                int expected = signal;
                neighbour.poll(() -> truncates(neighbour, "other") == expected, SOON);
            }
        } finally {
            neighbour.stop();
        }
        assertThat(TasksOfWorker.resume("test", "other.orders")).isFalse();
        assertThat(TasksOfWorker.resume("test", "shop.orders")).isTrue();
    }

    /** Found in CI: the answer was no, and nobody saw it. */
    @Test
    void aTableIsResumedOnceItsDatabaseStreams() throws Exception {
        task.stop();
        engine.stopServer();
        task.start();
        task.poll(() -> TasksOfWorker.resume("test", "shop.orders"), SOON);
        engine.restart();
        task.poll(() -> truncates("shop") == 2, SOON);
        catchUp();
    }

    @Test
    void aFileThatIsAwayForAWhileIsReadAgain() throws Exception {
        Files.delete(signals);
        Files.createDirectory(signals);
        long until = System.nanoTime() + Duration.ofMillis(400).toNanos();
        await(() -> System.nanoTime() > until);
        Files.delete(signals);
        assertSignalsAreHeard(1);
        String text = new String(Files.readAllBytes(signals), StandardCharsets.UTF_8);
        assertThat(text).isEmpty();
    }
}
