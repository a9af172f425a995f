/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import io.dolake.sink.support.SettingGroup;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;

/** Settings for the access check of catalog and warehouse before a connector is accepted. */
public final class AccessConfig {
    public static final String CHECK = "dolake.validate.access";
    public static final String TIMEOUT_MS = "dolake.validate.timeout.ms";

    private AccessConfig() {}

    static void define(ConfigDef def) {
        SettingGroup settings = new SettingGroup(def, "Validation");
        settings.flag(CHECK, true)
                .label("Check access")
                .doc("Whether a configuration is accepted only if the catalog answers and a small file can be"
                        + " written to the warehouse, read and removed.");
        settings.bigInteger(TIMEOUT_MS, 15_000L)
                .valid(Range.between(100, 60_000))
                .label("Check timeout (ms)")
                .doc("Time limit for that check of catalog and warehouse, in ms.");
    }
}
