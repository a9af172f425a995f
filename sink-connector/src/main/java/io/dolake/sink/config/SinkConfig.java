/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * The settings of the sink. A setting with the same meaning as in the Apache Iceberg sink has that sink's name ({@code
 * iceberg.*}); the others are {@code dolake.*}, and {@link UnknownSettings} are errors.
 */
public final class SinkConfig extends AbstractConfig {
    public static final String CATALOG = "iceberg.catalog";
    public static final String CATALOG_PREFIX = "iceberg.catalog.";
    public static final String AUTO_CREATE = "iceberg.tables.auto-create-enabled";
    public static final String AUTO_CREATE_PROPS_PREFIX = "iceberg.tables.auto-create-props.";
    public static final String EVOLVE = "iceberg.tables.evolve-schema-enabled";
    public static final String FORCE_OPTIONAL = "iceberg.tables.schema-force-optional";
    public static final String CASE_INSENSITIVE = "iceberg.tables.schema-case-insensitive";
    public static final String WRITE_PROPS_PREFIX = "iceberg.tables.write-props.";
    public static final String TABLE_TEMPLATE = "dolake.table.template";
    public static final String COMMIT_INTERVAL_MS = "dolake.commit.interval.ms";
    public static final String COMMIT_FIRST_DELAY_MS = "dolake.commit.first.delay.ms";
    public static final String BUFFER_MAX_BYTES = "dolake.buffer.max.bytes";
    public static final String BUFFER_MAX_EVENTS = "dolake.buffer.max.events";
    public static final String BUFFER_HIGH = "dolake.buffer.high.watermark";
    public static final String BUFFER_LOW = "dolake.buffer.low.watermark";
    public static final String BUFFER_RETRY_DELAY_MS = "dolake.buffer.retry.delay.ms";
    public static final String FLUSH_THREADS = "dolake.flush.threads";
    public static final String RETRY_BACKOFF_MS = "dolake.retry.backoff.ms";
    public static final String RETRY_BACKOFF_MAX_MS = "dolake.retry.backoff.max.ms";
    public static final String OFFSETS_AHEAD = "dolake.offsets.ahead.of.topic";
    public static final String OFFSETS_BEHIND = "dolake.offsets.behind.topic";
    public static final String CLOSE_TIMEOUT_MS = "dolake.close.timeout.ms";

    /** Set by the connector for each task; not for users. */
    public static final String TASK_ID = "task.id";

    public static final ConfigDef DEFINITION = SinkSettings.definition();

    public SinkConfig(Map<String, String> properties) {
        super(DEFINITION, ApacheSettings.adopted(properties), false);
        List<String> faults = new ArrayList<>(UnknownSettings.faults(properties).values());
        faults.addAll(TableLayout.faults(properties).values());
        faults.addAll(RenameConfig.faults(properties).values());
        faults.addAll(HadoopSettings.faults(properties).values());
        if (getDouble(BUFFER_LOW) >= getDouble(BUFFER_HIGH)) {
            faults.add("Cannot use " + BUFFER_LOW + ": it must be below " + BUFFER_HIGH);
        }
        faults.addAll(InputConfig.faults(properties).values());
        faults.addAll(TypeConfig.faults(properties).values());
        faults.addAll(ApacheSettings.faults(properties).values());
        if (!faults.isEmpty()) {
            throw new ConfigException(String.join("; ", faults));
        }
    }

    /** Settings under a prefix, without the prefix. */
    public Map<String, String> under(String prefix) {
        Map<String, String> result = new TreeMap<>();
        originalsWithPrefix(prefix).forEach((key, value) -> result.put(key, String.valueOf(value)));
        return result;
    }

    /** The connector's name, which tables store with its offsets. */
    public String connector() {
        return String.valueOf(originals().getOrDefault("name", "dolake-sink"));
    }

    public int taskId() {
        return Integer.parseInt(String.valueOf(originals().getOrDefault(TASK_ID, "0")));
    }

    public String catalogName() {
        return getString(CATALOG);
    }

    /** Settings of the catalog, by Iceberg's names. */
    public Map<String, String> catalogProperties() {
        return under(CATALOG_PREFIX);
    }

    /** Table properties that apply only to what this sink writes. */
    public Map<String, String> writeProperties() {
        return under(WRITE_PROPS_PREFIX);
    }

    /** Table properties of tables that are created. */
    public Map<String, String> newTableProperties() {
        return under(AUTO_CREATE_PROPS_PREFIX);
    }

    public boolean createsTables() {
        return getBoolean(AUTO_CREATE);
    }

    public boolean evolvesSchemas() {
        return getBoolean(EVOLVE);
    }

    public boolean forcesOptional() {
        return getBoolean(FORCE_OPTIONAL);
    }

    public boolean ignoresCase() {
        return getBoolean(CASE_INSENSITIVE);
    }

    public String tableTemplate() {
        return getString(TABLE_TEMPLATE);
    }

    public boolean forgetsOffsetsAhead() {
        return "forget".equals(getString(OFFSETS_AHEAD));
    }

    public boolean failsOnOffsetGaps() {
        return "fail".equals(getString(OFFSETS_BEHIND));
    }

    public long commitIntervalMs() {
        return getLong(COMMIT_INTERVAL_MS);
    }

    /** The wait of a change whose table had no commit for an interval. */
    public long commitFirstDelayMs() {
        long delayMs = getLong(COMMIT_FIRST_DELAY_MS);
        return delayMs < 0 ? commitIntervalMs() : Math.min(delayMs, commitIntervalMs());
    }

    public long bufferMaxBytes() {
        return getLong(BUFFER_MAX_BYTES);
    }

    public int bufferMaxEvents() {
        return getInt(BUFFER_MAX_EVENTS);
    }

    public double bufferHighWatermark() {
        return getDouble(BUFFER_HIGH);
    }

    public double bufferLowWatermark() {
        return getDouble(BUFFER_LOW);
    }

    public long bufferRetryDelayMs() {
        return getLong(BUFFER_RETRY_DELAY_MS);
    }

    public int commitThreads() {
        return getInt(FLUSH_THREADS);
    }

    public long retryBackoffMs() {
        return getLong(RETRY_BACKOFF_MS);
    }

    public long retryBackoffMaxMs() {
        return getLong(RETRY_BACKOFF_MAX_MS);
    }

    public long closeTimeoutMs() {
        return getLong(CLOSE_TIMEOUT_MS);
    }

    /** Attempts after a failure of which it is not known whether it is transient. */
    public int unknownFailureRetries() {
        return getInt(SuspensionConfig.UNKNOWN_RETRIES);
    }

    /** Whether several source tables may share a table of the lake. */
    public boolean allowsSharedTables() {
        return getBoolean(SuspensionConfig.SHARED);
    }

    /** Whether a table that another connector has written to is continued. */
    public boolean continuesOtherConnectors() {
        return "continue".equals(getString(SuspensionConfig.OTHER_CONNECTOR));
    }

    public String changelogPrefix() {
        return getString(InputConfig.CHANGELOG_PREFIX);
    }

    /** Null if tables are not selected by a field. */
    public String routeField() {
        return getString(InputConfig.ROUTE_FIELD);
    }

    public boolean routesDynamically() {
        return getBoolean(InputConfig.DYNAMIC);
    }

    public String unavailableValuePlaceholder() {
        return getString(UnavailableConfig.PLACEHOLDER);
    }

    public long accessCheckTimeoutMs() {
        return getLong(AccessConfig.TIMEOUT_MS);
    }

    public boolean checksAccess() {
        return getBoolean(AccessConfig.CHECK);
    }
}
