/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.config.CommonConnectorConfig;
import io.debezium.config.ConfigDefinition;
import io.debezium.config.Configuration;
import io.debezium.config.EnumeratedValue;
import io.debezium.config.Field;
import io.debezium.connector.AbstractSourceInfo;
import io.debezium.connector.SourceInfoStructMaker;
import io.debezium.heartbeat.Heartbeat;
import io.debezium.relational.ColumnFilterMode;
import io.debezium.relational.RelationalDatabaseConnectorConfig;
import io.debezium.util.Strings;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;

/** The settings of the connector: Debezium's, with a few other defaults, and those of section "connection" below. */
final class DoSqlConnectorConfig extends RelationalDatabaseConnectorConfig {
    static final int DEFAULT_PORT = 8790;
    private static final int DEFAULT_SNAPSHOT_FETCH_SIZE = 2_000;

    /** When existing rows are read. */
    enum SnapshotMode implements EnumeratedValue {
        INITIAL("initial"),
        ALWAYS("always"),
        INITIAL_ONLY("initial_only"),
        NO_DATA("no_data"),
        WHEN_NEEDED("when_needed");

        private final String value;

        SnapshotMode(String value) {
            this.value = value;
        }

        @Override
        public String getValue() {
            return value;
        }

        static SnapshotMode parse(String value) {
            for (SnapshotMode mode : values()) {
                if (mode.value.equalsIgnoreCase(value.trim())) {
                    return mode;
                }
            }
            throw new IllegalArgumentException("snapshot.mode is '" + value + "'");
        }
    }

    static final Field HOSTNAME = RelationalDatabaseConnectorConfig.HOSTNAME
            .withDescription("Host name or address of the DoSQL engine.")
            .withValidation(Field::isRequired);

    static final Field PORT = RelationalDatabaseConnectorConfig.PORT
            .withDescription("Port of the DoSQL engine.")
            .withDefault(DEFAULT_PORT);

    static final Field PROTOCOL = Field.create("database.protocol")
            .withDisplayName("Protocol")
            .withType(Type.STRING)
            .withWidth(Width.SHORT)
            .withImportance(Importance.MEDIUM)
            .withGroup(Field.createGroupEntry(Field.Group.CONNECTION, 7))
            .withAllowedValues(java.util.Set.of("http", "https"))
            .withValidation(DoSqlConnectorConfig::validateProtocol)
            .withDescription("http, or https for an engine that serves TLS.")
            .withDefault("http");

    /** The framework's own setting for a secret: it is the one whose value Debezium keeps out of its logs. */
    static final Field TOKEN = RelationalDatabaseConnectorConfig.PASSWORD
            .withDisplayName("Token")
            .withValidation(DoSqlConnectorConfig::validateToken)
            .withDescription(
                    "API key or JSON web token for an engine that needs one, with the rights read and cdc on the"
                            + " databases. Name it through a config provider.");

    static final Field TOKEN_FILE = Field.create("database.password.file")
            .withDisplayName("Token file")
            .withType(Type.STRING)
            .withWidth(Width.MEDIUM)
            .withImportance(Importance.MEDIUM)
            .withGroup(Field.createGroupEntry(Field.Group.CONNECTION, 10))
            .withDescription(
                    "A file on the worker that holds the token, read again when the engine refuses it: for tokens"
                            + " that are replaced while the connector runs.");

    static final Field CONNECT_TIMEOUT_MS = Field.create("database.connect.timeout.ms")
            .withDisplayName("Connect timeout (ms)")
            .withType(Type.INT)
            .withWidth(Width.SHORT)
            .withImportance(Importance.LOW)
            .withGroup(Field.createGroupEntry(Field.Group.CONNECTION, 8))
            .withValidation(Field::isPositiveInteger)
            .withDescription("How long to wait for a connection to the engine.")
            .withDefault(10_000);

    static final Field REQUEST_TIMEOUT_MS = Field.create("database.request.timeout.ms")
            .withDisplayName("Request timeout (ms)")
            .withType(Type.INT)
            .withWidth(Width.SHORT)
            .withImportance(Importance.LOW)
            .withGroup(Field.createGroupEntry(Field.Group.CONNECTION, 9))
            .withValidation(Field::isPositiveInteger)
            .withDescription("How long to wait for the reply to one request.")
            .withDefault(30_000);

    static final Field DISCOVERY_INTERVAL_MS = Field.create("database.discovery.interval.ms")
            .withDisplayName("Discovery interval (ms)")
            .withType(Type.INT)
            .withWidth(Width.SHORT)
            .withImportance(Importance.MEDIUM)
            .withGroup(Field.createGroupEntry(Field.Group.CONNECTOR, 20))
            .withValidation(Field::isPositiveInteger)
            .withDescription("How often the connector asks the engine for new and dropped databases.")
            .withDefault(2_000);

