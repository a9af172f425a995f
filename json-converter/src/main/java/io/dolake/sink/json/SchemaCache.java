/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The most recent schemas by their whole text, and the last one of each topic. Not thread-safe. */
final class SchemaCache {
    private final int maxSchemas;
    private final Map<Text, CachedSchema> schemas;
    private final Map<String, CachedSchema> lastOfTopic = new HashMap<>();

    /** Bytes as a key of a map. */
    private record Text(byte[] bytes) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Text text && Arrays.equals(bytes, text.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }

    SchemaCache(int maxSchemas) {
        this.maxSchemas = maxSchemas;
        this.schemas = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Text, CachedSchema> eldest) {
                return size() > maxSchemas;
            }
        };
    }

    /** The schema at a position of a message, if it is the topic's last one; null if not. */
    CachedSchema last(String topic, byte[] message, int from) {
        CachedSchema last = lastOfTopic.get(topic);
        return last != null && last.isAt(message, from) ? last : null;
    }

    /** The schema of a text; null if it is not known. */
    CachedSchema get(String topic, byte[] text) {
        CachedSchema known = schemas.get(new Text(text));
        if (known != null) {
            use(topic, known);
        }
        return known;
    }

    void put(String topic, CachedSchema schema) {
        schemas.put(new Text(schema.text()), schema);
        use(topic, schema);
    }

    private void use(String topic, CachedSchema schema) {
        if (lastOfTopic.size() >= maxSchemas && !lastOfTopic.containsKey(topic)) {
            lastOfTopic.clear();
        }
        lastOfTopic.put(topic, schema);
    }
}
