/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
public final class TableOffsets {
    public static final String SUMMARY_OFFSETS = "dolake.offsets";
    public static final String SUMMARY_COMMIT = "dolake.commit-id";
    public static final String SUMMARY_CONNECTOR = "dolake.connector";

    private static final String PREFIX = "dolake.offset.";
    private static final ObjectMapper JSON = new ObjectMapper();

    private TableOffsets() {}

    /**
     * A table's position in a topic partition. {@code next}: the table has all records below it. {@code held}: all
     * tables of the connector have all records below it. {@code epoch} orders the tasks that owned the partition,
     * {@code owner} distinguishes them. {@code last} is the record before {@code next}, {@code before} is a record
     * before {@code held} by which the topic is recognized; null if not known. {@code topicId} is Kafka's topic id,
     * null if it was not queried. {@code until}: the table is being refilled, and lacks the records between {@code
     * next} and this offset; 0 if it is not.
     */
    public record Position(
            long next,
            long held,
            long epoch,
            String owner,
            String commitId,
            RecordMark last,
            RecordMark before,
            String topicId,
            long until) {

        /** Whether it was not filled to the end. */
        public boolean isUnfinished() {
            return next < until;
        }
    }

    public static String property(String connector, TopicPartition partition) {
        return PREFIX + connector + "." + partition;
    }

    public static Optional<Position> read(
            Map<String, String> tableProperties, String connector, TopicPartition partition) {
        String text = tableProperties.get(property(connector, partition));
        if (text == null) {
            return Optional.empty();
        }
        return Optional.of(parse(property(connector, partition), text));
    }

    /**
     * Whether a task made the last commit of the first, by name, of the connector's partitions from which the table has
     * rows.
     */
    public static boolean isFirstOwner(Map<String, String> tableProperties, String connector, String owner) {
        return tableProperties.keySet().stream()
                .filter(property -> property.startsWith(PREFIX + connector + "."))
                .min(Comparator.naturalOrder())
                .map(property -> parse(property, tableProperties.get(property)).owner())
                .filter(owner::equals)
                .isPresent();
    }

    /** Whether a connector has written anything into a table of these properties. */
    public static boolean knows(Map<String, String> tableProperties, String connector) {
        return tableProperties.keySet().stream().anyMatch(property -> property.startsWith(PREFIX + connector + "."));
    }

    /**
     * The position of a connector with another name in a topic partition, the furthest one; empty if there is none. A
     * property whose name ends like the topic's, with a dot before it, is assumed to be a connector's.
     */
    public static Optional<Map.Entry<String, Position>> ofOther(
            Map<String, String> tableProperties, String connector, TopicPartition partition) {
        String own = property(connector, partition);
        return tableProperties.keySet().stream()
                .filter(property -> property.startsWith(PREFIX)
                        && property.endsWith("." + partition)
                        && property.length()
                                > PREFIX.length() + partition.toString().length() + 1
                        && !property.equals(own))
                .map(property -> Map.entry(
                        property.substring(
                                PREFIX.length(),
                                property.length() - partition.toString().length() - 1),
                        parse(property, tableProperties.get(property))))
                .max(Comparator.comparingLong(other -> other.getValue().next()));
    }

    private static Position parse(String property, String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return new Position(
                    node.required("next").longValue(),
                    node.required("held").longValue(),
                    node.required("epoch").longValue(),
                    node.required("owner").textValue(),
                    node.required("commit").textValue(),
                    RecordMark.of(node.get("last")),
                    RecordMark.of(node.get("before")),
                    node.hasNonNull("topicId") ? node.get("topicId").textValue() : null,
                    node.path("until").longValue());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot read the offsets of a table: property " + property + " is '" + text + "'",
                            e)
                    .withHint("Put back what the property was; the snapshot summaries of the table have its offsets in "
                            + SUMMARY_OFFSETS);
        }
    }

    static String write(Position position) {
        ObjectNode node = JSON.createObjectNode()
                .put("next", position.next())
                .put("held", position.held())
                .put("epoch", position.epoch())
                .put("owner", position.owner())
                .put("commit", position.commitId());
        if (position.last() != null) {
            node.set("last", position.last().toJson());
        }
        if (position.before() != null) {
            node.set("before", position.before().toJson());
        }
        if (position.topicId() != null) {
            node.put("topicId", position.topicId());
        }
        if (position.isUnfinished()) {
            node.put("until", position.until());
        }
        return node.toString();
    }

    /** Positions for the snapshot summary: {@code {"topic-0": next, ...}}. */
    public static String summary(Map<TopicPartition, Position> positions) {
        Map<String, Long> next = new TreeMap<>();
        positions.forEach((partition, position) -> next.put(partition.toString(), position.next()));
        try {
            return JSON.writeValueAsString(next);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("offsets have a JSON form", e);
        }
    }

    /** Table properties that hold these positions. */
    public static Map<String, String> properties(String connector, Map<TopicPartition, Position> positions) {
        Map<String, String> properties = new HashMap<>();
        positions.forEach((partition, position) -> properties.put(property(connector, partition), write(position)));
        return properties;
    }
}
