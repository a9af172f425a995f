/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.lake;

import io.dolake.pipeline.run.Home;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.JdbcCatalog;

/**
 * The Iceberg tables of a home, read with Iceberg's own generic reader. Needs nothing but the files: the pipeline may
 * run or not.
 */
public final class Lake implements AutoCloseable {
    static final String CATALOG = "dolake";

    private final Home home;
    private final JdbcCatalog catalog;

    private Lake(Home home, JdbcCatalog catalog) {
        this.home = home;
        this.catalog = catalog;
    }

    /** @throws DoLakeException CATALOG_ERROR when there is no catalog yet */
    public static Lake open(Home home) {
        if (!Files.exists(home.catalog())) {
            throw new DoLakeException(
                            ErrorCode.CATALOG_ERROR,
                            "Cannot open the lake in " + home.dir() + ": there is no catalog yet")
                    .withHint("The first change that arrives creates it: ./dolake up, then ./dolake sql.");
        }
        JdbcCatalog catalog = new JdbcCatalog();
        catalog.initialize(
                CATALOG,
                Map.of(
                        CatalogProperties.URI,
                        address(home),
                        CatalogProperties.WAREHOUSE_LOCATION,
                        home.warehouse().toString(),
                        CatalogProperties.FILE_IO_IMPL,
                        LocalFiles.class.getName(),
                        CatalogProperties.CLIENT_POOL_SIZE,
                        "1"));
        return new Lake(home, catalog);
    }

    /** The settings with which a sink writes here. */
    public static Map<String, String> sinkSettings(Home home) {
        return Map.of(
                "iceberg.catalog",
                CATALOG,
                "iceberg.catalog.type",
                "jdbc",
                "iceberg.catalog.uri",
                address(home),
                "iceberg.catalog.jdbc.schema-version",
                "V1",
                "iceberg.catalog.warehouse",
                home.warehouse().toString());
    }

    private static String address(Home home) {
        return "jdbc:sqlite:" + home.catalog() + "?busy_timeout=10000";
    }

    /** Names of the tables of a namespace, in order; empty if there is no such namespace. */
    public List<String> tables(String namespace) {
        try {
            return catalog.listTables(Namespace.of(namespace)).stream()
                    .map(TableIdentifier::name)
                    .sorted()
                    .toList();
        } catch (NoSuchNamespaceException e) {
            return List.of();
        }
    }

    /** All tables, as {@code namespace.table}. */
    public List<String> tables() {
        return catalog.listNamespaces().stream()
                .flatMap(namespace -> catalog.listTables(namespace).stream())
                .map(TableIdentifier::toString)
                .sorted()
                .toList();
    }

    public Optional<Snapshot> find(String namespace, String table) {
        try {
            return Optional.of(new Snapshot(catalog.loadTable(TableIdentifier.of(namespace, table))));
        } catch (NoSuchTableException | NoSuchNamespaceException e) {
            return Optional.empty();
        }
    }

    /** @throws DoLakeException TABLE_NOT_FOUND, with the tables that exist */
    public Snapshot table(String namespace, String table) {
        return find(namespace, table).orElseThrow(() -> {
            List<String> there = tables();
            return new DoLakeException(
                            ErrorCode.TABLE_NOT_FOUND,
                            "Cannot read " + namespace + "." + table + ": there is no such table in the lake")
                    .withHint(
                            there.isEmpty()
                                    ? "The lake in " + home.dir() + " has no table yet."
                                    : "There is: " + String.join(", ", there) + ".");
        });
    }

    @Override
    public void close() {
        catalog.close();
    }

    /** A table as of its newest snapshot when it was loaded. */
    public static final class Snapshot {
        private final Table table;

        private Snapshot(Table table) {
            this.table = table;
        }

        /** Names of the columns, in order. */
        public List<String> columns() {
            return table.schema().columns().stream().map(field -> field.name()).toList();
        }

        /** Columns by name with their type. */
        public Map<String, String> types() {
            Map<String, String> types = new TreeMap<>();
            table.schema()
                    .columns()
                    .forEach(field -> types.put(field.name(), field.type().toString()));
            return types;
        }

        public int formatVersion() {
            return org.apache.iceberg.TableUtil.formatVersion(table);
        }

        /** Id of the snapshot, 0 if the table has none. */
        public long id() {
            return table.currentSnapshot() == null ? 0 : table.currentSnapshot().snapshotId();
        }

        /** Hands each row to the visitor: its values in the order of {@link #columns}. */
        public void forEach(RowVisitor visitor) {
            if (table.currentSnapshot() == null) {
                return;
            }
            int width = table.schema().columns().size();
            try (CloseableIterable<Record> rows = IcebergGenerics.read(table)
                    .useSnapshot(id())
                    .project(table.schema())
                    .build()) {
                for (Record row : rows) {
                    Object[] values = new Object[width];
                    for (int i = 0; i < width; i++) {
                        values[i] = LakeValues.plain(row.get(i));
                    }
                    if (!visitor.visit(values)) {
                        return;
                    }
                }
            } catch (IOException e) {
                throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot read " + table.name() + ": " + e.getMessage(), e);
            }
        }
    }

    /** Takes rows; false to stop. */
    @FunctionalInterface
    public interface RowVisitor {
        boolean visit(Object[] values);
    }
}
