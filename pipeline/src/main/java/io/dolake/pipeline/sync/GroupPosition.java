/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * How far the sink's group is in a topic partition: the lake has all below the offset, and the last record that the
 * sink took before it says of which topic that is the offset. See {@code schemas/SPEC.md}, section 11.
 *
 * @param isTold whether the sink has said which record that is, or that it was handed none; not if somebody else has
 *     put the offset there
 */
record GroupPosition(long next, boolean isTold, Optional<Taken> last) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A record as the sink has taken it.
     *
     * @param timestamp -1 if it had none
     * @param source where it stands in the source, by field of its source block; empty if that is not known
     */
    record Taken(long offset, long timestamp, Map<String, String> source) {

        /** Whether a record of the topic may be that one. What only one of both has is not compared. */
        boolean isAt(ConsumerRecord<byte[], byte[]> record) {
            if (record.offset() != offset) {
                return false;
            }
            boolean isSameTime = timestamp < 0 || record.timestamp() < 0 || timestamp == record.timestamp();
            return isSameTime
                    && (source.isEmpty()
                            || SourceBlock.of(record.value())
                                    .map(block -> block.entrySet().containsAll(source.entrySet()))
                                    .orElse(true));
        }
    }

    static GroupPosition of(OffsetAndMetadata committed) {
        try {
            JsonNode told = JSON.readTree(committed.metadata());
            return told.isObject()
                    ? new GroupPosition(committed.offset(), true, taken(told))
                    : new GroupPosition(committed.offset(), false, Optional.empty());
        } catch (JsonProcessingException e) {
            return new GroupPosition(committed.offset(), false, Optional.empty()); // somebody else's text
        }
    }

    private static Optional<Taken> taken(JsonNode told) throws JsonProcessingException {
        if (!told.path("offset").isIntegralNumber()) {
            return Optional.empty();
        }
        Map<String, String> source = new TreeMap<>();
        if (told.hasNonNull("source")) {
            JSON.readTree(told.get("source").asText())
                    .properties()
                    .forEach(
                            field -> source.put(field.getKey(), field.getValue().asText()));
        }
        return Optional.of(
                new Taken(told.get("offset").longValue(), told.path("timestamp").asLong(-1), source));
    }
}
