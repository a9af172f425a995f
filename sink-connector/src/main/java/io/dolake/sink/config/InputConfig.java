/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import io.dolake.sink.support.SettingGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Width;

/** Settings for the form of records, their tables and their keys. */
public final class InputConfig {
    public static final String FORMAT = "dolake.input.format";
    public static final String TABLES = "iceberg.tables";
    public static final String ROUTE_FIELD = "iceberg.tables.route-field";
    public static final String DYNAMIC = "iceberg.tables.dynamic-enabled";
    public static final String DEFAULT_ID_COLUMNS = "iceberg.tables.default-id-columns";
    public static final String MODE = "dolake.table.mode";
    public static final String CHANGELOG_PREFIX = "dolake.changelog.column.prefix";
    static final String TABLE_PREFIX = "iceberg.table.";
    static final String ROUTE_REGEX = ".route-regex";
    static final String ID_COLUMNS = ".id-columns";
    public static final String DEFAULT_BRANCH = "iceberg.tables.default-commit-branch";
    static final String BRANCH = ".commit-branch";

    private static final String MODE_OF_TABLE = "dolake.table.";
    private static final String MODE_SUFFIX = ".mode";

    private InputConfig() {}

    /** The forms of records. */
    public enum Format {
        AUTO,
        DEBEZIUM,
        FLAT
    }

    public static Format format(SinkConfig config) {
        return Format.valueOf(config.getString(FORMAT).toUpperCase(Locale.ROOT));
    }

    static String modeOf(Object table) {
        return MODE_OF_TABLE + table + MODE_SUFFIX;
    }

    /** Whether a key is the mode of a single table. */
    static boolean isModeOfTable(String key) {
        return key.startsWith(MODE_OF_TABLE) && key.endsWith(MODE_SUFFIX) && !key.equals(MODE);
    }

    /** The listed tables, with the route expression of each, or null. */
    public static Map<TableIdentifier, Pattern> tables(SinkConfig config) {
        Map<TableIdentifier, Pattern> tables = new java.util.LinkedHashMap<>();
        for (String name : config.getList(TABLES)) {
            String regex = (String) config.originals().get(TABLE_PREFIX + name + ROUTE_REGEX);
            tables.put(TableIdentifier.parse(name), regex == null ? null : Pattern.compile(regex));
        }
        return tables;
    }

    /** Key columns by table name; tables without an entry have the default, or the key of their records. */
    public static Map<String, List<String>> idColumns(SinkConfig config) {
        Map<String, List<String>> columns = new TreeMap<>();
        config.originals().forEach((key, value) -> {
            if (key.startsWith(TABLE_PREFIX) && key.endsWith(ID_COLUMNS)) {
                columns.put(tableOf(key, ID_COLUMNS), names(String.valueOf(value)));
            }
        });
        return columns;
    }

    /** The name of the branch of a table that receives commits. */
    public static String branch(Map<String, ?> settings, TableIdentifier table) {
        String own = text(settings, TABLE_PREFIX + table + BRANCH);
        String name = own.isEmpty() ? text(settings, DEFAULT_BRANCH) : own;
        return name.isEmpty() ? SnapshotRef.MAIN_BRANCH : name;
    }

    private static String tableOf(String key, String suffix) {
        return key.substring(TABLE_PREFIX.length(), Math.max(TABLE_PREFIX.length(), key.length() - suffix.length()));
    }

    private static List<String> names(String list) {
        List<String> names = new ArrayList<>();
        for (String name : list.split(",")) {
            if (!name.isBlank()) {
                names.add(name.strip());
            }
        }
        names.sort(null);
        return List.copyOf(names);
    }

