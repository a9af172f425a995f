/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.DOUBLE;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;

import java.time.Duration;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** Settings of the maintenance of tables. */
public final class MaintenanceConfig {
    public static final String ENABLED = "dolake.maintenance.enabled";
    public static final String INTERVAL_MS = "dolake.maintenance.interval.ms";
    public static final String COMMITS = "dolake.maintenance.commits";
    public static final String MIN_INPUT_FILES = "dolake.maintenance.min.input.files";
    public static final String MAX_DELETED_SHARE = "dolake.maintenance.max.deleted.share";
    public static final String MAX_GROUP_BYTES = "dolake.maintenance.max.group.bytes";
    public static final String SNAPSHOT_AGE_MS = "dolake.maintenance.snapshot.age.ms";
    public static final String MIN_SNAPSHOTS = "dolake.maintenance.min.snapshots";
    public static final String ORPHAN_AGE_MS = "dolake.maintenance.orphan.age.ms";

    public static final int DEFAULT_MIN_INPUT_FILES = 8;
    public static final double DEFAULT_MAX_DELETED_SHARE = 0.1;
    public static final long DEFAULT_MAX_GROUP_BYTES = 512L << 20;
    public static final Duration DEFAULT_SNAPSHOT_AGE = Duration.ofDays(5);
    public static final int DEFAULT_MIN_SNAPSHOTS = 10;
    public static final Duration DEFAULT_ORPHAN_AGE = Duration.ofDays(3);
    /** The least age that settings may name: files of a commit under way are referred to by nothing yet. */
    public static final Duration LEAST_ORPHAN_AGE = Duration.ofHours(1);

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
                DEFAULT_MIN_INPUT_FILES,
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
                DEFAULT_MAX_DELETED_SHARE,
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
                DEFAULT_MAX_GROUP_BYTES,
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
                DEFAULT_SNAPSHOT_AGE.toMillis(),
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
                DEFAULT_MIN_SNAPSHOTS,
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
                DEFAULT_ORPHAN_AGE.toMillis(),
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
        long least = LEAST_ORPHAN_AGE.toMillis();
        if ((Long) value != 0 && (Long) value < least) {
            throw new ConfigException(
                    name, value, "must be 0 or at least " + least + ": commits under way would lose their files");
        }
    }
}
