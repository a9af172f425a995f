/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.table.TableAccess;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.catalog.TableIdentifier;

/** The key columns of tables where the record's own key does not decide: by setting, or from an existing table. */
final class KeyColumns {
    private final TableAccess access;
    private final ColumnNameMapping names;
    private final Map<String, List<String>> byTable;
    private final List<String> byDefault;
    private final Map<TableIdentifier, List<String>> configured = new HashMap<>();
    private final Map<TableIdentifier, List<String>> ofTables = new HashMap<>();

    KeyColumns(SinkConfig config, TableAccess access, ColumnNameMapping names) {
        this.access = access;
        this.names = names;
        this.byTable = InputConfig.idColumns(config);
        List<String> defaults = config.getList(InputConfig.DEFAULT_ID_COLUMNS).stream()
                .map(String::strip)
                .sorted()
                .toList();
        this.byDefault = defaults.isEmpty() ? null : defaults;
    }

    /** Null if no setting names them. */
    List<String> configured(TableIdentifier table) {
        List<String> given = byTable.isEmpty() ? byDefault : byTable.getOrDefault(table.toString(), byDefault);
        // The same list object each time: it is the key to results computed for it.
        return given == null || names.areAsGiven(table)
                ? given
                : configured.computeIfAbsent(table, any -> names.of(table, given));
    }

    /**
     * The key columns of an existing table, looked up on first use; empty if it has none, or does not exist. Throws a
     * retriable error if the catalog does not answer.
     */
    List<String> ofTable(TableIdentifier table) {
        List<String> known = ofTables.get(table);
        if (known == null) {
            known = access.lookUp(table, "the key")
                    .map(TableAccess::keyColumns)
                    .map(columns -> names.of(table, columns))
                    .orElse(List.of());
            ofTables.put(table, known);
        }
        return known;
    }
}
