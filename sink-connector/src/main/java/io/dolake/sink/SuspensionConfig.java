/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Width;

/** Settings that say when a table is set aside. */
final class SuspensionConfig {
    static final String UNKNOWN_RETRIES = "dolake.commit.unknown.retries";
    static final String SHARED = "dolake.table.shared";
    static final String OTHER_CONNECTOR = "dolake.offsets.of.other.connector";

    static final String WITHOUT_TABLE = "dolake.offsets.without.table";

    private static final String OFFSET_RESET = "consumer.override.auto.offset.reset";

    private SuspensionConfig() {}

    /** Whether topics are looked at for what a table lacks: not where a consumer that is sent to a topic's start may not find it. */
    static boolean looksBack(SinkConfig config) {
        Object reset = config.originals().get(OFFSET_RESET);
        return "suspend".equals(config.getString(WITHOUT_TABLE))
                && (reset == null || "earliest".equals(reset.toString()));
    }

    static void define(ConfigDef def) {
        String group = "Suspension";
        def.define(
                UNKNOWN_RETRIES,
                INT,
                10,
                Range.between(0, 1000),
                LOW,
                "How often in a row a commit that fails is tried again where it is not known whether the fault passes; then"
                        + " its table is suspended. Faults that are known to pass are waited out, those known not to"
                        + " suspend the table at once.",
                group,
                1,
                Width.SHORT,
                "Retries of unknown faults");
        def.define(
                SHARED,
                BOOLEAN,
                false,
                MEDIUM,
                "Whether rows of several source tables may go to one table where their names lead them there. A table"
                        + " remembers the source table of its first rows; false: those of another one are refused."
                        + " Tables that are listed or routed by a field may always be shared.",
                group,
                2,
                Width.SHORT,
                "Shared tables");
        def.define(
                OTHER_CONNECTOR,
                STRING,
                "refuse",
                ConfigDef.ValidString.in("refuse", "continue"),
                LOW,
                "What to do with a table without a key that has rows of the same topic partition from a connector of another"
                        + " name, as after a connector was made anew: refuse (the table is suspended), or continue behind"
                        + " them.",
                group,
                3,
                Width.SHORT,
                "Other connectors");
        def.define(
                WITHOUT_TABLE,
                STRING,
                "suspend",
                ConfigDef.ValidString.in("suspend", "continue"),
                LOW,
                "What to do with a table that has nothing of a topic partition that the connector has read further, as after it"
                        + " was dropped: suspend it if the topic has rows for it before that offset, or continue there.",
                group,
                4,
                Width.SHORT,
                "Offsets without a table");
    }
}
