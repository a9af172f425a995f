/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.config.CommonConnectorConfig;
import io.debezium.config.Configuration;
import io.debezium.config.EnumeratedValue;
import io.debezium.config.Field;
import io.debezium.util.Strings;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;

/** The settings for faults and recovery, and those that the connector passes to its tasks. */
record RunSettings(Configuration config, String topicPrefix) {

    /** The handling of a database that was replaced under the same name. */
    enum ReplacedMode implements EnumeratedValue {
        READ_ANEW("read_anew"),
        SUSPEND("suspend");

        private final String value;

        ReplacedMode(String value) {
            this.value = value;
        }

        @Override
        public String getValue() {
            return value;
        }
    }

    static final Field FAILURE_MODE = Field.create(CommonConnectorConfig.EVENT_PROCESSING_FAILURE_HANDLING_MODE.name())
            .withDisplayName("Changes that cannot be carried")
            .withGroup(Field.createGroupEntry(Field.Group.CONNECTOR_ADVANCED, 50))
            .withEnum(FailureMode.class, FailureMode.SUSPEND)
            .withWidth(Width.SHORT)
            .withImportance(Importance.MEDIUM)
            .withDescription("What to do with a row or a table that cannot be turned into events: 'suspend' (default)"
                    + " suspends the table until it is resumed, everything else continues; 'fail' fails"
                    + " the task; 'warn' and 'skip' leave the change out, with or without a warning,"
                    + " and mark the table as not equal to its source.");

    static final Field DEAD_LETTERS = Field.create("dead.letters.enable")
            .withDisplayName("Dead letters")
            .withType(Type.BOOLEAN)
            .withWidth(Width.SHORT)
            .withImportance(Importance.LOW)
            .withGroup(Field.createGroupEntry(Field.Group.CONNECTOR_ADVANCED, 51))
            .withDescription(
                    "Whether a change that cannot be sent goes to the dead-letter topic, with its position, the"
                            + " reason and the row as the database stores it. The row is left out if a column"
                            + " of its table is filtered or masked.")
            .withDefault(false);

    static final Field DEAD_LETTER_TOPIC = Field.create("dead.letters.topic")
            .withDisplayName("Dead-letter topic")
            .withType(Type.STRING)
            .withWidth(Width.MEDIUM)
            .withImportance(Importance.LOW)
            .withGroup(Field.createGroupEntry(Field.Group.CONNECTOR_ADVANCED, 52))
            .withDescription("Topic of dead letters. Default: <topic.prefix>.dead-letters");

    static final Field MAX_EVENT_BYTES = Field.create("event.max.bytes")
            .withDisplayName("Largest event")
            .withType(Type.LONG)
            .withWidth(Width.SHORT)
            .withImportance(Importance.LOW)
            .withGroup(Field.createGroupEntry(Field.Group.CONNECTOR_ADVANCED, 53))
            .withValidation(RunSettings::validateSize)
            .withDescription("Maximum size of an event's values, row before and row after, as JSON in bytes. A larger"
                    + " event is handled according to event.processing.failure.handling.mode, instead"
                    + " of failing the task in Kafka's producer. Default: fifteen sixteenths of"
                    + " producer.override.max.request.size, the rest is for schemas; without that"
                    + " setting there is no limit, since connectors do not know those of the worker.");

    static final Field REPLACED_MODE = Field.create("database.replaced.handling.mode")
            .withDisplayName("Replaced databases")
            .withGroup(Field.createGroupEntry(Field.Group.CONNECTOR_SNAPSHOT, 21))
            .withEnum(ReplacedMode.class, ReplacedMode.READ_ANEW)
            .withWidth(Width.SHORT)
            .withImportance(Importance.MEDIUM)
            .withDescription(
                    "What to do with a database that was deleted and created again, or restored, under its name:"
                            + " 'read_anew' (default), or 'suspend', which suspends it until it is resumed.");

