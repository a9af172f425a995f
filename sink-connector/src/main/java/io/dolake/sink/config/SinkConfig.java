/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/**
 * The settings of the sink. Where a setting means what it means in the Apache Iceberg sink it has that sink's name
 * ({@code iceberg.*}); the others are {@code dolake.*}, and {@link UnknownSettings} are errors.
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

    public static final ConfigDef DEFINITION = definition();

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

    /** Settings under a prefix, the prefix taken off. */
    public Map<String, String> under(String prefix) {
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
        SettingGroup settings = new SettingGroup(def, "Tables");
        settings.string(CATALOG, "dolake")
                .valid(new ConfigDef.NonEmptyString())
                .importance(HIGH)
                .width(Width.MEDIUM)
                .label("Catalog name")
                .doc("Name of the Iceberg catalog. Its properties are given as iceberg.catalog.<property>:"
                        + " catalog-impl or type, uri, warehouse, io-impl and so on.");
        settings.string(HadoopSettings.CONF_DIR, "")
                .width(Width.LONG)
                .label("Hadoop configuration")
                .doc(
                        "Directory on the workers with core-site.xml, hdfs-site.xml and hive-site.xml, for catalogs and file"
                                + " accesses that use Hadoop. Single properties are given as iceberg.hadoop.<property>.");
        settings.string(TABLE_TEMPLATE, "{schema|db}.{table}")
                .valid(TableTemplate.VALIDATOR)
                .importance(MEDIUM)
                .width(Width.LONG)
                .label("Table template")
                .doc(
                        "Table a change goes to: fields of the envelope's source block in braces, alternatives separated by |"
                                + " (the first that is there and not empty), dots between namespace levels and table. For"
                                + " records without a source block table is the last part of the topic's name, schema and db"
                                + " the one before it; {topic} stands for its whole name.");
        settings.flag(AUTO_CREATE, true)
                .importance(HIGH)
                .label("Create tables")
                .doc("Whether tables and namespaces that do not exist are created.");
        settings.flag(EVOLVE, true)
                .importance(HIGH)
                .label("Evolve schemas")
                .doc("Whether new columns are added, types widened and columns made optional as the records require.");
        settings.flag(FORCE_OPTIONAL, false)
                .label("Force optional columns")
                .doc("Whether columns outside the key are created optional always.");
        settings.flag(CASE_INSENSITIVE, false)
                .label("Ignore case")
                .doc(
                        "Whether columns of records are those of the table whose names differ only in case. New columns are called"
                                + " as the first record calls them; names of fields in structs have to be exact.");
        settings.string(OFFSETS_AHEAD, "fail")
                .oneOf("fail", "forget")
                .label("Offsets ahead of the topic")
                .doc(
                        "What to do when a table holds offsets past the end of its topic, as after the topic was deleted and"
                                + " created again: fail, or forget the offsets and take everything in the topic.");
        settings.string(OFFSETS_BEHIND, "warn")
                .oneOf("warn", "fail")
                .label("Offsets behind the topic")
                .doc(
                        "What to do when retention has removed records that the sink was yet to read, so that their changes are"
                                + " lost: warn and count it, or fail.");
    }

    private static void defineBuffer(ConfigDef def) {
        SettingGroup settings = new SettingGroup(def, "Buffer");
        settings.bigInteger(COMMIT_INTERVAL_MS, 10_000L)
                .valid(Range.atLeast(10))
                .importance(HIGH)
                .label("Commit interval (ms)")
                .doc("A table is committed when its oldest buffered change has waited this long, in ms.");
        settings.bigInteger(BUFFER_MAX_BYTES, 128L << 20)
                .valid(Range.atLeast(1 << 16))
                .importance(HIGH)
                .label("Buffer (bytes)")
                .doc("Encoded bytes that all sink tasks of this worker may hold in memory together.");
        settings.integer(BUFFER_MAX_EVENTS, 10_000)
                .valid(Range.atLeast(1))
                .importance(MEDIUM)
                .label("Event threshold")
                .doc("Buffered changes of a task that trigger a commit of its fullest table.");
        settings.fraction(BUFFER_HIGH, 0.8)
                .valid(Range.between(0.01, 1.0))
                .importance(MEDIUM)
                .label("High watermark")
                .doc("Share of the buffer from which on a task pauses its partitions (buffer_full).");
        settings.fraction(BUFFER_LOW, 0.5)
                .valid(Range.between(0.0, 0.99))
                .importance(MEDIUM)
                .label("Low watermark")
                .doc("Share of the buffer at which a paused task resumes.");
        settings.bigInteger(BUFFER_RETRY_DELAY_MS, 1_000L)
                .valid(Range.atLeast(1))
                .label("Retry delay (ms)")
                .doc("Delay before records that did not fit are offered again, in ms.");
    }

    private static void defineFlush(ConfigDef def) {
        SettingGroup settings = new SettingGroup(def, "Commit");
        settings.integer(FLUSH_THREADS, 2)
                .valid(Range.between(1, 64))
                .importance(MEDIUM)
                .label("Commit threads")
                .doc("Threads of a task that write files and commit; as many tables are committed at once.");
        settings.bigInteger(RETRY_BACKOFF_MS, 500L)
                .valid(Range.atLeast(1))
                .label("First delay (ms)")
                .doc("First delay after a failed commit, in ms; it doubles with every further failure.");
        settings.bigInteger(RETRY_BACKOFF_MAX_MS, 30_000L)
                .valid(Range.atLeast(1))
                .label("Longest delay (ms)")
                .doc("Longest delay after a failed commit, in ms.");
        settings.bigInteger(CLOSE_TIMEOUT_MS, 20_000L)
                .valid(Range.atLeast(0))
                .label("Close timeout (ms)")
                .doc("How long a task that loses partitions or stops waits for a commit under way, in ms.");
    }
}
