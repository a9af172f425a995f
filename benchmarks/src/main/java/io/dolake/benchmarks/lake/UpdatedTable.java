/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.lake;

import io.dolake.benchmarks.OrderRow;
import io.dolake.sink.DoLakeSinkTask;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.maintenance.MaintenanceOptions;
import io.dolake.sink.maintenance.MaintenanceResult;
import io.dolake.sink.maintenance.TableMaintenance;
import io.dolake.sink.table.Branch;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * A table that the sink's task fills and then updates, one commit after the other, the same random rows for each table. Time is
 * simulated: a commit is what an interval of updates would bring, and maintenance comes after so many commits.
 */
final class UpdatedTable {
    private static final long SEED = 4711;
    private static final TopicPartition PARTITION = new TopicPartition("read", 0);
    private static final Schema KEY =
            SchemaBuilder.struct().field("id", Schema.INT64_SCHEMA).build();

    private final Map<String, String> settings;
    private final Catalog lake;
    private final int keys;
    private final int updates;
    private final Schema row;
    private final Random random = new Random(SEED);
    private final DoLakeSinkTask task = new DoLakeSinkTask();
    private long offset;

    /** @param columns how many of an order's the table has */
    UpdatedTable(Map<String, String> settings, Catalog lake, int keys, int updates, int columns) {
        this.settings = settings;
        this.lake = lake;
        this.keys = keys;
        this.updates = updates;
        SchemaBuilder builder = SchemaBuilder.struct();
        OrderRow.SCHEMA.fields().subList(0, columns).forEach(field -> builder.field(field.name(), field.schema()));
        this.row = builder.build();
    }

    /** Of the lake and of the sink. */
    static Map<String, String> settings(Path directory) {
        Map<String, String> settings = new HashMap<>();
        settings.put("name", "read");
        settings.put("iceberg.catalog", "lake"); // as SparkScan names it
        settings.put("iceberg.catalog.type", "jdbc");
        settings.put("iceberg.catalog.uri", "jdbc:sqlite:" + directory.resolve("catalog.db"));
        settings.put("iceberg.catalog.jdbc.schema-version", "V1");
        settings.put("iceberg.catalog.warehouse", directory.resolve("warehouse").toString());
        settings.put("iceberg.catalog.local.sync", "false");
        settings.put(SinkConfig.COMMIT_INTERVAL_MS, "10");
        settings.put(SinkConfig.BUFFER_MAX_EVENTS, Integer.toString(Integer.MAX_VALUE));
        return settings;
    }

    /** Updates with maintenance after each {@code every} commits; the scans are of the last round of it and of the commits after. */
    List<Scan> maintained(String name, int commits, int every) {
        start(name);
        MaintenanceResult last = null;
        long maintenanceNs = 0;
        for (int i = 1; i <= commits; i++) {
            commit(0, updates, true);
            if (i % every == 0) {
                long begin = System.nanoTime();
                last = new TableMaintenance(
                                table(name),
                                Branch.MAIN,
                                MaintenanceOptions.defaults().withAges(Duration.ofHours(1), null))
                        .run();
                maintenanceNs += System.nanoTime() - begin;
            }
        }
        System.out.printf("maintenance took %.1f s in all; the last round: %s%n", maintenanceNs / 1e9, last);
        List<Scan> scans = new ArrayList<>(List.of(Scan.ofCurrent("after maintenance", table(name))));
        for (int i = 1; i < every; i++) {
            commit(0, updates, true);
            scans.add(Scan.ofCurrent(i + (i == 1 ? " commit later" : " commits later"), table(name)));
        }
        stop();
        return scans;
    }

    /** Updates without maintenance. */
    Scan left(String name, int commits) {
        start(name);
        for (int i = 1; i <= commits; i++) {
            commit(0, updates, true);
        }
        stop();
        return Scan.ofCurrent("never maintained", table(name));
    }

    private Table table(String name) {
        return lake.loadTable(TableIdentifier.of("bench", name));
    }

    private void start(String name) {
        Map<String, String> own = new HashMap<>(settings);
        own.put("iceberg.tables", "bench." + name);
        own.put("name", "read-" + name);
        task.initialize(context(own));
        task.start(own);
        task.open(List.of(PARTITION));
        for (int key = 0; key < keys; key += updates) {
            commit(key, Math.min(updates, keys - key), false);
        }
    }

    private void stop() {
        task.close(List.of(PARTITION));
        task.stop();
    }

    /** One commit of rows with ids from {@code first} on, or of updates of random ones. */
    private void commit(long first, int count, boolean isUpdate) {
        List<SinkRecord> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long id = isUpdate ? random.nextInt(keys) : first + i;
            records.add(new SinkRecord(
                    PARTITION.topic(),
                    0,
                    KEY,
                    new Struct(KEY).put("id", id),
                    row,
                    order(id, offset + i),
                    offset + i,
                    0L,
                    TimestampType.CREATE_TIME));
        }
        long next = offset + count;
        task.put(records);
        Map<TopicPartition, OffsetAndMetadata> current = Map.of(PARTITION, new OffsetAndMetadata(next));
        while (task.preCommit(current).get(PARTITION).offset() < next) {
            task.put(List.of());
            Thread.yield();
        }
        offset = next;
    }

    private Struct order(long id, long quantity) {
        Struct order = OrderRow.of(id, quantity, random);
        Struct part = new Struct(row);
        row.fields().forEach(field -> part.put(field, order.get(field.name())));
        return part;
    }

    static SinkTaskContext context(Map<String, String> settings) {
        return (SinkTaskContext) Proxy.newProxyInstance(
                UpdatedTable.class.getClassLoader(),
                new Class<?>[] {SinkTaskContext.class},
                (proxy, method, arguments) -> method.getName().equals("configs") ? settings : null);
    }
}
