/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * Kafka offsets in a table's properties, one property for each connector and topic partition, so that tasks with other
 * partitions and other connectors do not touch each other's: {@code dolake.offset.<connector>.<topic>-<partition>}.
 */
final class TableOffsets {
    static final String SUMMARY_OFFSETS = "dolake.offsets";
    static final String SUMMARY_COMMIT = "dolake.commit-id";
    static final String SUMMARY_CONNECTOR = "dolake.connector";

    private static final String PREFIX = "dolake.offset.";
    private static final ObjectMapper JSON = new ObjectMapper();

    private TableOffsets() {}

    /**
     * How far a table is in a topic partition. {@code next}: the table has all records below it. {@code held}: every table
     * of the connector has. {@code epoch} orders the tasks that owned the partition, {@code owner} tells them apart.
     */
    record Position(long next, long held, long epoch, String owner, String commitId) {}

    static String property(String connector, TopicPartition partition) {
        return PREFIX + connector + "." + partition;
    }

    static Optional<Position> read(Map<String, String> tableProperties, String connector, TopicPartition partition) {
        String text = tableProperties.get(property(connector, partition));
        if (text == null) {
            return Optional.empty();
        }
        return Optional.of(parse(property(connector, partition), text));
    }

    /** Whether a task made the last commit of the first, by name, of the connector's partitions that the table has rows of. */
    static boolean isFirstOwner(Map<String, String> tableProperties, String connector, String owner) {
        return tableProperties.keySet().stream()
                .filter(property -> property.startsWith(PREFIX + connector + "."))
                .min(Comparator.naturalOrder())
                .map(property -> parse(property, tableProperties.get(property)).owner())
                .filter(owner::equals)
                .isPresent();
    }

    private static Position parse(String property, String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return new Position(
                    node.required("next").longValue(),
                    node.required("held").longValue(),
                    node.required("epoch").longValue(),
                    node.required("owner").textValue(),
                    node.required("commit").textValue());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new DoLakeException(
                    ErrorCode.CATALOG_ERROR,
                    "Cannot read the offsets of a table: property " + property + " is '" + text + "'",
                    e);
        }
    }

    static String write(Position position) {
        return JSON.createObjectNode()
                .put("next", position.next())
                .put("held", position.held())
                .put("epoch", position.epoch())
                .put("owner", position.owner())
                .put("commit", position.commitId())
                .toString();
    }

    /** Positions for the snapshot summary: {@code {"topic-0": next, ...}}. */
    static String summary(Map<TopicPartition, Position> positions) {
        Map<String, Long> next = new TreeMap<>();
        positions.forEach((partition, position) -> next.put(partition.toString(), position.next()));
        try {
            return JSON.writeValueAsString(next);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("offsets have a JSON form", e);
        }
    }

    /** Table properties that hold these positions. */
    static Map<String, String> properties(String connector, Map<TopicPartition, Position> positions) {
        Map<String, String> properties = new HashMap<>();
        positions.forEach((partition, position) -> properties.put(property(connector, partition), write(position)));
        return properties;
    }
}
