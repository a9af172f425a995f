/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import io.dolake.sink.support.SettingGroup;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Width;

/**
 * What the settings of {@link SinkConfig} are: defaults, checks and texts; groups with a class of their own define
 * themselves.
 */
final class SinkSettings {
    private SinkSettings() {}

    static ConfigDef definition() {
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
        settings.string(SinkConfig.CATALOG, "dolake")
                .valid(new ConfigDef.NonEmptyString())
                .importance(HIGH)
                .width(Width.MEDIUM)
                .label("Catalog name")
                .doc("Name of the Iceberg catalog. Its properties are given as iceberg.catalog.<property>:"
                        + " catalog-impl or type, uri, warehouse, io-impl and so on.");
        settings.string(HadoopSettings.CONF_DIR, "")
                .width(Width.LONG)
                .label("Hadoop configuration")
                .doc("Directory on the workers with core-site.xml, hdfs-site.xml and hive-site.xml, for"
                        + " catalogs and file accesses that use Hadoop. Single properties are given as"
                        + " iceberg.hadoop.<property>.");
        settings.string(SinkConfig.TABLE_TEMPLATE, "{schema|db}.{table}")
                .valid(TableTemplate.VALIDATOR)
                .importance(MEDIUM)
                .width(Width.LONG)
                .label("Table template")
                .doc("Table of a change: fields of the envelope's source block in braces, alternatives"
                        + " separated by | (the first that is present and not empty), dots between"
                        + " namespace levels and table. For records without a source block, table is"
                        + " the last part of the topic's name, and schema and db are the part before"
                        + " it; {topic} is the whole name.");
        settings.flag(SinkConfig.AUTO_CREATE, true)
                .importance(HIGH)
                .label("Create tables")
                .doc("Whether tables and namespaces that do not exist are created.");
        settings.flag(SinkConfig.EVOLVE, true)
                .importance(HIGH)
                .label("Evolve schemas")
                .doc("Whether new columns are added, types widened and columns made optional as the records require.");
        settings.flag(SinkConfig.FORCE_OPTIONAL, false)
                .label("Force optional columns")
                .doc("Whether columns outside the key are always created as optional.");
        settings.flag(SinkConfig.CASE_INSENSITIVE, false)
                .label("Ignore case")
                .doc("Whether column names match if they differ only in case. New columns are spelled as in"
                        + " the first record; names of fields in structs always have to be exact.");
        settings.string(SinkConfig.OFFSETS_AHEAD, "fail")
                .oneOf("fail", "forget")
                .label("Offsets ahead of the topic")
                .doc("What to do if a table has offsets past the end of its topic, as after the topic was"
                        + " deleted and created again: fail, or forget the offsets and read the topic"
                        + " from its start.");
        settings.string(SinkConfig.OFFSETS_BEHIND, "warn")
                .oneOf("warn", "fail")
                .label("Offsets behind the topic")
                .doc("What to do if retention has removed records before the sink read them, so that their"
                        + " changes are lost: warn and count it, or fail.");
    }

    private static void defineBuffer(ConfigDef def) {
        SettingGroup settings = new SettingGroup(def, "Buffer");
        settings.bigInteger(SinkConfig.COMMIT_INTERVAL_MS, 10_000L)
                .valid(Range.atLeast(10))
                .importance(HIGH)
                .label("Commit interval (ms)")
                .doc("A table is committed when its oldest buffered change has waited this long, in ms.");
        settings.bigInteger(SinkConfig.COMMIT_FIRST_DELAY_MS, -1L)
                .valid(Range.atLeast(-1))
                .label("First commit delay (ms)")
                .doc("Longest wait of a change whose table had no commit for "
                        + SinkConfig.COMMIT_INTERVAL_MS
                        + ": a change that comes alone is visible soon, and a table is still committed no more"
                        + " often than once in an interval. -1: it waits for the interval like any other.");
        settings.bigInteger(SinkConfig.BUFFER_MAX_BYTES, 128L << 20)
                .valid(Range.atLeast(1 << 16))
                .importance(HIGH)
                .label("Buffer (bytes)")
                .doc("Encoded bytes that all sink tasks of this worker may hold in memory together.");
        settings.integer(SinkConfig.BUFFER_MAX_EVENTS, 10_000)
                .valid(Range.atLeast(1))
                .importance(MEDIUM)
                .label("Event threshold")
                .doc("Buffered changes of a task that trigger a commit of its fullest table.");
        settings.fraction(SinkConfig.BUFFER_HIGH, 0.8)
                .valid(Range.between(0.01, 1.0))
                .importance(MEDIUM)
                .label("High watermark")
                .doc("Share of the buffer from which on a task pauses its partitions (buffer_full).");
        settings.fraction(SinkConfig.BUFFER_LOW, 0.5)
                .valid(Range.between(0.0, 0.99))
                .importance(MEDIUM)
                .label("Low watermark")
                .doc("Share of the buffer at which a paused task resumes.");
        settings.bigInteger(SinkConfig.BUFFER_RETRY_DELAY_MS, 1_000L)
                .valid(Range.atLeast(1))
                .label("Retry delay (ms)")
                .doc("Delay before records that found no room are offered again, in ms.");
    }

    private static void defineFlush(ConfigDef def) {
        SettingGroup settings = new SettingGroup(def, "Commit");
        settings.integer(SinkConfig.FLUSH_THREADS, 2)
                .valid(Range.between(1, 64))
                .importance(MEDIUM)
                .label("Commit threads")
                .doc("Threads of a task that write files and commit, and so the number of tables committed in"
                        + " parallel.");
        settings.bigInteger(SinkConfig.RETRY_BACKOFF_MS, 500L)
                .valid(Range.atLeast(1))
                .label("First delay (ms)")
                .doc("First delay after a failed commit, in ms; it doubles with every further failure.");
        settings.bigInteger(SinkConfig.RETRY_BACKOFF_MAX_MS, 30_000L)
                .valid(Range.atLeast(1))
                .label("Longest delay (ms)")
                .doc("Longest delay after a failed commit, in ms.");
        settings.bigInteger(SinkConfig.CLOSE_TIMEOUT_MS, 20_000L)
                .valid(Range.atLeast(0))
                .label("Close timeout (ms)")
                .doc("How long a task that loses partitions or stops waits for a commit under way, in ms.");
    }
}
