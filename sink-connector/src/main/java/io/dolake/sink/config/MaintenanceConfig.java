/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import io.dolake.sink.support.SettingGroup;
import java.time.Duration;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigException;

/** Settings for the maintenance of tables. */
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
    /** The lowest age that settings may have: nothing refers to the files of a commit under way yet. */
    public static final Duration LEAST_ORPHAN_AGE = Duration.ofHours(1);

    private MaintenanceConfig() {}

    static void define(ConfigDef def) {
        SettingGroup settings = new SettingGroup(def, "Maintenance");
        settings.flag(ENABLED, false)
                .importance(MEDIUM)
                .label("Maintenance")
                .doc("Whether tasks maintain the tables that they write: rewrite small files and files with"
                        + " many deleted rows, expire snapshots, remove orphan files. Leave it off"
                        + " where another engine does this.");
        settings.bigInteger(INTERVAL_MS, 300_000L)
                .valid(Range.atLeast(1))
                .label("Interval (ms)")
                .doc("Time between two rounds of maintenance, in ms.");
        settings.integer(MIN_INPUT_FILES, DEFAULT_MIN_INPUT_FILES)
                .valid(Range.atLeast(2))
                .label("Least input files")
                .doc("Number of small files in a partition from which on they are rewritten into one.");
        settings.fraction(MAX_DELETED_SHARE, DEFAULT_MAX_DELETED_SHARE)
                .valid(Range.between(0, 1))
                .label("Deleted share")
                .doc("A file with a larger share of deleted rows than this is rewritten.");
        settings.bigInteger(MAX_GROUP_BYTES, DEFAULT_MAX_GROUP_BYTES)
                .valid(Range.atLeast(1 << 20))
                .label("Group (bytes)")
                .doc("Size of the files rewritten in one commit, in bytes. A rewrite takes 4 bytes of memory for"
                        + " each of their rows.");
        settings.bigInteger(SNAPSHOT_AGE_MS, DEFAULT_SNAPSHOT_AGE.toMillis())
                .valid(Range.atLeast(0))
                .label("Snapshot age (ms)")
                .doc("Snapshots older than this are expired, in ms; 0: never.");
        settings.integer(MIN_SNAPSHOTS, DEFAULT_MIN_SNAPSHOTS)
                .valid(Range.atLeast(1))
                .label("Least snapshots")
                .doc("Number of snapshots that are kept whatever their age.");
        settings.bigInteger(ORPHAN_AGE_MS, DEFAULT_ORPHAN_AGE.toMillis())
                .valid(MaintenanceConfig::checkOrphanAge)
                .label("Orphan age (ms)")
                .doc("Files older than this that nothing refers to are removed, in ms; 0: never.");
        settings.integer(COMMITS, 6)
                .valid(Range.atLeast(0))
                .label("Commits")
                .doc("Number of a task's commits to a table after which its files are checked, and rewritten"
                        + " where that is worthwhile, before the next round; 0: never. Lower numbers"
                        + " keep reads faster and write more.");
    }

    private static void checkOrphanAge(String name, Object value) {
        long least = LEAST_ORPHAN_AGE.toMillis();
        if ((Long) value != 0 && (Long) value < least) {
            throw new ConfigException(
                    name, value, "must be 0 or at least " + least + ": commits under way would lose their files");
        }
    }
}
