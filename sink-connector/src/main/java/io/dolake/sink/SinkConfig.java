/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.DOUBLE;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/**
 * The settings of the sink. Where a setting means what it means in the Apache Iceberg sink it has that sink's name
 * ({@code iceberg.*}); the others are {@code dolake.*}, and {@link UnknownSettings} are errors.
 */
final class SinkConfig extends AbstractConfig {
    static final String CATALOG = "iceberg.catalog";
    static final String CATALOG_PREFIX = "iceberg.catalog.";
    static final String AUTO_CREATE = "iceberg.tables.auto-create-enabled";
    static final String AUTO_CREATE_PROPS_PREFIX = "iceberg.tables.auto-create-props.";
    static final String EVOLVE = "iceberg.tables.evolve-schema-enabled";
    static final String FORCE_OPTIONAL = "iceberg.tables.schema-force-optional";
    static final String CASE_INSENSITIVE = "iceberg.tables.schema-case-insensitive";
    static final String WRITE_PROPS_PREFIX = "iceberg.tables.write-props.";
    static final String TABLE_TEMPLATE = "dolake.table.template";
    static final String COMMIT_INTERVAL_MS = "dolake.commit.interval.ms";
    static final String BUFFER_MAX_BYTES = "dolake.buffer.max.bytes";
    static final String BUFFER_MAX_EVENTS = "dolake.buffer.max.events";
    static final String BUFFER_HIGH = "dolake.buffer.high.watermark";
    static final String BUFFER_LOW = "dolake.buffer.low.watermark";
    static final String BUFFER_RETRY_DELAY_MS = "dolake.buffer.retry.delay.ms";
    static final String FLUSH_THREADS = "dolake.flush.threads";
    static final String RETRY_BACKOFF_MS = "dolake.retry.backoff.ms";
    static final String RETRY_BACKOFF_MAX_MS = "dolake.retry.backoff.max.ms";
    static final String OFFSETS_AHEAD = "dolake.offsets.ahead.of.topic";
    static final String OFFSETS_BEHIND = "dolake.offsets.behind.topic";
    static final String CLOSE_TIMEOUT_MS = "dolake.close.timeout.ms";

    /** Set by the connector for each task; not for users. */
    static final String TASK_ID = "task.id";

    static final ConfigDef DEFINITION = definition();

