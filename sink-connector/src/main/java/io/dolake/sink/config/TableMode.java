/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.catalog.TableIdentifier;

/** What a table keeps of the changes to its rows. */
public enum TableMode {
    /** The rows as they are in the source; without a key every event adds a row. */
    UPSERT,
    /** Every image after an insert, update or snapshot read; deletes and truncates leave no trace. */
    APPEND,
    /** Every change as a separate row with its operation, position and time. */
    CHANGELOG,
    /** As UPSERT, but rows that the source deletes stay, marked as deleted. */
    SOFT_DELETE;

    /** Table property: the mode that the table was created for. */
    public static final String PROPERTY = "dolake.mode";

    /** The name in settings and in the property. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<String> texts() {
        return Arrays.stream(values()).map(TableMode::text).toList();
    }

    public static TableMode of(String text) {
        return valueOf(text.strip().toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** The modes of tables according to their settings. */
    public static final class Modes {
        private final TableMode byDefault;
        private final Map<String, TableMode> bySetting = new TreeMap<>();

        public Modes(SinkConfig config) {
            byDefault = TableMode.of(config.getString(InputConfig.MODE));
            config.originals().forEach((key, mode) -> {
                if (InputConfig.isModeOfTable(key)) {
                    bySetting.put(key, TableMode.of(mode.toString()));
                }
            });
            TableIdentifier deadLetters = DeadLetterConfig.table(config);
            if (deadLetters != null) {
                bySetting.put(InputConfig.modeOf(deadLetters), UPSERT);
            }
        }

        public TableMode of(TableIdentifier table) {
            return bySetting.isEmpty() ? byDefault : bySetting.getOrDefault(InputConfig.modeOf(table), byDefault);
        }

        /** Refuses a table that holds rows of another mode. */
        public void check(TableIdentifier table, Map<String, String> properties) {
            String has = properties.getOrDefault(PROPERTY, of(table).text());
            if (!has.equals(of(table).text())) {
                throw new DoLakeException(
                                ErrorCode.INVALID_CONFIGURATION,
                                "Cannot commit to table " + table + ": it was created for mode " + has
                                        + ", and the settings say " + of(table).text())
                        .withHint("Send the changes to another table, or set " + InputConfig.modeOf(table) + "=" + has);
            }
        }
    }
}
