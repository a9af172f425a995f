/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.catalog.TableIdentifier;

/** The key columns of tables where the record's own key does not decide: by setting, or as an existing table has them. */
final class KeyColumns {
    private final TableAccess access;
    private final ColumnRenames renames;
    private final Map<String, List<String>> byTable;
    private final List<String> byDefault;
    private final Duration retryDelay;
    private final Map<TableIdentifier, List<String>> ofTables = new HashMap<>();

    KeyColumns(SinkConfig config, TableAccess access, ColumnRenames renames) {
        this.access = access;
        this.renames = renames;
        this.byTable = InputConfig.idColumns(config);
        List<String> names = config.getList(InputConfig.DEFAULT_ID_COLUMNS).stream()
                .map(String::strip)
                .sorted()
                .toList();
        this.byDefault = names.isEmpty() ? null : names;
        this.retryDelay = Duration.ofMillis(config.getLong(SinkConfig.BUFFER_RETRY_DELAY_MS));
    }

    /** Null if no setting names them. */
    List<String> configured(TableIdentifier table) {
        return byTable.isEmpty() ? byDefault : byTable.getOrDefault(table.toString(), byDefault);
    }

    /**
     * Those of a table, looked up when it is first asked for; empty if it has none, or does not exist. Throws an error to be
     * tried again after if the catalog does not answer.
     */
    List<String> ofTable(TableIdentifier table) {
        List<String> known = ofTables.get(table);
        if (known == null) {
            try {
                known = access.load(table)
                        .map(TableAccess::keyColumns)
                        .map(names -> renames.names(table, names))
                        .orElse(List.of());
            } catch (RuntimeException e) {
                DoLakeException error = Faults.classify(table, e);
                throw new DoLakeException(
                                error.code(), "Cannot look up the key of table " + table + ": " + error.getMessage(), e)
                        .withRetryAfter(retryDelay);
            }
            ofTables.put(table, known);
        }
        return known;
    }
}
