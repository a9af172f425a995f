/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.management.ObjectName;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The connector without Kafka: in Debezium's embedded engine, whose offsets are a file. */
class EmbeddedEngineIT {
    @TempDir
    Path directory;

    private final List<SourceRecord> records = new CopyOnWriteArrayList<>();
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private EngineFixture engine;
    private DebeziumEngine<RecordChangeEvent<SourceRecord>> embedded;

    @BeforeEach
    void startEngine() {
        engine = new EngineFixture(directory.resolve("engine"));
    }

    @AfterEach
    void stopAll() throws Exception {
        stop();
        executor.shutdownNow();
        engine.close();
    }

    private void start(int tasks) {
        Properties settings = new Properties();
        settings.putAll(Fixtures.settings());
        settings.setProperty("name", "embedded");
        settings.setProperty("connector.class", DoSqlConnector.class.getName());
        settings.setProperty("tasks.max", String.valueOf(tasks));
        settings.setProperty("database.hostname", "127.0.0.1");
        settings.setProperty("database.port", String.valueOf(engine.port()));
        settings.setProperty("tombstones.on.delete", "false");
        settings.setProperty("offset.storage", "org.apache.kafka.connect.storage.FileOffsetBackingStore");
        settings.setProperty(
                "offset.storage.file.filename", directory.resolve("offsets").toString());
        settings.setProperty("offset.flush.interval.ms", "100");
        embedded = DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
                .using(settings)
                .notifying(event -> {
                    if (((Struct) event.record().value()).schema().field("op") != null) {
                        records.add(event.record());
                    }
                })
                .build();
        executor.execute(embedded);
    }

    private void stop() throws Exception {
        if (embedded != null) {
            embedded.close();
            embedded = null;
        }
    }

    private void awaitRecords(int count) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(records).hasSizeGreaterThanOrEqualTo(count));
    }

    @Test
    void goesOnFromTheStoredOffsetAfterARestart() throws Exception {
        engine.create("shop", "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (1, 'a')");
        start(1);
        awaitRecords(2);
        engine.exec("shop", "INSERT INTO t VALUES (2, 'b')");
        awaitRecords(3);
        stop();
        engine.exec("shop", "UPDATE t SET v = 'c' WHERE id = 1");
        start(1);
        awaitRecords(4);
        Replica.of(records).assertSameAs(engine.client(), "shop", "after the restart");
        assertThat(records)
                .extracting(record -> ((Struct) record.value()).getString("op"))
                .containsExactly("t", "r", "c", "u");
    }

    @Test
    void tasksShareTheDatabasesAndEachHasItsMetrics() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            engine.create(name, "CREATE TABLE t(id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        }
        start(2);
        awaitRecords(6);
        assertThat(records).extracting(SourceRecord::topic).contains("dosql.a.t", "dosql.b.t", "dosql.c.t");
        for (int task = 0; task < 2; task++) {
            ObjectName name = new ObjectName(
                    "debezium.dosql:type=connector-metrics,server=dosql,task=" + task + ",context=snapshot");
            await().untilAsserted(() -> assertThat(
                            ManagementFactory.getPlatformMBeanServer().getAttribute(name, "SnapshotCompleted"))
                    .isEqualTo(true));
        }
    }
}
