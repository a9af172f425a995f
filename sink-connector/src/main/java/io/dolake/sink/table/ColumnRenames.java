/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.RenameConfig;
import io.dolake.sink.config.SinkConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.Transactions;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.types.Types;

/**
 * Columns whose names in the lake differ from those in some of the rows, by a setting for each table: a renamed column
 * of a source arrives under its old name and then under its new one, and no record announces it.
 */
public final class ColumnRenames {
    private final Map<TableIdentifier, Map<String, String>> byTable;

    public ColumnRenames(SinkConfig config) {
        this.byTable = RenameConfig.renames(config);
    }

    /** The names in the lake by the other names, in the configured order; empty if there are none. */
    public Map<String, String> of(TableIdentifier table) {
        return byTable.isEmpty() ? Map.of() : byTable.getOrDefault(table, Map.of());
    }

    /** The columns that a table still has under another name: their new names by the old ones. */
    public Map<String, String> pending(TableIdentifier name, Table table) {
        Types.StructType columns = table.schema().asStruct();
        Map<String, String> pending = new LinkedHashMap<>();
        of(name).forEach((from, to) -> {
            if (columns.field(from) != null && columns.field(to) == null && !pending.containsValue(to)) {
                pending.put(from, to);
            }
        });
        return pending;
    }

    /** Renames columns of a table, key columns included, in a separate commit: the content does not change. */
    public static void apply(TableIdentifier name, Table table, Map<String, String> renames) {
        List<String> key = TableAccess.keyColumns(table);
        Transaction transaction = Transactions.newTransaction(
                table.name(), new SingleAttemptOperations(((HasTableOperations) table).operations()));
        UpdateSchema schema = transaction.updateSchema();
        renames.forEach(schema::renameColumn);
        try {
            schema.commit();
        } catch (ValidationException e) {
            // Not a conflict: nothing has been sent yet, so trying again would not help.
            throw new DoLakeException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "Cannot rename columns " + renames + " of table " + name + " (" + RenameConfig.setting(name) + "): "
                            + e.getMessage(),
                    e);
        }
        if (key.stream().anyMatch(renames::containsKey)) {
            List<String> renamed = key.stream()
                    .map(column -> renames.getOrDefault(column, column))
                    .sorted()
                    .toList();
            transaction
                    .updateProperties()
                    .set(TableAccess.KEY_COLUMNS, TableAccess.json(renamed))
                    .commit();
        }
        transaction.commitTransaction();
        table.refresh();
    }
}
