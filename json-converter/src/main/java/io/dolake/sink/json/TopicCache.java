/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The most recently used values by key, and the last one of each topic: comparing with that one is cheaper than looking
 * a schema up. Not thread-safe.
 */
final class TopicCache<K, V> {
    private final int maxValues;
    private final Map<K, V> values;
    private final Map<String, V> lastOfTopic = new HashMap<>();

    TopicCache(int maxValues) {
        this.maxValues = maxValues;
        this.values = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > maxValues;
            }
        };
    }

    /** Null if none was used for the topic. */
    V last(String topic) {
        return lastOfTopic.get(topic);
    }

    /** Null if it is not known. */
    V get(K key) {
        return values.get(key);
    }

    void put(String topic, K key, V value) {
        values.put(key, value);
        use(topic, value);
    }

    /** Makes a value the last one of the topic. */
    void use(String topic, V value) {
        if (lastOfTopic.size() >= maxValues && !lastOfTopic.containsKey(topic)) {
            lastOfTopic.clear();
        }
        lastOfTopic.put(topic, value);
    }
}
