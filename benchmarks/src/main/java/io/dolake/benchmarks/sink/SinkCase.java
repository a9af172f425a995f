/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.sink;

import io.dolake.benchmarks.Options;
import io.dolake.pipeline.lake.Lake;
import io.dolake.pipeline.run.Home;
import java.util.HashMap;
import java.util.Map;

/** A sink and what it is to do. Each writes to a table of the catalog of {@code home}, created by the sink. */
enum SinkCase {
    APACHE_APPEND("apache append", false),
    DOLAKE_APPEND("dolake append", false),
    DOLAKE_UPSERT("dolake upsert", true);

    private final String text;
    private final boolean isUpsert;

    SinkCase(String text, boolean isUpsert) {
        this.text = text;
        this.isUpsert = isUpsert;
    }

    String text() {
        return text;
    }

    /** Whether the table is to hold the live rows, not every row. */
    boolean isUpsert() {
        return isUpsert;
    }

    /**
     * Settings of a connector; those that the options name with a sink's name before them come last.
     *
     * @param options {@code commit} is the interval in ms; {@code apache:KEY}, {@code dolake:KEY} are settings
     */
    Map<String, String> settings(
            Home home, String bootstrapServers, String topic, String table, Format format, Options options) {
        Map<String, String> settings = new HashMap<>(Lake.sinkSettings(home));
        settings.put("tasks.max", "1");
        settings.put("topics", topic);
        settings.put("iceberg.tables", table);
        settings.put("iceberg.tables.auto-create-enabled", "true");
        format.configure(settings);
        String intervalMs = String.valueOf(options.number("commit", 5_000));
        if (this == APACHE_APPEND) {
            settings.put("connector.class", "org.apache.iceberg.connect.IcebergSinkConnector");
            settings.put("iceberg.kafka.bootstrap.servers", bootstrapServers);
            settings.put("iceberg.control.topic", control(table));
            settings.put("iceberg.control.commit.interval-ms", intervalMs);
            settings.putAll(options.under("apache:"));
        } else {
            settings.put("connector.class", "io.dolake.sink.DoLakeSinkConnector");
            settings.put("dolake.input.format", "flat");
            settings.put("dolake.table.mode", isUpsert ? "upsert" : "append");
            settings.put("dolake.commit.interval.ms", intervalMs);
            // Commits by time alone, as the other sink's, unless the buffer is full.
            settings.put("dolake.buffer.max.events", String.valueOf(Integer.MAX_VALUE));
            settings.putAll(options.under("dolake:"));
        }
        return settings;
    }

    /** Topic over which the tasks of the Apache sink agree. */
    static String control(String table) {
        return "control-" + table;
    }
}