    static final Field SILENCE_TIMEOUT_MS = Field.create("database.silence.timeout.ms")
            .withDisplayName("Silence timeout (ms)")
            .withType(Type.INT)
            .withWidth(Width.SHORT)
            .withImportance(Importance.LOW)
            .withGroup(Field.createGroupEntry(Field.Group.CONNECTION, 10))
            .withValidation(RunSettings::validateSilence)
            .withDescription("How long the stream of a database may be silent before it counts as broken and is opened"
                    + " again. The engine speaks at least every 5,000 ms.")
            .withDefault(15_000);

    /** The number of tasks; set by the connector. Without it a task does not look for databases itself. */
    static final Field TASK_COUNT = Field.createInternal("task.count")
            .withType(Type.INT)
            .withDescription("How many tasks the connector has; set by the connector.");

    /** The databases that were distributed among the tasks; a task finds its share of all others on its own. */
    static final Field TASK_ASSIGNED = Field.createInternal("task.assigned.databases")
            .withType(Type.LIST)
            .withDescription("The databases of all tasks; set by the connector.");

    /** For the connector's own producer; read by Connect. */
    private static final String MAX_REQUEST_BYTES = "producer.override.max.request.size";

    private static final int MIN_SILENCE_MS = 6_000;

    private static int validateSize(Configuration config, Field field, Field.ValidationOutput problems) {
        String value = config.getString(field);
        if (value != null && !value.trim().matches("[1-9]\\d{0,17}")) {
            problems.accept(field, value, "Value must be a positive number of bytes");
            return 1;
        }
        return 0;
    }

    private static int validateSilence(Configuration config, Field field, Field.ValidationOutput problems) {
        Integer value = config.getInteger(field);
        if (value == null || value < MIN_SILENCE_MS) {
            problems.accept(
                    field,
                    value,
                    "Value must be at least " + MIN_SILENCE_MS + ", since the engine speaks every 5,000 ms");
            return 1;
        }
        return 0;
    }

    FailureMode failureMode() {
        return FailureMode.parse(config.getString(FAILURE_MODE));
    }

    /** The topic of dead letters; null if they are disabled. */
    String deadLetterTopic() {
        if (!config.getBoolean(DEAD_LETTERS)) {
            return null;
        }
        String topic = config.getString(DEAD_LETTER_TOPIC);
        return Strings.isNullOrBlank(topic) ? topicPrefix + ".dead-letters" : topic;
    }

    /** The maximum size of an event's values in bytes; {@code Long.MAX_VALUE} without a limit. */
    long maxEventBytes() {
        if (config.hasKey(MAX_EVENT_BYTES)) {
            return config.getLong(MAX_EVENT_BYTES);
        }
        return config.hasKey(MAX_REQUEST_BYTES) ? config.getLong(MAX_REQUEST_BYTES) / 16 * 15 : Long.MAX_VALUE;
    }

    /** Whether any column may be filtered or masked; then rows appear nowhere but in events. */
    boolean keepsColumnsBack() {
        return config.asMap().keySet().stream()
                .anyMatch(name -> name.startsWith("column.") && !name.startsWith("column.propagate."));
    }

    boolean readsReplacedAnew() {
        return ReplacedMode.READ_ANEW.value.equalsIgnoreCase(
                config.getString(REPLACED_MODE).trim());
    }

    Duration silence() {
        return Duration.ofMillis(config.getInteger(SILENCE_TIMEOUT_MS));
    }

    /** 0: the databases of the task are fixed. */
    int taskCount() {
        return config.getInteger(TASK_COUNT, 0);
    }

    List<String> assigned() {
        String names = config.getString(TASK_ASSIGNED);
        return Strings.isNullOrEmpty(names) ? List.of() : List.of(names.split(","));
    }

    /**
     * Whether the worker drops records that it cannot convert: {@code errors.tolerance=all}, without transformations.
     */
    boolean workerDropsRecords() {
        return "all".equalsIgnoreCase(config.getString("errors.tolerance", "none"))
                && Strings.isNullOrBlank(config.getString("transforms"));
    }
}
