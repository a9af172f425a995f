/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import io.dolake.sink.support.SettingGroup;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * What becomes of a table where its source's columns go, or change to what the table's cannot become.
 *
 * @param drops whether columns go too
 * @param addsForOtherTypes whether values of another type get a column of their own
 * @param ignoresCase whether no two names may differ only in case
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
                .doc(
                        "What becomes of a column that the source has no more: keep makes it optional, drop removes it, unless it is"
                                + " needed for the key, partitions or order, or the table is a changelog. Where records of before and"
                                + " after the change come in turn, as from several partitions, drop adds and removes it each time.");
        settings.string(INCOMPATIBLE, "fail")
                .oneOf("fail", "new-column")
                .label("Other types")
                .doc(
                        "What to do with values whose type a column cannot become: fail, or new-column, which puts them into a column"
                                + " NAME_TYPE, such as amount_string.");
    }
}