    /** Errors in the combination of these settings, one message each, by the setting that reports it. */
    public static Map<String, String> faults(Map<String, ?> properties) {
        Map<String, String> faults = new TreeMap<>();
        List<String> tables = names(text(properties, TABLES));
        boolean routes = !text(properties, ROUTE_FIELD).isEmpty();
        boolean isDynamic = Boolean.parseBoolean(text(properties, DYNAMIC));
        if (isDynamic && !routes) {
            faults.put(DYNAMIC, "Cannot use " + DYNAMIC + "=true without " + ROUTE_FIELD + ", which names the field");
        }
        if (routes && !isDynamic && tables.isEmpty()) {
            faults.put(
                    ROUTE_FIELD,
                    "Cannot use " + ROUTE_FIELD + " without tables to choose from: list them in " + TABLES + ", or set "
                            + DYNAMIC + "=true");
        }
        for (String table : tables) {
            String regex = text(properties, TABLE_PREFIX + table + ROUTE_REGEX);
            if (!table.contains(".")) {
                faults.put(TABLES, "Cannot use table '" + table + "' of " + TABLES + ": it has no namespace");
            } else if (routes && !isDynamic && regex.isEmpty()) {
                faults.put(
                        TABLES,
                        "Cannot use table " + table + " of " + TABLES + ": no record would get there without "
                                + TABLE_PREFIX + table + ROUTE_REGEX);
            }
        }
        properties.forEach((key, value) -> {
            if (key.startsWith(TABLE_PREFIX)) {
                checkOfTable(key, String.valueOf(value), faults);
            } else if (isModeOfTable(key)
                    && !TableMode.texts().contains(text(properties, key).toLowerCase(Locale.ROOT))) {
                faults.put(key, "Cannot use " + key + "=" + value + ": a mode is one of " + TableMode.texts());
            }
        });
        return faults;
    }

    private static void checkOfTable(String key, String value, Map<String, String> faults) {
        if (key.endsWith(ROUTE_REGEX)) {
            try {
                Pattern.compile(value);
            } catch (PatternSyntaxException e) {
                faults.put(key, "Cannot use " + key + ": " + e.getDescription() + " at character " + e.getIndex());
            }
        } else if (key.endsWith(BRANCH)) {
            if (value.isBlank()) {
                faults.put(key, "Cannot use " + key + ": it names no branch; without it commits go to the default one");
            }
        } else if (key.endsWith(ID_COLUMNS)) {
            if (names(value).isEmpty()) {
                faults.put(key, "Cannot use " + key + ": it names no column");
            }
        }
    }

    private static String text(Map<String, ?> properties, String key) {
        Object value = properties.get(key);
        return value == null ? "" : value.toString().strip();
    }

    static void define(ConfigDef def) {
        SettingGroup settings = new SettingGroup(def, "Input");
        settings.string(FORMAT, "auto")
                .oneOf("auto", "debezium", "flat")
                .importance(MEDIUM)
                .label("Input format")
                .doc("Form of records: debezium (change envelopes only; tombstones are ignored, as the delete"
                        + " precedes them), flat (the value is the row, as after ExtractNewRecordState"
                        + " or in plain inserts; tombstones are deletes), or auto (each record by its"
                        + " form, tombstones by the other records of their topic).");
        settings.list(TABLES)
                .importance(MEDIUM)
                .width(Width.LONG)
                .label("Tables")
                .doc("Tables that records go to, in place of " + SinkConfig.TABLE_TEMPLATE + ": all of them, or, with "
                        + ROUTE_FIELD + ", those whose iceberg.table.<table>.route-regex matches.");
        settings.string(ROUTE_FIELD, "")
                .importance(MEDIUM)
                .width(Width.MEDIUM)
                .label("Route field")
                .doc("Field whose value selects the table: a field of the record's value, else of the row in"
                        + " it; dots separate levels.");
        settings.flag(DYNAMIC, false)
                .importance(MEDIUM)
                .label("Dynamic tables")
                .doc("Whether the lower-cased value of the route field is the name of the table.");
        settings.list(DEFAULT_ID_COLUMNS)
                .width(Width.MEDIUM)
                .label("Key columns")
                .doc("Key columns of tables without iceberg.table.<table>.id-columns. Without either, the"
                        + " record's key has the columns, and for records without a key the identifier"
                        + " fields of an existing table.");
        settings.string(DEFAULT_BRANCH, SnapshotRef.MAIN_BRANCH)
                .valid(new ConfigDef.NonEmptyString())
                .label("Branch")
                .doc("Branch to which tables are committed, unless iceberg.table.<table>.commit-branch names"
                        + " another one. A branch that does not exist is created from the main branch's"
                        + " head. Offsets belong to the table, for all branches.");
        defineModes(settings);
    }

    private static void defineModes(SettingGroup settings) {
        settings.string(MODE, TableMode.UPSERT.text())
                .oneOf(TableMode.texts().toArray(String[]::new))
                .importance(HIGH)
                .label("Table mode")
                .doc("What tables keep: upsert (rows as in the source), append (each image after a change, deletes"
                        + " leave no trace), changelog (each change as a row with its operation, position and"
                        + " time). For one table: dolake.table.<table>.mode.");
        settings.string(CHANGELOG_PREFIX, "__")
                .label("Changelog columns")
                .doc("Prefix of the columns op, lsn, ts, topic, partition and offset in a changelog, and of deleted and"
                        + " deleted_at where deleted rows stay.");
    }
}