    static final Field SNAPSHOT_TRUNCATE = Field.create("snapshot.truncate.tables")
            .withDisplayName("Truncate before snapshot")
            .withType(Type.BOOLEAN)
            .withWidth(Width.SHORT)
            .withImportance(Importance.MEDIUM)
            .withGroup(Field.createGroupEntry(Field.Group.CONNECTOR_SNAPSHOT, 20))
            .withDescription("Whether the rows of a table in a snapshot follow a truncate event. It removes what"
                    + " an earlier snapshot, interrupted or outdated, has left downstream.")
            .withDefault(true);

    static final Field CDC_MAX_BATCH_EVENTS = Field.create("cdc.max.batch.events")
            .withDisplayName("Events per batch")
            .withType(Type.INT)
            .withWidth(Width.SHORT)
            .withImportance(Importance.LOW)
            .withGroup(Field.createGroupEntry(Field.Group.CONNECTOR_ADVANCED, 40))
            .withValidation(Field::isPositiveInteger)
            .withDescription("Maximum number of events in one batch of the change stream.")
            .withDefault(2_048);

    static final Field CDC_MAX_BATCH_BYTES = Field.create("cdc.max.batch.bytes")
            .withDisplayName("Bytes per batch")
            .withType(Type.INT)
            .withWidth(Width.SHORT)
            .withImportance(Importance.LOW)
            .withGroup(Field.createGroupEntry(Field.Group.CONNECTOR_ADVANCED, 41))
            .withValidation(Field::isPositiveInteger)
            .withDescription("Size at which a batch of the change stream is sent.")
            .withDefault(1 << 20);

    /** The databases of one task, comma-separated; set by the connector. */
    static final Field TASK_DATABASES = Field.createInternal("task.databases")
            .withType(Type.LIST)
            .withDescription("The databases of one task; set by the connector.");

    static final Field SNAPSHOT_MODE = Field.create("snapshot.mode")
            .withDisplayName("Snapshot mode")
            .withGroup(Field.createGroupEntry(Field.Group.CONNECTOR_SNAPSHOT))
            .withEnum(SnapshotMode.class, SnapshotMode.INITIAL)
            .withWidth(Width.SHORT)
            .withImportance(Importance.MEDIUM)
            .withDescription("When existing rows are read: 'initial' (default) where a database has no offset"
                    + " yet; 'always' at every start; 'initial_only' like initial, without streaming"
                    + " afterwards; 'no_data' never; 'when_needed' like initial, and again where the change log"
                    + " no longer holds the offset.");

    static final Field DECIMAL_MODE = RelationalDatabaseConnectorConfig.DECIMAL_HANDLING_MODE
            .withDefault(DecimalHandlingMode.DOUBLE.getValue())
            .withValidation(DoSqlConnectorConfig::validateDecimals)
            .withDescription("Columns declared DECIMAL or NUMERIC: 'double' (default) or 'string'. SQLite stores them"
                    + " as doubles, so there is no 'precise'.");

    static final Field SKIPPED = CommonConnectorConfig.SKIPPED_OPERATIONS.withDefault("none");

    static final Field HEARTBEAT = Heartbeat.HEARTBEAT_INTERVAL
            .withDefault(5_000)
            .withDescription("How often a heartbeat record advances the offset of a database while none of its"
                    + " captured tables changes. 0: never; then the engine keeps its change log for longer.");

    static final Field POLL_INTERVAL = CommonConnectorConfig.POLL_INTERVAL_MS.withDefault(50);

    static final Field TOPIC_NAMING =
            CommonConnectorConfig.TOPIC_NAMING_STRATEGY.withDefault(DoSqlTopicNamingStrategy.class.getName());

    static final Field STRUCT_MAKER =
            CommonConnectorConfig.SOURCE_INFO_STRUCT_MAKER.withDefault(DoSqlSourceInfoStructMaker.class.getName());

    static final Field UNKNOWN_SETTINGS = Field.create("unknown.settings")
            .withDisplayName("Unknown settings")
            .withType(Type.STRING)
            .withWidth(Width.SHORT)
            .withImportance(Importance.LOW)
            .withGroup(Field.createGroupEntry(Field.Group.ADVANCED, 40))
            .withAllowedValues(java.util.Set.of("refuse", "warn"))
            .withValidation(DoSqlConnectorConfig::validateUnknownSettings)
            .withDescription(
                    "What to do with settings that nothing reads, such as misspelt ones: 'refuse' (default), or"
                            + " 'warn' in the log and continue without them.")
            .withDefault("refuse");

