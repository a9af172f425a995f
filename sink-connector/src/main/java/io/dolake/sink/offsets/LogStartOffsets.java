/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.offsets;

import io.dolake.sink.config.SinkConfig;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first offsets that partitions still have: everything before is deleted from the topic for good, unlike offsets
 * that compaction, aborted transactions, transforms or converters leave out. A sink task cannot query the consumer. The
 * worker's consumer for the task publishes over JMX how far ahead of the first offset it is (Kafka's {@code
 * records-lead}), from which the first offset is computed.
 */
public final class LogStartOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(LogStartOffsets.class);
    private static final String LEAD = "records-lead";
    /** From the connector's own settings; tasks do not know a worker's {@code consumer.client.id}. */
    private static final String CLIENT_ID = "consumer.override.client.id";

    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private final String clientId;
    private final Map<TopicPartition, ObjectName> names = new HashMap<>();
    private final Map<TopicPartition, Answer> answers = new HashMap<>();

    /** The result for the record before {@code next}: a compacted topic has a gap at every other record. */
    private record Answer(long next, OptionalLong first) {}

    public LogStartOffsets(SinkConfig config, String connector, int taskId) {
        Object chosen = config.originals().get(CLIENT_ID);
        this.clientId = chosen == null ? "connector-consumer-" + connector + "-" + taskId : chosen.toString();
    }

    /**
     * The first offset; empty if the consumer does not publish it. It may be too low by the number of offsets without
     * records after the last record, such as the end of its transaction.
     *
     * @param next the offset after the last record that the worker has delivered
     */
    OptionalLong of(TopicPartition partition, long next) {
        Answer last = answers.get(partition);
        if (last == null || last.next != next) {
            last = new Answer(next, ask(partition, next));
            answers.put(partition, last);
        }
        return last.first;
    }

    void close(TopicPartition partition) {
        names.remove(partition);
        answers.remove(partition);
    }

    private OptionalLong ask(TopicPartition partition, long next) {
        try {
            ObjectName name = names.get(partition);
            if (name == null) {
                name = find(partition);
                if (name == null) {
                    return OptionalLong.empty();
                }
                names.put(partition, name);
            }
            double lead = ((Number) beans.getAttribute(name, LEAD)).doubleValue();
            return Double.isNaN(lead) ? OptionalLong.empty() : OptionalLong.of(next - (long) lead);
        } catch (InstanceNotFoundException e) {
            // The consumer has given the partition up, and publishes its metrics again when it has it back.
            names.remove(partition);
            return OptionalLong.empty();
        } catch (JMException e) {
            // Records are processed all the same: only whether some before them are lost is unknown.
            LOG.warn("Cannot read {} of {}: {}", LEAD, partition, e.toString());
            return OptionalLong.empty();
        }
    }

    /**
     * Null if the consumer has published nothing about the partition. Older consumers replace the dots of the topic's
     * name by underscores.
     */
    private ObjectName find(TopicPartition partition) throws MalformedObjectNameException {
        ObjectName older = null;
        ObjectName pattern = new ObjectName(
                "kafka.consumer:type=consumer-fetch-manager-metrics,partition=" + partition.partition() + ",*");
        for (ObjectName name : beans.queryNames(pattern, null)) {
            String topic = plain(name.getKeyProperty("topic"));
            if (!clientId.equals(plain(name.getKeyProperty("client-id"))) || topic == null) {
                continue;
            }
            if (topic.equals(partition.topic())) {
                return name;
            }
            if (topic.equals(partition.topic().replace('.', '_'))) {
                older = name;
            }
        }
        return older;
    }

    private static String plain(String value) {
        return value != null && value.startsWith("\"") ? ObjectName.unquote(value) : value;
    }
}
