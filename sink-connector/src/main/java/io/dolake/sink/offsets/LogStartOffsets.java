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
 * The first offsets that partitions still have: what lies before is gone from the topic for good, as opposed to offsets that
 * compaction, aborted transactions, transforms or converters leave out. A sink task has no consumer that it could ask. The one that the worker
 * has for it tells over JMX how far it has got from there (Kafka's {@code records-lead}), from which the offset is worked out.
 */
public final class LogStartOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(LogStartOffsets.class);
    private static final String LEAD = "records-lead";
    /** In a connector's own settings; a worker's {@code consumer.client.id} is not known to tasks. */
    private static final String CLIENT_ID = "consumer.override.client.id";

    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private final String clientId;
    private final Map<TopicPartition, ObjectName> names = new HashMap<>();
    private final Map<TopicPartition, Answer> answers = new HashMap<>();

    /** What was found out behind the record before {@code next}: a compacted topic has a gap at every other record. */
    private record Answer(long next, OptionalLong first) {}

    public LogStartOffsets(SinkConfig config, String connector, int taskId) {
        Object chosen = config.originals().get(CLIENT_ID);
        this.clientId = chosen == null ? "connector-consumer-" + connector + "-" + taskId : chosen.toString();
    }

    /**
     * The first offset; empty if the consumer does not tell. It may be too low by as many offsets as lie unseen behind the
     * last record, such as the end of its transaction.
     *
     * @param next the offset after the last record that the worker has handed over
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
            // The consumer has given the partition up, and tells of it again when it has it back.
            names.remove(partition);
            return OptionalLong.empty();
        } catch (JMException e) {
            // Records are taken all the same: what cannot be said is only whether some before them are lost.
            LOG.warn("Cannot read {} of {}: {}", LEAD, partition, e.toString());
            return OptionalLong.empty();
        }
    }

    /** Null if the consumer has told nothing of the partition. Older ones have underscores for the dots of the topic's name. */
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
