/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Width;

/** Settings of the look at catalog and warehouse before a connector is accepted. */
final class AccessConfig {
    static final String CHECK = "dolake.validate.access";
    static final String TIMEOUT_MS = "dolake.validate.timeout.ms";

    private AccessConfig() {}

    static void define(ConfigDef def) {
        String group = "Validation";
        def.define(
                CHECK,
                BOOLEAN,
                true,
                LOW,
                "Whether a configuration is accepted only if the catalog answers and a small file can be written to the"
                        + " warehouse, read and removed.",
                group,
                1,
                Width.SHORT,
                "Check access");
        def.define(
                TIMEOUT_MS,
                LONG,
                15_000L,
                Range.between(100, 60_000),
                LOW,
                "How long catalog and warehouse may take to answer that check, in ms.",
                group,
                2,
                Width.SHORT,
                "Check timeout (ms)");
    }
}