    static final ConfigDefinition DEFINITION = RelationalDatabaseConnectorConfig.CONFIG_DEFINITION
            .edit()
            .name("DoSQL")
            .excluding(refused())
            .excluding(
                    RelationalDatabaseConnectorConfig.DECIMAL_HANDLING_MODE,
                    CommonConnectorConfig.SKIPPED_OPERATIONS,
                    CommonConnectorConfig.EVENT_PROCESSING_FAILURE_HANDLING_MODE,
                    CommonConnectorConfig.POLL_INTERVAL_MS,
                    CommonConnectorConfig.TOPIC_NAMING_STRATEGY,
                    Heartbeat.HEARTBEAT_INTERVAL)
            .type(
                    HOSTNAME,
                    PORT,
                    PROTOCOL,
                    TOKEN,
                    TOKEN_FILE,
                    CONNECT_TIMEOUT_MS,
                    REQUEST_TIMEOUT_MS,
                    RunSettings.SILENCE_TIMEOUT_MS)
            .connector(
                    SNAPSHOT_MODE,
                    SNAPSHOT_TRUNCATE,
                    DECIMAL_MODE,
                    BINARY_HANDLING_MODE,
                    SCHEMA_NAME_ADJUSTMENT_MODE,
                    FIELD_NAME_ADJUSTMENT_MODE,
                    POLL_INTERVAL,
                    SKIPPED,
                    SKIP_MESSAGES_WITHOUT_CHANGE,
                    DISCOVERY_INTERVAL_MS,
                    RunSettings.FAILURE_MODE,
                    RunSettings.DEAD_LETTERS,
                    RunSettings.DEAD_LETTER_TOPIC,
                    RunSettings.MAX_EVENT_BYTES,
                    RunSettings.REPLACED_MODE,
                    CDC_MAX_BATCH_EVENTS,
                    CDC_MAX_BATCH_BYTES,
                    UNKNOWN_SETTINGS)
            .events(DATABASE_INCLUDE_LIST, DATABASE_EXCLUDE_LIST, HEARTBEAT, TOPIC_NAMING, STRUCT_MAKER)
            .create();

    static final Field.Set ALL_FIELDS = Field.setOf(DEFINITION.all());

    private final SnapshotMode snapshotMode;
    private final long maxEventBytes;

    DoSqlConnectorConfig(Configuration config) {
        super(
                withDefaults(config),
                table -> !table.table().toLowerCase(Locale.ROOT).startsWith("sqlite_"),
                table -> table.catalog() + "." + table.table(),
                DEFAULT_SNAPSHOT_FETCH_SIZE,
                ColumnFilterMode.CATALOG,
                true);
        this.snapshotMode = SnapshotMode.parse(getConfig().getString(SNAPSHOT_MODE));
        this.maxEventBytes = run().maxEventBytes();
    }

    /** The framework reads these by its own field constants, whose defaults differ from ours. */
    private static Configuration withDefaults(Configuration config) {
        Configuration.Builder builder = config.edit();
        for (Field field : List.of(DECIMAL_MODE, SKIPPED, HEARTBEAT, POLL_INTERVAL, TOPIC_NAMING, STRUCT_MAKER)) {
            builder.withDefault(field.name(), field.defaultValueAsString());
        }
        return builder.build();
    }

    /** Fields of the framework that have no meaning here. */
    private static Field[] refused() {
        List<Field> refused = new ArrayList<>();
        for (Field field : RelationalDatabaseConnectorConfig.CONFIG_DEFINITION.all()) {
            if (RefusedSettings.reason(field.name()).isPresent()) {
                refused.add(field);
            }
        }
        return refused.toArray(Field[]::new);
    }

    static ConfigDef configDef() {
        return DEFINITION.configDef();
    }

    /** The handling of what cannot be sent. */
    RunSettings run() {
        return new RunSettings(getConfig(), getLogicalName());
    }

    /** The maximum size of an event's values in bytes. */
    long maxEventBytes() {
        return maxEventBytes;
    }

    /** Always FAIL: an event that cannot be built has to reach {@link TableGuard}, which knows the mode. */
    @Override
    public EventProcessingFailureHandlingMode getEventProcessingFailureHandlingMode() {
        return EventProcessingFailureHandlingMode.FAIL;
    }

    /** FAIL unless set: by default the framework would send null in place of a value that a converter refuses. */
    @Override
    public EventConvertingFailureHandlingMode getEventConvertingFailureHandlingMode() {
        return getConfig().hasKey(EVENT_CONVERTING_FAILURE_HANDLING_MODE.name())
                ? super.getEventConvertingFailureHandlingMode()
                : EventConvertingFailureHandlingMode.FAIL;
    }

