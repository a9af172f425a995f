/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.spark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** Runs the sink plugin's task on one topic partition in memory. */
final class SinkWorker implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final ClassLoader plugin;
    private final SinkTask task;
    private final TopicPartition partition;
    private final List<SinkRecord> records;
    private long position;

    SinkWorker(ClassLoader plugin, Map<String, String> settings, TopicPartition partition, List<SinkRecord> records)
            throws ReflectiveOperationException {
        this.plugin = plugin;
        this.partition = partition;
        this.records = records;
        this.task = (SinkTask) plugin.loadClass("io.dolake.sink.DoLakeSinkTask")
                .getDeclaredConstructor()
                .newInstance();
        inPlugin(() -> {
            task.initialize(new Context(settings));
            task.start(settings);
            task.open(List.of(partition));
        });
    }

    /** As the worker has it: what a plugin looks up by name comes from its own jars. */
    private void inPlugin(Runnable call) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(plugin);
        try {
            call.run();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Offers everything in the topic and waits until the sink has committed it. */
    void drain() throws InterruptedException {
        long end = records.size();
        long startedNs = System.nanoTime();
        while (committed() < end) {
            if (System.nanoTime() - startedNs > LONGEST.toNanos()) {
                throw new IllegalStateException("not committed in time");
            }
            List<SinkRecord> batch = new ArrayList<>(records.subList((int) position, (int) end));
            inPlugin(() -> task.put(batch));
            position = end;
            Thread.sleep(5);
        }
    }

    private long committed() {
        List<OffsetAndMetadata> held = new ArrayList<>();
        inPlugin(() -> held.addAll(task.preCommit(Map.of(partition, new OffsetAndMetadata(position)))
                .values()));
        return held.isEmpty() ? 0 : held.get(0).offset();
    }

    @Override
    public void close() {
        inPlugin(() -> {
            task.close(List.of(partition));
            task.stop();
        });
    }

    /** Of a worker's services the task needs the position only, and that only here. */
    private final class Context implements SinkTaskContext {
        private final Map<String, String> settings;

        private Context(Map<String, String> settings) {
            this.settings = settings;
        }

        @Override
        public Map<String, String> configs() {
            return settings;
        }

        @Override
        public void offset(Map<TopicPartition, Long> offsets) {
            offsets.values().forEach(offset -> position = offset);
        }

        @Override
        public void offset(TopicPartition of, long offset) {
            position = offset;
        }

        @Override
        public void timeout(long timeoutMs) {
            // Polled often enough.
        }

        @Override
        public Set<TopicPartition> assignment() {
            return Set.of(partition);
        }

        @Override
        public void pause(TopicPartition... partitions) {
            // So little fits into any buffer.
        }

        @Override
        public void resume(TopicPartition... partitions) {
            // Nothing was paused.
        }

        @Override
        public void requestCommit() {
            // Asked for with every turn.
        }

        @Override
        public ErrantRecordReporter errantRecordReporter() {
            return null;
        }

        @Override
        public PluginMetrics pluginMetrics() {
            throw new UnsupportedOperationException("the sink has an MBean of its own");
        }
    }
}
