/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import io.dolake.sink.support.SettingGroup;
import java.nio.file.Path;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Width;

/**
 * The settings of the primary key index.
 *
 * @param tableMaxBytes memory of one table's index
 * @param memoryMaxBytes memory of the indexes of all tasks of the worker
 * @param spillDirectory where pages that exceed memory go
 * @param spillMaxBytes disk space for these pages, for all tasks of the worker
 * @param buildThreads threads that read the keys of one table
 */
public record IndexConfig(
        long tableMaxBytes, long memoryMaxBytes, Path spillDirectory, long spillMaxBytes, int buildThreads) {
    public static final String MAX_BYTES = "dolake.index.max.bytes";
    public static final String MEMORY_MAX_BYTES = "dolake.index.memory.max.bytes";
    public static final String SPILL_DIR = "dolake.index.spill.dir";
    public static final String SPILL_MAX_BYTES = "dolake.index.spill.max.bytes";
    public static final String BUILD_THREADS = "dolake.index.build.threads";

    public static IndexConfig of(AbstractConfig config) {
        String directory = config.getString(SPILL_DIR);
        int threads = config.getInt(BUILD_THREADS);
        return new IndexConfig(
                config.getLong(MAX_BYTES),
                config.getLong(MEMORY_MAX_BYTES),
                Path.of(directory.isEmpty() ? System.getProperty("java.io.tmpdir") : directory),
                config.getLong(SPILL_MAX_BYTES),
                threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
    }

    static void define(ConfigDef def) {
        SettingGroup settings = new SettingGroup(def, "Index");
        settings.bigInteger(MAX_BYTES, 256L << 20)
                .valid(Range.atLeast(0))
                .importance(MEDIUM)
                .label("Memory of a table (bytes)")
                .doc("Memory for the primary key index of one table, in bytes; about 40 for each live row."
                        + " What exceeds it goes to a file.");
        settings.bigInteger(MEMORY_MAX_BYTES, 512L << 20)
                .valid(Range.atLeast(0))
                .importance(MEDIUM)
                .label("Memory of the worker (bytes)")
                .doc("Memory for the primary key indexes of all sink tasks of this worker together, in bytes."
                        + " What exceeds it goes to files.");
        settings.string(SPILL_DIR, "")
                .width(Width.LONG)
                .label("Directory")
                .doc("Directory for the parts of the primary key indexes that exceed memory; empty: that of"
                        + " java.io.tmpdir. Use a local disk; files have no names while they are in use"
                        + " and do not outlive the worker.");
        settings.bigInteger(SPILL_MAX_BYTES, 16L << 30)
                .valid(Range.atLeast(0))
                .importance(MEDIUM)
                .label("Disk of the worker (bytes)")
                .doc("Disk space for the primary key indexes of all sink tasks of this worker together, in"
                        + " bytes; 0: none, and exceeding memory is an error.");
        settings.integer(BUILD_THREADS, 0)
                .valid(Range.between(0, 64))
                .label("Build threads")
                .doc("Threads that read the keys of one table, a data file each, when its index is built; 0:"
                        + " one per core.");
    }
}
