/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;

/**
 * The names that columns of records have in the lake: renamed by setting and, where case does not matter, spelled as the
 * table has them, or as they came first. A name once given stays. An object belongs to one thread.
 */
final class LakeNames {
    private final ColumnRenames renames;
    private final boolean ignoresCase;
    private final TableAccess access;
    private final Map<TableIdentifier, Map<String, String>> spellings = new HashMap<>();

    LakeNames(SinkConfig config, TableAccess access) {
        this.renames = new ColumnRenames(config);
        this.ignoresCase = config.getBoolean(SinkConfig.CASE_INSENSITIVE);
        this.access = access;
    }

    /** Names that differ only in case have this in common. */
    static String folded(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Whether the names of a table's columns are those of its records. */
    boolean areAsGiven(TableIdentifier table) {
        return !ignoresCase && renames.of(table).isEmpty();
    }

    String of(TableIdentifier table, String name) {
        return spelled(table, renames.of(table).getOrDefault(name, name));
    }

    /** As a column is called in the lake that is not renamed. */
    String spelled(TableIdentifier table, String name) {
        if (!ignoresCase) {
            return name;
        }
        Map<String, String> known = spellings.computeIfAbsent(table, any -> new HashMap<>());
        String spelling = known.get(folded(name));
        if (spelling == null) {
            // Also a column that others have given the table since it was looked at.
            access.lookUp(table, "the columns").ifPresent(found -> {
                for (Types.NestedField column : found.schema().columns()) {
                    known.putIfAbsent(folded(column.name()), column.name());
                }
            });
            spelling = known.computeIfAbsent(folded(name), any -> name);
        }
        return spelling;
    }

    /** Names of columns, sorted, as they are in the lake. */
    List<String> of(TableIdentifier table, List<String> names) {
        return areAsGiven(table)
                ? names
                : names.stream().map(name -> of(table, name)).sorted().toList();
    }
}
