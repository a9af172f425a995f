/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** The worker's side of a sink task: remembers what the task asked for. */
public final class FakeContext implements SinkTaskContext {
    private final Map<String, String> configs;
    public final Map<TopicPartition, Long> seeks = new HashMap<>();
    public final Set<TopicPartition> paused = new HashSet<>();
    final Set<TopicPartition> assignment = new HashSet<>();
    public final List<SinkRecord> errant = new ArrayList<>();
    public boolean hasReporter;
    public long timeoutMs = -1;
    int commitRequests;

    FakeContext(Map<String, String> configs) {
        this.configs = configs;
    }

    @Override
    public Map<String, String> configs() {
        return configs;
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
        seeks.putAll(offsets);
    }

    @Override
    public void offset(TopicPartition partition, long offset) {
        seeks.put(partition, offset);
    }

    @Override
    public void timeout(long newTimeoutMs) {
        timeoutMs = newTimeoutMs;
    }

    @Override
    public Set<TopicPartition> assignment() {
        return assignment;
    }

    @Override
    public void pause(TopicPartition... partitions) {
        paused.addAll(Arrays.asList(partitions));
    }

    @Override
    public void resume(TopicPartition... partitions) {
        Arrays.asList(partitions).forEach(paused::remove);
    }

    @Override
    public void requestCommit() {
        commitRequests++;
    }

    @Override
    public ErrantRecordReporter errantRecordReporter() {
        return hasReporter
                ? (record, error) -> {
                    errant.add(record);
                    return CompletableFuture.completedFuture(null);
                }
                : null;
    }

    @Override
    public PluginMetrics pluginMetrics() {
        throw new UnsupportedOperationException("the sink has an MBean of its own");
    }
}
