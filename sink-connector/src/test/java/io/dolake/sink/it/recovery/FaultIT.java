/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.testkit.CatalogFaults;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.FileFaults;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.WatchedCatalog;
import io.dolake.sink.testkit.WatchedFileIO;
import io.dolake.sink.testkit.Worker;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can fail does, at every step: it costs time, and no row is lost or doubled. */
public class FaultIT {
    @TempDir
    Path directory;

    private Lake lake;
    private final CatalogFaults faults = new CatalogFaults();
    private final FileFaults fileFaults = new FileFaults();
    private final FakeTopic topic = Shop.orders();

    @BeforeEach
    void openLake() {
        lake = new Lake(directory);
        WatchedFileIO.watch(fileFaults);
    }

    @AfterEach
    void closeLake() throws Exception {
        WatchedFileIO.watch(null);
        lake.close();
    }

    @Test
    void aWriteThatFailsAtAnyStepIsDoneAgain() {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put("iceberg.catalog.io-impl", WatchedFileIO.class.getName());
        try (Worker worker = new Worker(settings, topic)) {
            int step = 0;
            do {
                topic.upsert("c", 100L + step, "new").upsert("u", 7L, "step-" + step);
                topic.delete(100L + step / 2);
                fileFaults.untilFailure.set(step++);
                worker.drain();
            } while (fileFaults.untilFailure.get() < 0);
            assertThat(step).as("steps of a commit").isGreaterThan(10);
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertEverySnapshot(lake, topic, "orders");
    }

    @Test
    void aCommitWhoseReplyIsLostIsFoundAgain() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        try (Worker worker = worker()) {
            worker.drain();
        }
        try (Worker worker = worker()) {
            faults.lostReplies.set(1);
            topic.upsert("u", 1L, "green tea").delete(2L).upsert("c", 3L, "salt");
            worker.drain();
            assertThat(faults.lostReplies).hasValue(0);
            topic.upsert("u", 3L, "sea salt");
            worker.drain();
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertEverySnapshot(lake, topic, "orders");
    }

    @Test
    void aCommitWhoseRequestIsLostIsDoneAgain() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        try (Worker worker = worker()) {
            worker.drain();
        }
        try (Worker worker = worker()) {
            faults.refusedCommits.set(3);
            topic.upsert("u", 1L, "green tea").delete(2L);
            worker.drain();
            assertThat(faults.refusedCommits).hasValue(0);
        }
        Oracle.assertSame(lake, topic, "orders");
        Oracle.assertEverySnapshot(lake, topic, "orders");
    }

    @Test
    void aTaskWaitsForACatalogThatIsDownWhenItStarts() {
        topic.upsert("c", 1L, "tea");
        faults.unavailable.set(3);
        try (Worker worker = worker()) {
            assertThat(worker.context.paused).contains(topic.partition);
            worker.drain();
            assertThat(worker.context.paused).isEmpty();
        }
        Oracle.assertSame(lake, topic, "orders");
    }

    @Test
    void theErrorOfAFaultIsShownUntilItIsGone() throws Exception {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put("iceberg.catalog.io-impl", WatchedFileIO.class.getName());
        settings.put(SinkConfig.RETRY_BACKOFF_MS, "400");
        settings.put(SinkConfig.RETRY_BACKOFF_MAX_MS, "400");
        try (Worker worker = new Worker(settings, topic)) {
            topic.upsert("c", 1L, "tea");
            fileFaults.untilFailure.set(0);
            Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> {
                worker.poll(10);
                return attribute("LastError").toString().startsWith("STORAGE_FULL: Cannot commit to table");
            });
            assertThat(attribute("State")).isEqualTo("RETRYING");
            worker.drain();
            assertThat(attribute("LastError")).isEqualTo("");
            assertThat(attribute("State")).isEqualTo("RUNNING");
        }
    }

    public static Object attribute(String name) throws Exception {
        return ManagementFactory.getPlatformMBeanServer()
                .getAttribute(new ObjectName("io.dolake:type=sink-task,connector=dolake-sink,task=0"), name);
    }

    private Worker worker() {
        return new Worker(
                lake.settings("dolake-sink"), new HashMap<>(), catalog -> new WatchedCatalog(catalog, faults), topic);
    }
}