    /** The worker's name for the connector. */
    String connectorName() {
        return getConfig().getString("name", getLogicalName());
    }

    String taskNumber() {
        return getTaskId() == null ? "0" : getTaskId();
    }

    URI server() {
        Configuration config = getConfig();
        String host = config.getString(HOSTNAME);
        String literal = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        return URI.create(config.getString(PROTOCOL) + "://" + literal + ":" + config.getInteger(PORT));
    }

    /** Gives the token whenever the client asks for one; nothing where there is none. */
    Supplier<String> token() {
        String file = getConfig().getString(TOKEN_FILE);
        if (isGiven(file)) {
            return () -> read(Path.of(file));
        }
        String token = getConfig().getString(TOKEN);
        return () -> isGiven(token) ? token : null;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot read " + TOKEN_FILE.name() + " " + file + ": " + e,
                            e)
                    .withHint("The file must be there for the worker on each of its machines.");
        }
    }

    /** A variable that the worker does not have stays as it is written, and names nothing. */
    private static boolean isGiven(String value) {
        return !Strings.isNullOrBlank(value) && !(value.startsWith("${") && value.endsWith("}"));
    }

    private static int validateToken(Configuration config, Field field, Field.ValidationOutput problems) {
        if (isGiven(config.getString(TOKEN_FILE)) && isGiven(config.getString(field))) {
            problems.accept(field, "", "Only one of " + field.name() + " and " + TOKEN_FILE.name() + " can be set");
            return 1;
        }
        return 0;
    }

    Duration connectTimeout() {
        return Duration.ofMillis(getConfig().getInteger(CONNECT_TIMEOUT_MS));
    }

    Duration requestTimeout() {
        return Duration.ofMillis(getConfig().getInteger(REQUEST_TIMEOUT_MS));
    }

    Duration discoveryInterval() {
        return Duration.ofMillis(getConfig().getInteger(DISCOVERY_INTERVAL_MS));
    }

    int cdcMaxBatchEvents() {
        return getConfig().getInteger(CDC_MAX_BATCH_EVENTS);
    }

    int cdcMaxBatchBytes() {
        return getConfig().getInteger(CDC_MAX_BATCH_BYTES);
    }

    boolean truncatesBeforeSnapshot() {
        return getConfig().getBoolean(SNAPSHOT_TRUNCATE);
    }

    DecimalHandlingMode decimals() {
        return DecimalHandlingMode.parse(getConfig().getString(DECIMAL_MODE));
    }

    /** The databases that the include and exclude lists allow. */
    Predicate<String> databaseFilter() {
        return getTableFilters().databaseFilter();
    }

    List<String> taskDatabases() {
        String names = getConfig().getString(TASK_DATABASES);
        return Strings.isNullOrEmpty(names) ? List.of() : List.of(names.split(","));
    }

    @Override
    public SnapshotMode getSnapshotMode() {
        return snapshotMode;
    }

    @Override
    public Optional<? extends EnumeratedValue> getSnapshotLockingMode() {
        return Optional.empty();
    }

    @Override
    protected SourceInfoStructMaker<? extends AbstractSourceInfo> getSourceInfoStructMaker(Version version) {
        return getSourceInfoStructMaker(STRUCT_MAKER, Module.name(), Module.version(), this);
    }

    @Override
    public String getContextName() {
        return Module.contextName();
    }

    @Override
    public String getConnectorName() {
        return Module.name();
    }

    private static int validateProtocol(Configuration config, Field field, Field.ValidationOutput problems) {
        String value = config.getString(field);
        if (!"http".equals(value) && !"https".equals(value)) {
            problems.accept(field, value, "Value must be http or https");
            return 1;
        }
        return 0;
    }

    private static int validateUnknownSettings(Configuration config, Field field, Field.ValidationOutput problems) {
        String value = config.getString(field);
        if (!"refuse".equals(value) && !"warn".equals(value)) {
            problems.accept(field, value, "Value must be refuse or warn");
            return 1;
        }
        return 0;
    }

    private static int validateDecimals(Configuration config, Field field, Field.ValidationOutput problems) {
        String value = config.getString(field);
        DecimalHandlingMode mode = DecimalHandlingMode.parse(value);
        if (mode == null || mode == DecimalHandlingMode.PRECISE) {
            problems.accept(field, value, "Value must be double or string: SQLite stores decimals as doubles");
            return 1;
        }
        return 0;
    }
}