    SinkConfig(Map<String, String> properties) {
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

    /** Settings under a prefix, the prefix taken off. */
    Map<String, String> under(String prefix) {
        Map<String, String> result = new TreeMap<>();
        originalsWithPrefix(prefix).forEach((key, value) -> result.put(key, String.valueOf(value)));
        return result;
    }

    private static ConfigDef definition() {
        ConfigDef def = new ConfigDef();
        InputConfig.define(def);
        defineTables(def);
        TableLayout.define(def);
        defineBuffer(def);
        defineFlush(def);
        IndexConfig.define(def);
        AccessConfig.define(def);
        SuspensionConfig.define(def);
        MaintenanceConfig.define(def);
        UnavailableConfig.define(def);
        DeadLetterConfig.define(def);
        TypeConfig.define(def);
        SchemaPolicy.define(def);
        return def;
    }

    private static void defineTables(ConfigDef def) {
        String group = "Tables";
        int n = 0;
        def.define(
                CATALOG,
                STRING,
                "dolake",
                new ConfigDef.NonEmptyString(),
                HIGH,
                "Name of the Iceberg catalog. Its properties are given as iceberg.catalog.<property>:"
                        + " catalog-impl or type, uri, warehouse, io-impl and so on.",
                group,
                ++n,
                Width.MEDIUM,
                "Catalog name");
        def.define(
                HadoopSettings.CONF_DIR,
                STRING,
                "",
                LOW,
                "Directory on the workers with core-site.xml, hdfs-site.xml and hive-site.xml, for catalogs and file"
                        + " accesses that use Hadoop. Single properties are given as iceberg.hadoop.<property>.",
                group,
                ++n,
                Width.LONG,
                "Hadoop configuration");
        def.define(
                TABLE_TEMPLATE,
                STRING,
                "{schema|db}.{table}",
                TableTemplate.VALIDATOR,
                MEDIUM,
                "Table a change goes to: fields of the envelope's source block in braces, alternatives separated by |"
                        + " (the first that is there and not empty), dots between namespace levels and table. For"
                        + " records without a source block table is the last part of the topic's name, schema and db"
                        + " the one before it; {topic} stands for its whole name.",
                group,
                ++n,
                Width.LONG,
                "Table template");
        def.define(
                AUTO_CREATE,
                BOOLEAN,
                true,
                HIGH,
                "Whether tables and namespaces that do not exist are created.",
                group,
                ++n,
                Width.SHORT,
                "Create tables");
        def.define(
                EVOLVE,
                BOOLEAN,
                true,
                HIGH,
                "Whether new columns are added, types widened and columns made optional as the records require.",
                group,
                ++n,
                Width.SHORT,
                "Evolve schemas");
        def.define(
                FORCE_OPTIONAL,
                BOOLEAN,
                false,
                LOW,
                "Whether columns outside the key are created optional always.",
                group,
                ++n,
                Width.SHORT,
                "Force optional columns");
        def.define(
                CASE_INSENSITIVE,
                BOOLEAN,
                false,
                LOW,
                "Whether columns of records are those of the table whose names differ only in case. New columns are called"
                        + " as the first record calls them; names of fields in structs have to be exact.",
                group,
                ++n,
                Width.SHORT,
                "Ignore case");
        def.define(
                OFFSETS_AHEAD,
                STRING,
                "fail",
                ValidString.in("fail", "forget"),
                LOW,
                "What to do when a table holds offsets past the end of its topic, as after the topic was deleted and"
                        + " created again: fail, or forget the offsets and take everything in the topic.",
                group,
                ++n,
                Width.SHORT,
                "Offsets ahead of the topic");
        def.define(
                OFFSETS_BEHIND,
                STRING,
                "warn",
                ValidString.in("warn", "fail"),
                LOW,
                "What to do when retention has removed records that the sink was yet to read, so that their changes are"
                        + " lost: warn and count it, or fail.",
                group,
                ++n,
                Width.SHORT,
                "Offsets behind the topic");
    }

    private static void defineBuffer(ConfigDef def) {
        String group = "Buffer";
        int n = 0;
        def.define(
                COMMIT_INTERVAL_MS,
                LONG,
                10_000L,
                Range.atLeast(10),
                HIGH,
                "A table is committed when its oldest buffered change has waited this long, in ms.",
                group,
                ++n,
                Width.SHORT,
                "Commit interval (ms)");
        def.define(
                BUFFER_MAX_BYTES,
                LONG,
                128L << 20,
                Range.atLeast(1 << 16),
                HIGH,
                "Encoded bytes that all sink tasks of this worker may hold in memory together.",
                group,
                ++n,
                Width.SHORT,
                "Buffer (bytes)");
        def.define(
                BUFFER_MAX_EVENTS,
                INT,
                10_000,
                Range.atLeast(1),
                MEDIUM,
                "Buffered changes of a task that trigger a commit of its fullest table.",
                group,
                ++n,
                Width.SHORT,
                "Event threshold");
        def.define(
                BUFFER_HIGH,
                DOUBLE,
                0.8,
                Range.between(0.01, 1.0),
                MEDIUM,
                "Share of the buffer from which on a task pauses its partitions (buffer_full).",
                group,
                ++n,
                Width.SHORT,
                "High watermark");
        def.define(
                BUFFER_LOW,
                DOUBLE,
                0.5,
                Range.between(0.0, 0.99),
                MEDIUM,
                "Share of the buffer at which a paused task resumes.",
                group,
                ++n,
                Width.SHORT,
                "Low watermark");
        def.define(
                BUFFER_RETRY_DELAY_MS,
                LONG,
                1_000L,
                Range.atLeast(1),
                LOW,
                "Delay before records that did not fit are offered again, in ms.",
                group,
                ++n,
                Width.SHORT,
                "Retry delay (ms)");
    }

    private static void defineFlush(ConfigDef def) {
        String group = "Commit";
        int n = 0;
        def.define(
                FLUSH_THREADS,
                INT,
                2,
                Range.between(1, 64),
                MEDIUM,
                "Threads of a task that write files and commit; as many tables are committed at once.",
                group,
                ++n,
                Width.SHORT,
                "Commit threads");
        def.define(
                RETRY_BACKOFF_MS,
                LONG,
                500L,
                Range.atLeast(1),
                LOW,
                "First delay after a failed commit, in ms; it doubles with every further failure.",
                group,
                ++n,
                Width.SHORT,
                "First delay (ms)");
        def.define(
                RETRY_BACKOFF_MAX_MS,
                LONG,
                30_000L,
                Range.atLeast(1),
                LOW,
                "Longest delay after a failed commit, in ms.",
                group,
                ++n,
                Width.SHORT,
                "Longest delay (ms)");
        def.define(
                CLOSE_TIMEOUT_MS,
                LONG,
                20_000L,
                Range.atLeast(0),
                LOW,
                "How long a task that loses partitions or stops waits for a commit under way, in ms.",
                group,
                ++n,
                Width.SHORT,
                "Close timeout (ms)");
    }
}
