/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import io.dolake.sink.support.SettingGroup;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;

/** Settings for the suspension of tables. */
public final class SuspensionConfig {
    public static final String UNKNOWN_RETRIES = "dolake.commit.unknown.retries";
    public static final String SHARED = "dolake.table.shared";
    public static final String OTHER_CONNECTOR = "dolake.offsets.of.other.connector";

    public static final String WITHOUT_TABLE = "dolake.offsets.without.table";

    private static final String OFFSET_RESET = "consumer.override.auto.offset.reset";

    private SuspensionConfig() {}

    /**
     * Whether topics are searched for rows that a table lacks: not where a consumer that is sent to a topic's start
     * might not find it.
     */
    public static boolean looksBack(SinkConfig config) {
        Object reset = config.originals().get(OFFSET_RESET);
        return "suspend".equals(config.getString(WITHOUT_TABLE))
                && (reset == null || "earliest".equals(reset.toString()));
    }

    static void define(ConfigDef def) {
        SettingGroup settings = new SettingGroup(def, "Suspension");
        settings.integer(UNKNOWN_RETRIES, 10)
                .valid(Range.between(0, 1000))
                .label("Retries of unknown faults")
                .doc("Number of times in a row that a failed commit is retried if it is not known whether the"
                        + " fault is transient; then its table is suspended. Transient faults are"
                        + " waited out; permanent ones suspend the table at once.");
        settings.flag(SHARED, false)
                .importance(MEDIUM)
                .label("Shared tables")
                .doc("Whether rows of several source tables may go to one table if their names lead to it. A"
                        + " table remembers the source table of its first rows; false: rows of another"
                        + " one are refused. Tables that are listed or routed by a field may always be"
                        + " shared.");
        settings.string(OTHER_CONNECTOR, "refuse")
                .oneOf("refuse", "continue")
                .label("Other connectors")
                .doc("What to do with a table without a key that has rows of the same topic partition from a"
                        + " connector with another name, as after a connector was recreated: refuse"
                        + " (the table is suspended), or continue after those rows.");
        settings.string(WITHOUT_TABLE, "suspend")
                .oneOf("suspend", "continue")
                .label("Offsets without a table")
                .doc("What to do with a table without an offset in a topic partition that the connector has"
                        + " already read, as after it was dropped: suspend it if the topic has rows for"
                        + " it before that offset, or continue from there.");
    }
}
