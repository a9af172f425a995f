/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.check;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.catalog.Catalogs;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.table.Branch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;

/**
 * {@link KeyChecker} for a program that has loaded the plugin in a separate class loader: types of the JDK only.
 */
public final class KeyReport {
    private KeyReport() {}

    /**
     * Checks a table.
     *
     * @param settings {@code iceberg.catalog.*}, as of the connector
     * @param name namespaces and table, with dots between them
     * @param keyColumns empty for the key columns that the table names
     * @param allSnapshots whether every snapshot is checked, of all branches, oldest first; else the newest one of the
     *     branch that the connector commits to
     * @return an object for each snapshot: {@code keyColumns}, {@code snapshot}, {@code keys}, {@code duplicates},
     *     {@code places}; or one with {@code error}, a code, and {@code message}
     */
    public static List<Map<String, Object>> of(
            Map<String, String> settings, String name, List<String> keyColumns, boolean allSnapshots) {
        Catalog catalog = null;
        try {
            catalog = Catalogs.open(settings);
            TableIdentifier table = TableIdentifier.parse(name);
            Branch branch = new Branch(InputConfig.branch(settings, table));
            return check(catalog.loadTable(table), branch, name, keyColumns, allSnapshots);
        } catch (NoSuchTableException | NoSuchNamespaceException e) {
            return List.of(
                    error(ErrorCode.TABLE_NOT_FOUND, "Cannot check the keys of " + name + ": there is no such table"));
        } catch (DoLakeException e) {
            return List.of(error(e.code(), e.getMessage()));
        } finally {
            close(catalog);
        }
    }

    private static List<Map<String, Object>> check(
            Table table, Branch branch, String name, List<String> keyColumns, boolean allSnapshots) {
        for (String column : keyColumns) {
            if (table.schema().asStruct().field(column) == null) {
                return List.of(error(
                        ErrorCode.COLUMN_NOT_FOUND,
                        "Cannot check the keys of " + name + ": it has no column " + column));
            }
        }
        KeyChecker checker = keyColumns.isEmpty() ? new KeyChecker(table) : new KeyChecker(table, keyColumns);
        if (checker.keyColumns().isEmpty()) {
            return List.of(error(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot check the keys of " + name + ": the table names no key, so say which columns it is"));
        }
        List<Map<String, Object>> findings = new ArrayList<>();
        for (KeyChecker.Finding finding : allSnapshots ? checker.checkAll() : List.of(checker.check(branch))) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("keyColumns", checker.keyColumns());
            object.put("snapshot", Long.toString(finding.snapshotId()));
            object.put("keys", finding.keys());
            object.put("duplicates", finding.duplicates());
            object.put("places", finding.places());
            findings.add(object);
        }
        return findings;
    }

    private static Map<String, Object> error(ErrorCode code, String message) {
        return Map.of("error", code.name(), "message", message);
    }

    private static void close(Catalog catalog) {
        if (catalog instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot close the catalog", e);
            } catch (Exception e) {
                throw new IllegalStateException("Cannot close the catalog", e);
            }
        }
    }
}
