/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import io.dolake.sink.support.SettingGroup;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** The setting for the table of refused records. */
public final class DeadLetterConfig {
    public static final String TABLE = "dolake.dead.letter.table";

    private DeadLetterConfig() {}

    static void define(ConfigDef def) {
        new SettingGroup(def, "Errors")
                .string(TABLE, "")
                .valid(ConfigDef.LambdaValidator.with(
                        (name, value) -> {
                            if (!isTableName(String.valueOf(value))) {
                                throw new ConfigException(name, value, "a table needs a namespace and a name");
                            }
                        },
                        () -> "NAMESPACE.TABLE, or empty"))
                .importance(MEDIUM)
                .width(Width.MEDIUM)
                .label("Dead letter table")
                .doc("Table for records that are refused, one row each, with the reason. Empty: they go to"
                        + " the dead letter queue of the worker, or fail the task if errors.tolerance"
                        + " is none.");
    }

    private static boolean isTableName(String name) {
        return name.isEmpty() || name.matches("[^.]+(\\.[^.]+)+");
    }

    /** Null if there is none. */
    public static TableIdentifier table(SinkConfig config) {
        String name = config.getString(TABLE);
        return name.isEmpty() ? null : TableIdentifier.parse(name);
    }
}
