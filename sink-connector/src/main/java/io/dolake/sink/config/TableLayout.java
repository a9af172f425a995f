/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.support.SettingGroup;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Width;

/** The settings for partitions and sort order of created tables, for all tables and for single ones. */
public final class TableLayout {
    public static final String DEFAULT_PARTITION_BY = "iceberg.tables.default-partition-by";
    static final String DEFAULT_SORT_BY = "dolake.tables.default-sort-by";

    private static final String FORMAT_VERSION = SinkConfig.AUTO_CREATE_PROPS_PREFIX + TableProperties.FORMAT_VERSION;

    private final String table;
    private final Schema schema;
    private final Map<String, ?> settings;

    public TableLayout(TableIdentifier table, Schema schema, SinkConfig config) {
        this.table = table.toString();
        this.schema = schema;
        Map<String, Object> all = new HashMap<>(config.originals());
        if (table.equals(DeadLetterConfig.table(config))) {
            // The defaults name columns of the sources' tables.
            all.putIfAbsent(partitionBy(this.table), "");
            all.putIfAbsent(sortBy(this.table), "");
        }
        this.settings = all;
    }

    static String partitionBy(String table) {
        return "iceberg.table." + table + ".partition-by";
    }

    static String sortBy(String table) {
        return "dolake.table." + table + ".sort-by";
    }

    static void define(ConfigDef def) {
        SettingGroup settings = new SettingGroup(def, "Created tables");
        settings.string(DEFAULT_PARTITION_BY, "")
                .importance(MEDIUM)
                .width(Width.LONG)
                .label("Partition by")
                .doc("Partition fields of created tables, separated by commas: column, year(column),"
                        + " month(column), day(column), hour(column), bucket(column, n), truncate(column, n)."
                        + " iceberg.table.<table>.partition-by takes precedence; empty there means none.");
        settings.string(DEFAULT_SORT_BY, "")
                .importance(MEDIUM)
                .width(Width.LONG)
                .label("Sort by")
                .doc("Sort order of created tables, separated by commas: a column or a transform of one, then"
                        + " asc or desc, then nulls first or nulls last. Rows of a data file are"
                        + " written in the order of its table."
                        + " dolake.table.<table>.sort-by takes precedence; empty there means none.");
    }

    /** Whether a key is one of these settings for a single table. */
    static boolean isSortByOfTable(String key) {
        return key.startsWith("dolake.table.") && key.endsWith(".sort-by");
    }

    /** By setting, one message for each of these settings that is invalid. */
    public static Map<String, String> faults(Map<String, ?> settings) {
        Map<String, String> faults = new TreeMap<>();
        for (Map.Entry<String, ?> setting : new TreeMap<>(settings).entrySet()) {
            String key = setting.getKey();
            String value = Objects.toString(setting.getValue(), "");
            if (key.equals(DEFAULT_PARTITION_BY)
                    || (key.startsWith("iceberg.table.") && key.endsWith(".partition-by"))) {
                check(faults, key, value, LayoutTerm::parse);
            } else if (key.equals(DEFAULT_SORT_BY) || isSortByOfTable(key)) {
                check(faults, key, value, SortItem::parse);
            } else if (key.equals(FORMAT_VERSION) && !value.matches("[123]")) {
                faults.put(key, "Cannot use " + key + "=" + value + ": format versions are 1, 2 and 3");
            }
        }
        return faults;
    }

    private static void check(Map<String, String> faults, String key, String value, Function<String, ?> parser) {
        try {
            LayoutTerm.split(value).stream().map(parser).forEach(Objects::requireNonNull);
        } catch (IllegalArgumentException e) {
            faults.put(key, "Cannot use " + key + ": " + e.getMessage());
        }
    }

    public PartitionSpec spec() {
        String key = settings.containsKey(partitionBy(table)) ? partitionBy(table) : DEFAULT_PARTITION_BY;
        return build(key, () -> {
            PartitionSpec.Builder spec = PartitionSpec.builderFor(schema);
            for (String text : LayoutTerm.split(value(key))) {
                LayoutTerm term = LayoutTerm.parse(text);
                checkColumn(key, term);
                term.addTo(spec);
            }
            return spec.build();
        });
    }

    public SortOrder sortOrder() {
        String key = settings.containsKey(sortBy(table)) ? sortBy(table) : DEFAULT_SORT_BY;
        return build(key, () -> {
            SortOrder.Builder order = SortOrder.builderFor(schema);
            for (String text : LayoutTerm.split(value(key))) {
                SortItem item = SortItem.parse(text);
                checkColumn(key, item.term());
                order.sortBy(item.term().toTerm(), item.direction(), item.nulls());
            }
            return order.build();
        });
    }

    private String value(String key) {
        return Objects.toString(settings.get(key), "");
    }

    private void checkColumn(String key, LayoutTerm term) {
        if (schema.findField(term.column()) == null) {
            throw fault(ErrorCode.COLUMN_NOT_FOUND, key, "there is no column " + term.column(), null);
        }
    }

    private <T> T build(String key, Supplier<T> building) {
        try {
            return building.get();
        } catch (IllegalArgumentException | ValidationException e) {
            throw fault(ErrorCode.INVALID_CONFIGURATION, key, e.getMessage(), e);
        }
    }

    private DoLakeException fault(ErrorCode code, String key, String reason, Exception cause) {
        String single = key.equals(DEFAULT_SORT_BY) || isSortByOfTable(key) ? sortBy(table) : partitionBy(table);
        return new DoLakeException(
                        code, "Cannot create table " + table + " by " + key + "=" + value(key) + ": " + reason, cause)
                .withHint("Set " + single + " for this table; empty for none");
    }
}
