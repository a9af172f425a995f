/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/**
 * A Connect worker reduced to one task: it keeps the records it polled and the offset of the last one per partition,
 * and can be killed after any record, so that whatever was polled beyond is as if it had never been.
 */
final class TaskHarness {
    private final Map<String, String> settings;
    private final Map<Map<String, ?>, Map<String, Object>> offsets = new HashMap<>();
    private final List<SourceRecord> records = new ArrayList<>();
    private DoSqlConnectorTask task;

    TaskHarness(int port, List<String> databases, String... more) {
        settings = Fixtures.settings(more);
        settings.put("database.hostname", "127.0.0.1");
        settings.put("database.port", String.valueOf(port));
        settings.put("heartbeat.interval.ms", settings.getOrDefault("heartbeat.interval.ms", "100"));
        settings.putIfAbsent("tombstones.on.delete", "false");
        settings.put(DoSqlConnectorConfig.TASK_DATABASES.name(), String.join(",", databases));
        settings.put("connector.class", DoSqlConnector.class.getName());
        settings.put("task.id", "0");
        settings.put("name", "test");
    }

    void set(String key, String value) {
        settings.put(key, value);
    }

    void unset(String key) {
        settings.remove(key);
    }

    void start() {
        task = new DoSqlConnectorTask();
        task.initialize(new Context());
        task.start(settings);
    }

    void stop() {
        if (task != null) {
            task.stop();
            task = null;
        }
    }

    /** Records kept, heartbeats left out. */
    List<SourceRecord> records() {
        return records;
    }

    Map<String, Object> offset(String database) {
        return offsets.get(Map.of("server", "dosql", "database", database));
    }

    /** Polls until the condition holds. */
    void poll(BooleanSupplier until, Duration timeout) throws InterruptedException {
        poll(Integer.MAX_VALUE, until, timeout);
    }

    /** Polls until the offset of the database is at or past the LSN. */
    void pollTo(String database, long lsn) throws InterruptedException {
        poll(() -> isPast(database, lsn), Duration.ofSeconds(60));
    }

    boolean isPast(String database, long lsn) {
        Map<String, Object> offset = offset(database);
        return offset != null
                && offset.get("lsn") instanceof Long
                && !Boolean.FALSE.equals(offset.get("snapshot_completed"))
                && Long.compareUnsigned((Long) offset.get("lsn"), lsn) >= 0;
    }

    /**
     * Polls, keeps at most so many more records, and then is dead: the task is stopped, what it polled beyond is lost.
     */
    boolean pollAndKill(int keep, BooleanSupplier until) throws InterruptedException {
        boolean reached = poll(keep, until, Duration.ofSeconds(60));
        stop();
        return reached;
    }

    /** Whether the condition held before the limit of records was reached. */
    private boolean poll(int keep, BooleanSupplier until, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        int kept = 0;
        while (!until.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("Not reached within " + timeout + ": offsets are " + offsets + ", "
                        + records.size() + " records");
            }
            List<SourceRecord> polled = task.poll();
            if (polled == null) {
                continue;
            }
            for (SourceRecord sent : polled) {
                if (kept == keep) {
                    return false;
                }
                checkSchema(sent.keySchema(), sent.key());
                checkSchema(sent.valueSchema(), sent.value());
                boolean heartbeat = sent.topic().startsWith("__debezium-heartbeat");
                if (!heartbeat) {
                    records.add(sent);
                    kept++;
                }
                @SuppressWarnings("unchecked")
                Map<String, Object> offset = (Map<String, Object>) sent.sourceOffset();
                offsets.put(sent.sourcePartition(), new HashMap<>(offset));
                task.commitRecord(sent, null);
            }
            task.commit();
        }
        return true;
    }

    /** As converters do. */
    private static void checkSchema(Schema schema, Object value) {
        if (value instanceof Struct struct && !struct.schema().equals(schema)) {
            throw new AssertionError("A record has " + schema.fields() + " and holds "
                    + struct.schema().fields());
        }
    }

    private final class Context implements SourceTaskContext {
        @Override
        public Map<String, String> configs() {
            return settings;
        }

        @Override
        public OffsetStorageReader offsetStorageReader() {
            return new OffsetStorageReader() {
                @Override
                public <T> Map<String, Object> offset(Map<String, T> partition) {
                    return offsets.get(partition);
                }

                @Override
                public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
                    Map<Map<String, T>, Map<String, Object>> found = new HashMap<>();
                    partitions.forEach(partition -> found.put(partition, offsets.get(partition)));
                    return found;
                }
            };
        }

        @Override
        public PluginMetrics pluginMetrics() {
            return null;
        }
    }
}
