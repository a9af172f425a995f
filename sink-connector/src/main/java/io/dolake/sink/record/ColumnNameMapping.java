/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.table.ColumnRenames;
import io.dolake.sink.table.TableAccess;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;

/**
 * The names of record columns in the lake: renamed by setting and, where case does not matter, spelled as in the table,
 * or as in the first record. A name once assigned stays. An object belongs to one thread.
 */
final class ColumnNameMapping {
    private final ColumnRenames renames;
    private final boolean ignoresCase;
    private final TableAccess access;
    private final Map<TableIdentifier, Map<String, String>> spellings = new HashMap<>();

    ColumnNameMapping(SinkConfig config, TableAccess access) {
        this.renames = new ColumnRenames(config);
        this.ignoresCase = config.ignoresCase();
        this.access = access;
    }

    /** The form that names have in common if they differ only in case. */
    private static String folded(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Whether the names of a table's columns are those of its records. */
    boolean areAsGiven(TableIdentifier table) {
        return !ignoresCase && renames.of(table).isEmpty();
    }

    /** Prepares names: the table is looked up, once, if some of them are new. */
    void meet(TableIdentifier table, List<String> names) {
        if (!ignoresCase) {
            return;
        }
        Map<String, String> known = spellings.computeIfAbsent(table, any -> new HashMap<>());
        Set<String> all = new LinkedHashSet<>(names);
        names.forEach(name -> all.add(renames.of(table).getOrDefault(name, name)));
        if (all.stream().anyMatch(name -> !known.containsKey(folded(name)))) {
            // This includes a column that another writer has added to the table since the last lookup.
            access.lookUp(table, "the columns").ifPresent(found -> {
                for (Types.NestedField column : found.schema().columns()) {
                    known.putIfAbsent(folded(column.name()), column.name());
                }
            });
            all.forEach(name -> known.putIfAbsent(folded(name), name));
        }
    }

    /** The lake's name of a column that was prepared. */
    String of(TableIdentifier table, String name) {
        return spelled(table, renames.of(table).getOrDefault(name, name));
    }

    /** The lake's name of a column that is not renamed. */
    String spelled(TableIdentifier table, String name) {
        return ignoresCase ? spellings.get(table).getOrDefault(folded(name), name) : name;
    }

    /** Names of columns in the lake, sorted. */
    List<String> of(TableIdentifier table, List<String> names) {
        if (areAsGiven(table)) {
            return names;
        }
        meet(table, names);
        return names.stream().map(name -> of(table, name)).sorted().toList();
    }
}
