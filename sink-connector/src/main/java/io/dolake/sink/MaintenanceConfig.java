/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.DOUBLE;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;

import io.dolake.sink.maintenance.MaintenanceOptions;
import java.time.Duration;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** Settings of the maintenance of tables. */
final class MaintenanceConfig {
    static final String ENABLED = "dolake.maintenance.enabled";
    static final String INTERVAL_MS = "dolake.maintenance.interval.ms";
    static final String COMMITS = "dolake.maintenance.commits";
    static final String MIN_INPUT_FILES = "dolake.maintenance.min.input.files";
    static final String MAX_DELETED_SHARE = "dolake.maintenance.max.deleted.share";
    static final String MAX_GROUP_BYTES = "dolake.maintenance.max.group.bytes";
    static final String SNAPSHOT_AGE_MS = "dolake.maintenance.snapshot.age.ms";
    static final String MIN_SNAPSHOTS = "dolake.maintenance.min.snapshots";
    static final String ORPHAN_AGE_MS = "dolake.maintenance.orphan.age.ms";

    private MaintenanceConfig() {}

    static void define(ConfigDef def) {
        String group = "Maintenance";
        def.define(
                ENABLED,
                BOOLEAN,
                false,
                MEDIUM,
                "Whether tasks maintain the tables that they write: rewrite small files and files with many deleted rows,"
                        + " expire snapshots, remove files that nothing refers to. Leave it off where another engine does.",
                group,
                1,
                Width.SHORT,
                "Maintenance");
        def.define(
                INTERVAL_MS,
                LONG,
                300_000L,
                Range.atLeast(1),
                LOW,
                "Time between two rounds of maintenance, in ms.",
                group,
                2,
                Width.SHORT,
                "Interval (ms)");
        def.define(
                MIN_INPUT_FILES,
                INT,
                MaintenanceOptions.DEFAULT_MIN_INPUT_FILES,
                Range.atLeast(2),
                LOW,
                "So many small files of a partition are rewritten to one.",
                group,
                3,
                Width.SHORT,
                "Least input files");
        def.define(
                MAX_DELETED_SHARE,
                DOUBLE,
                MaintenanceOptions.DEFAULT_MAX_DELETED_SHARE,
                Range.between(0, 1),
                LOW,
                "A file of whose rows a greater share than this is deleted is rewritten.",
                group,
                4,
                Width.SHORT,
                "Deleted share");
        def.define(
                MAX_GROUP_BYTES,
                LONG,
                MaintenanceOptions.DEFAULT_MAX_GROUP_BYTES,
                Range.atLeast(1 << 20),
                LOW,
                "Files rewritten in one commit, in bytes. Takes 4 bytes of memory for each of their rows.",
                group,
                5,
                Width.SHORT,
                "Group (bytes)");
        def.define(
                SNAPSHOT_AGE_MS,
                LONG,
                MaintenanceOptions.DEFAULT_SNAPSHOT_AGE.toMillis(),
                Range.atLeast(0),
                LOW,
                "Snapshots older than this are expired, in ms; 0: none are.",
                group,
                6,
                Width.SHORT,
                "Snapshot age (ms)");
        def.define(
                MIN_SNAPSHOTS,
                INT,
                MaintenanceOptions.DEFAULT_MIN_SNAPSHOTS,
                Range.atLeast(1),
                LOW,
                "So many snapshots are kept whatever their age.",
                group,
                7,
                Width.SHORT,
                "Least snapshots");
        def.define(
                ORPHAN_AGE_MS,
                LONG,
                MaintenanceOptions.DEFAULT_ORPHAN_AGE.toMillis(),
                MaintenanceConfig::checkOrphanAge,
                LOW,
                "Files older than this that nothing refers to are removed, in ms; 0: none are.",
                group,
                8,
                Width.SHORT,
                "Orphan age (ms)");
        def.define(
                COMMITS,
                INT,
                6,
                Range.atLeast(0),
                LOW,
                "After so many commits of a task to a table its files are looked at, and rewritten where that is worth it,"
                        + " before the round is due; 0: never before. Fewer keep reads faster and write more.",
                group,
                9,
                Width.SHORT,
                "Commits");
    }

    private static void checkOrphanAge(String name, Object value) {
        long least = MaintenanceOptions.LEAST_ORPHAN_AGE.toMillis();
        if ((Long) value != 0 && (Long) value < least) {
            throw new ConfigException(
                    name, value, "must be 0 or at least " + least + ": commits under way would lose their files");
        }
    }

    static MaintenanceOptions options(SinkConfig config) {
        return new MaintenanceOptions(
                config.getInt(MIN_INPUT_FILES),
                config.getDouble(MAX_DELETED_SHARE),
                config.getLong(MAX_GROUP_BYTES),
                MaintenanceOptions.DEFAULT_MAX_GROUP_FILES,
                age(config.getLong(SNAPSHOT_AGE_MS)),
                config.getInt(MIN_SNAPSHOTS),
                age(config.getLong(ORPHAN_AGE_MS)),
                MaintenanceOptions.DEFAULT_COMMIT_ATTEMPTS);
    }

    private static Duration age(long ms) {
        return ms == 0 ? null : Duration.ofMillis(ms);
    }
}
