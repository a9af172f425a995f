/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.ConnectWorker;
import io.dolake.sink.catalog.AccessCheck;
import io.dolake.sink.catalog.Catalogs;
import io.dolake.sink.config.ApacheSettings;
import io.dolake.sink.config.HadoopSettings;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.RenameConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.TableLayout;
import io.dolake.sink.config.TypeConfig;
import io.dolake.sink.config.UnknownSettings;
import io.dolake.sink.status.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commits Debezium change events to Apache Iceberg tables: rows, deletes and Kafka offsets in one snapshot. */
public final class DoLakeSinkConnector extends SinkConnector {
    private static final Logger LOG = LoggerFactory.getLogger(DoLakeSinkConnector.class);

    private Map<String, String> properties = Map.of();

    @Override
    public String version() {
        return Version.VERSION;
    }

    @Override
    public void start(Map<String, String> props) {
        ConnectWorker.fault(DoLakeSinkConnector.class.getClassLoader(), AppInfoParser.getVersion())
                .ifPresent(fault -> {
                    throw new ConfigException(fault);
                });
        new SinkConfig(props);
        List<String> withoutEffect = ApacheSettings.withoutEffect(props);
        if (!withoutEffect.isEmpty()) {
            LOG.warn("Settings of the Apache Iceberg sink that are without effect here: {}", withoutEffect);
        }
        List<String> ignored = UnknownSettings.ignored(props);
        if (!ignored.isEmpty()) {
            LOG.warn("Settings that nothing here reads: {}", ignored);
        }
        properties = Map.copyOf(props);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return DoLakeSinkTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        List<Map<String, String>> configs = new ArrayList<>(maxTasks);
        for (int task = 0; task < maxTasks; task++) {
            Map<String, String> config = new HashMap<>(properties);
            config.put(SinkConfig.TASK_ID, Integer.toString(task));
            configs.add(config);
        }
        return configs;
    }

    @Override
    public void stop() {
        properties = Map.of();
    }

    @Override
    public ConfigDef config() {
        return SinkConfig.DEFINITION;
    }

    /** Checks beyond single values: {@link UnknownSettings}, watermarks in the wrong order, a missing catalog. */
    @Override
    public Config validate(Map<String, String> props) {
        Config config = super.validate(props);
        List<ConfigValue> values = new ArrayList<>(config.configValues());
        ConnectWorker.fault(DoLakeSinkConnector.class.getClassLoader(), AppInfoParser.getVersion())
                .ifPresent(fault -> addError(values, "connector.class", props.get("connector.class"), fault));
        UnknownSettings.faults(props).forEach((key, message) -> addError(values, key, props.get(key), message));
        ApacheSettings.faults(props).forEach((key, message) -> addError(values, key, props.get(key), message));
        TypeConfig.faults(props).forEach((key, message) -> addError(values, key, props.get(key), message));
        InputConfig.faults(props).forEach((key, message) -> addError(values, key, props.get(key), message));
        HadoopSettings.faults(props).forEach((key, message) -> addError(values, key, props.get(key), message));
        RenameConfig.faults(props).forEach((key, message) -> addError(values, key, props.get(key), message));
        TableLayout.faults(props).forEach((key, message) -> addError(values, key, props.get(key), message));
        boolean sound = values.stream().allMatch(value -> value.errorMessages().isEmpty());
        if (sound) {
            crossCheck(props, values);
            checkAccess(props, values);
        }
        return new Config(values);
    }

    /** Settings of single tables are not in the definition; they are shown when they have errors. */
    private static void addError(List<ConfigValue> values, String key, String value, String message) {
        ConfigValue found = values.stream()
                .filter(known -> known.name().equals(key))
                .findFirst()
                .orElse(null);
        if (found == null) {
            found = new ConfigValue(key, value, List.of(), new ArrayList<>());
            values.add(found);
        }
        found.addErrorMessage(message);
    }

    private static void crossCheck(Map<String, String> props, List<ConfigValue> values) {
        for (ConfigValue value : values) {
            if (value.name().equals(SinkConfig.CATALOG)) {
                Catalogs.faults(props).forEach(value::addErrorMessage);
            }
            if (value.name().equals(SinkConfig.BUFFER_LOW) && (Double) value.value() >= highWatermark(props)) {
                value.addErrorMessage("Cannot use " + value.name() + ": it must be below " + SinkConfig.BUFFER_HIGH);
            }
        }
    }

    /** Whether catalog and warehouse can be used; checked only if the settings have no other error. */
    private static void checkAccess(Map<String, String> props, List<ConfigValue> values) {
        if (values.stream().anyMatch(value -> !value.errorMessages().isEmpty())) {
            return;
        }
        SinkConfig config = new SinkConfig(props);
        Map<String, String> missing = Catalogs.missingClasses(config);
        missing.forEach((key, message) -> addError(values, key, props.get(key), message));
        if (missing.isEmpty() && config.checksAccess()) {
            AccessCheck.find(config)
                    .ifPresent(found -> addError(
                            values,
                            found.key(),
                            props.get(found.key()),
                            found.error().toString()));
        }
    }

    private static double highWatermark(Map<String, String> props) {
        return (Double) SinkConfig.DEFINITION.parse(props).get(SinkConfig.BUFFER_HIGH);
    }
}
