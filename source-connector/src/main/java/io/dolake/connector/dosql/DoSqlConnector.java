/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.annotation.SupportsMultiTask;
import io.debezium.config.CommonConnectorConfig;
import io.debezium.config.Configuration;
import io.debezium.config.ConfigurationNames;
import io.debezium.config.Field;
import io.debezium.connector.common.RelationalBaseSourceConnector;
import io.debezium.metadata.ConfigDescriptor;
import io.debezium.util.Threads;
import io.dolake.schemas.ConnectWorker;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Captures the databases of one DoSQL engine and distributes them among its tasks. */
@SupportsMultiTask
public final class DoSqlConnector extends RelationalBaseSourceConnector implements ConfigDescriptor {
    private static final Logger LOGGER = LoggerFactory.getLogger(DoSqlConnector.class);

    private static final String ADDRESS =
            ". Start the engine, or correct database.hostname, database.port and database.protocol";
    private static final String CONNECTOR_CLASS = "connector.class";

    private Map<String, String> properties = Map.of();
    private DoSqlConnectorConfig config;
    private DatabaseMonitor monitor;

    @Override
    public String version() {
        return Module.version();
    }

    @Override
    public Class<? extends Task> taskClass() {
        return DoSqlConnectorTask.class;
    }

    @Override
    public void start(Map<String, String> props) {
        String unfit = workerFault();
        if (unfit != null) {
            throw new DoLakeException(ErrorCode.INVALID_CONFIGURATION, unfit);
        }
        Map<String, String> faults = SettingCheck.faults(props);
        if (!faults.isEmpty()) {
            throw new DoLakeException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "Cannot start connector " + props.get("name") + ": " + String.join("; ", faults.values()));
        }
        properties = Map.copyOf(props);
        config = new DoSqlConnectorConfig(Configuration.from(properties));
        monitor = new DatabaseMonitor(
                config, new ClientEngineConnection(config), () -> context().requestTaskReconfiguration());
        monitor.start();
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        List<String> databases = monitor.assign(maxTasks);
        int tasks = DatabaseMonitor.tasks(databases.size(), maxTasks);
        List<Map<String, String>> configs = new ArrayList<>();
        for (int task = 0; task < tasks; task++) {
            List<String> own = new ArrayList<>();
            for (int i = task; i < databases.size(); i += tasks) {
                own.add(databases.get(i));
            }
            Map<String, String> taskProperties = new HashMap<>(properties);
            taskProperties.put(DoSqlConnectorConfig.TASK_DATABASES.name(), String.join(",", own));
            taskProperties.put(RunSettings.TASK_ASSIGNED.name(), String.join(",", databases));
            taskProperties.put(RunSettings.TASK_COUNT.name(), String.valueOf(tasks));
            // the framework loads it by name, which the worker also accepts in a short form
            taskProperties.put(CONNECTOR_CLASS, DoSqlConnector.class.getName());
            taskProperties.put(ConfigurationNames.TASK_ID_PROPERTY_NAME, String.valueOf(task));
            configs.add(taskProperties);
        }
        LOGGER.info("{} databases in {} tasks: {}", databases.size(), tasks, databases);
        return configs;
    }

    @Override
    public void stop() {
        if (monitor != null) {
            monitor.close();
        }
    }

    @Override
    public ConfigDef config() {
        return DoSqlConnectorConfig.configDef();
    }

    @Override
    public Field.Set getConfigFields() {
        return DoSqlConnectorConfig.ALL_FIELDS;
    }

    /** The reason why the worker cannot run this connector; null if it can. */
    private static String workerFault() {
        return ConnectWorker.fault(DoSqlConnector.class.getClassLoader(), AppInfoParser.getVersion())
                .orElse(null);
    }

    @Override
    protected Map<String, ConfigValue> validateAllFields(Configuration configuration) {
        String unfit = workerFault();
        if (unfit != null) {
            ConfigValue value = new ConfigValue(CONNECTOR_CLASS);
            value.addErrorMessage(unfit);
            Map<String, ConfigValue> only = new HashMap<>(Map.of(CONNECTOR_CLASS, value));
            config().names().forEach(name -> only.put(name, new ConfigValue(name)));
            return only;
        }
        Map<String, ConfigValue> values = configuration.validate(DoSqlConnectorConfig.ALL_FIELDS);
        // Connect answers 500 for a setting of the definition that has no value here (KAFKA-20693).
        config().names().forEach(name -> values.computeIfAbsent(name, ConfigValue::new));
        Map<String, String> settings = configuration.asMap();
        SettingCheck.faults(settings)
                .forEach((name, fault) -> values.computeIfAbsent(
                                name,
                                unknown -> new ConfigValue(name, settings.get(name), List.of(), new ArrayList<>()))
                        .addErrorMessage(fault));
        return values;
    }

    @Override
    protected void validateConnection(Map<String, ConfigValue> values, Configuration configuration) {
        ConfigValue host = values.get(DoSqlConnectorConfig.HOSTNAME.name());
        DoSqlConnectorConfig tested;
        try {
            tested = new DoSqlConnectorConfig(configuration);
            tested.getTopicNamingStrategy(CommonConnectorConfig.TOPIC_NAMING_STRATEGY, true);
        } catch (RuntimeException e) {
            // classes named by settings that cannot be created; the message names them, not their setting
            host.addErrorMessage("Cannot use the configuration: " + e.getMessage());
            return;
        }
        Duration timeout = tested.getConnectionValidationTimeout();
        // Only checked if the attempt ended in time: a late one also fails, because it is interrupted.
        AtomicReference<DoLakeException> failure = new AtomicReference<>();
        try {
            Threads.runWithTimeout(
                    DoSqlConnector.class,
                    () -> failure.set(connect(tested)),
                    null,
                    timeout,
                    tested.getLogicalName(),
                    "connection-validation");
            if (failure.get() != null) {
                refused(values, tested, failure.get());
            }
        } catch (TimeoutException e) {
            host.addErrorMessage("Cannot connect to " + tested.server() + ": no answer within " + timeout.toMillis()
                    + " ms" + ADDRESS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted while connecting to " + tested.server(), e);
        } catch (Exception e) {
            host.addErrorMessage("Cannot connect to " + tested.server() + ": " + e.getMessage());
        }
    }

    /** The fault stands beside the setting that mends it. */
    private static void refused(Map<String, ConfigValue> values, DoSqlConnectorConfig tested, DoLakeException failure) {
        boolean isToken = failure.code() == ErrorCode.UNAUTHORIZED || failure.code() == ErrorCode.FORBIDDEN;
        String remedy = isToken
                ? ". " + DoSqlConnectorConfig.TOKEN.name() + " or " + DoSqlConnectorConfig.TOKEN_FILE.name()
                        + " gives the engine a token with the rights read and cdc"
                : ADDRESS;
        values.get((isToken ? DoSqlConnectorConfig.TOKEN : DoSqlConnectorConfig.HOSTNAME).name())
                .addErrorMessage("Cannot connect to " + tested.server() + ": " + failure + remedy);
    }

    /** Returns the reason of a failure; null if it succeeded. */
    private static DoLakeException connect(DoSqlConnectorConfig tested) {
        try (EngineConnection engine = new ClientEngineConnection(tested)) {
            engine.health();
            if (engine.databases().stream().noneMatch(tested.databaseFilter())) {
                LOGGER.warn("{} has no database yet that the include and exclude lists allow", tested.server());
            }
            return null;
        } catch (DoLakeException e) {
            return e;
        }
    }

    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> connectorConfig) {
        return ExactlyOnceSupport.SUPPORTED;
    }

    /**
     * Checks offsets that a user wants to store. An offset without a value is a reset and always allowed.
     *
     * @throws ConnectException with the reason, if an offset is malformed, or the engine cannot continue from it
     */
    @Override
    public boolean alterOffsets(Map<String, String> connectorConfig, Map<Map<String, ?>, Map<String, ?>> offsets) {
        DoSqlConnectorConfig altered = new DoSqlConnectorConfig(Configuration.from(connectorConfig));
        try (EngineConnection engine = new ClientEngineConnection(altered)) {
            new OffsetCheck(altered.getLogicalName(), altered.databaseFilter(), engine, altered.requestTimeout())
                    .check(offsets);
        }
        return true;
    }
}
