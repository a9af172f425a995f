/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.catalog.Catalogs;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.table.Branch;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.kafka.common.config.ConfigException;

/**
 * {@link TableMaintenance} for a program that has loaded the plugin in a separate class loader: types of the JDK only.
 */
public final class MaintenanceReport {
    private MaintenanceReport() {}

    /**
     * Maintains a table, once.
     *
     * @param settings {@code iceberg.catalog.*} and {@code dolake.maintenance.*}, as of the connector
     * @param name namespaces and table, with dots between them
     * @return the fields of {@link MaintenanceResult} by name; or {@code error}, a code, and {@code message}
     */
    public static Map<String, Object> of(Map<String, String> settings, String name) {
        Catalog catalog = null;
        try {
            SinkConfig config = new SinkConfig(settings);
            catalog = Catalogs.open(settings);
            TableIdentifier table = TableIdentifier.parse(name);
            return object(new TableMaintenance(
                            catalog.loadTable(table),
                            new Branch(InputConfig.branch(settings, table)),
                            MaintenanceOptions.of(config))
                    .run());
        } catch (NoSuchTableException | NoSuchNamespaceException e) {
            return error(ErrorCode.TABLE_NOT_FOUND, "Cannot maintain " + name + ": there is no such table");
        } catch (ConfigException e) {
            return error(ErrorCode.INVALID_CONFIGURATION, "Cannot maintain " + name + ": " + e.getMessage());
        } catch (DoLakeException e) {
            return error(e.code(), e.getMessage());
        } finally {
            close(catalog);
        }
    }

    private static Map<String, Object> object(MaintenanceResult result) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("rewrittenFiles", result.rewrittenFiles());
        object.put("addedFiles", result.addedFiles());
        object.put("rows", result.rows());
        object.put("removedDeletes", result.removedDeletes());
        object.put("carriedDeletes", result.carriedDeletes());
        object.put("conflicts", result.conflicts());
        object.put("abandonedGroups", result.abandonedGroups());
        object.put("expiredSnapshots", result.expiredSnapshots());
        object.put("removedOrphans", result.removedOrphans());
        return object;
    }

    private static Map<String, Object> error(ErrorCode code, String message) {
        return Map.of("error", code.name(), "message", message);
    }

    private static void close(Catalog catalog) {
        if (catalog instanceof Closeable closeable) {
            try {
                closeable.close();
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot close the catalog", e);
            }
        }
    }
}
