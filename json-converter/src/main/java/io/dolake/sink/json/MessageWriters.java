/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;

/** The writers of the most recent schemas, and the last one of each topic. Not thread-safe. */
final class MessageWriters {
    private final int maxSchemas;
    private final Map<Schema, MessageWriter> writers;
    private final Map<String, MessageWriter> lastOfTopic = new HashMap<>();

    MessageWriters(int maxSchemas) {
        this.maxSchemas = maxSchemas;
        this.writers = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Schema, MessageWriter> eldest) {
                return size() > maxSchemas;
            }
        };
    }

    /** The writer for a schema; null if it is not known. Comparing whole schemas takes longer than writing a message. */
    MessageWriter get(String topic, Schema schema) {
        MessageWriter last = lastOfTopic.get(topic);
        if (last != null && last.schema() == schema) {
            return last;
        }
        MessageWriter known = writers.get(schema);
        if (known != null) {
            use(topic, new MessageWriter(schema, known.start(), known.payload()));
        }
        return known;
    }

    void put(String topic, MessageWriter writer) {
        writers.put(writer.schema(), writer);
        use(topic, writer);
    }

    private void use(String topic, MessageWriter writer) {
        if (lastOfTopic.size() >= maxSchemas && !lastOfTopic.containsKey(topic)) {
            lastOfTopic.clear();
        }
        lastOfTopic.put(topic, writer);
    }
}
