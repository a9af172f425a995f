/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import io.dolake.sink.support.SettingGroup;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * The handling of columns that a source drops, or whose type changes to one that the table's column cannot have.
 *
 * @param drops whether the table's columns are dropped too
 * @param addsForOtherTypes whether values of another type get a separate column
 * @param ignoresCase whether names that differ only in case are the same name
 */
public record SchemaPolicy(boolean drops, boolean addsForOtherTypes, boolean ignoresCase) {
    public static final String DROP = "dolake.schema.drop";
    public static final String INCOMPATIBLE = "dolake.schema.incompatible";

    public static final SchemaPolicy DEFAULT = new SchemaPolicy(false, false, false);

    public static SchemaPolicy of(AbstractConfig config) {
        return new SchemaPolicy(
                config.getString(DROP).equals("drop"),
                config.getString(INCOMPATIBLE).equals("new-column"),
                config.getBoolean(SinkConfig.CASE_INSENSITIVE));
    }

    static void define(ConfigDef def) {
        SettingGroup settings = new SettingGroup(def, "Schemas");
        settings.string(DROP, "keep")
                .oneOf("keep", "drop")
                .label("Columns that go")
                .doc("What to do with a column that the source has dropped: keep makes it optional, drop"
                        + " removes it, unless it is needed for the key, partitions or order, or the"
                        + " table is a changelog. Where records from before and after the change"
                        + " alternate, as from several partitions, drop adds and removes it each time.");
        settings.string(INCOMPATIBLE, "fail")
                .oneOf("fail", "new-column")
                .label("Other types")
                .doc("What to do with values whose type a column cannot be changed to: fail, or new-column,"
                        + " which writes them to a column NAME_TYPE, such as amount_string.");
    }
}
