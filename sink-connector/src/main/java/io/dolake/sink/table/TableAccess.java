/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.catalog.FailureClassifier;
import io.dolake.sink.catalog.LazyCatalog;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.TableLayout;
import io.dolake.sink.config.TableMode;
import io.dolake.sink.row.RowShape;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;

/** Loads and creates tables, and knows their key columns. */
public final class TableAccess {
    /**
     * Table property: the key columns as a JSON array of names; also where the key cannot be Iceberg identifier fields.
     */
    public static final String KEY_COLUMNS = "dolake.key-columns";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final LazyCatalog catalog;
    private final SinkConfig config;
    private final TableMode.Modes modes;
    /** Consecutive faults of lookups of which it is not known whether they are transient. */
    private int unknown;

    public TableAccess(LazyCatalog catalog, SinkConfig config) {
        this.catalog = catalog;
        this.config = config;
        this.modes = new TableMode.Modes(config);
    }

    public boolean isCatalogOpen() {
        return catalog.isOpen();
    }

    /** Refuses a table that does not fit the settings. */
    public void check(TableIdentifier name, Table table) {
        modes.check(name, table.properties());
        branch(name).check(table);
    }

    /** The branch of a table that is committed to. */
    public Branch branch(TableIdentifier name) {
        return new Branch(InputConfig.branch(config.originals(), name));
    }

    /** Whether rows for a table have all their columns; rows of a changelog may have only the key. */
    public boolean hasWholeRows(TableIdentifier name) {
        return modes.of(name) != TableMode.CHANGELOG;
    }

    public Optional<Table> load(TableIdentifier name) {
        try {
            return Optional.of(catalog.get().loadTable(name));
        } catch (NoSuchTableException | NoSuchNamespaceException e) {
            return Optional.empty();
        }
    }

    /**
     * Loads a table while records are read, on the task's thread. Throws a retriable error if the catalog does not
     * answer, {@link TableUnusable} if waiting does not help.
     */
    public Optional<Table> lookUp(TableIdentifier name, String what) {
        try {
            Optional<Table> found = load(name);
            unknown = 0;
            return found;
        } catch (RuntimeException e) {
            FailureClassifier fault =
                    FailureClassifier.explain("look up " + what + " of table " + name, e, "the table's location");
            unknown = fault.kind() == FailureClassifier.Kind.UNKNOWN ? unknown + 1 : 0;
            if (fault.kind() == FailureClassifier.Kind.PERMANENT || unknown > config.unknownFailureRetries()) {
                unknown = 0;
                throw new TableUnusable(name, fault.error());
            }
            throw fault.error().withRetryAfter(Duration.ofMillis(config.bufferRetryDelayMs()));
        }
    }

    /** Creates the table for rows of this shape, or loads the one that another task created meanwhile. */
    public Table create(TableIdentifier name, RowShape shape) {
        if (!config.createsTables()) {
            throw new DoLakeException(
                            ErrorCode.TABLE_NOT_FOUND, "Cannot commit to table " + name + ": it does not exist")
                    .withHint("Create it, or set " + SinkConfig.AUTO_CREATE + "=true");
        }
        Optional<String> location =
                TableLocation.of(name, config.catalogProperties().get("warehouse"));
        Schema schema = SchemaEvolution.initial(shape, config.forcesOptional());
        TableLayout layout = new TableLayout(name, schema, config);
        PartitionSpec spec = layout.spec();
        SortOrder order = layout.sortOrder();
        createNamespace(name);
        Map<String, String> properties = new HashMap<>();
        properties.put(TableProperties.FORMAT_VERSION, "3");
        properties.put(TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true");
        properties.putAll(config.newTableProperties());
        properties.put(TableMode.PROPERTY, modes.of(name).text());
        if (!shape.keyNames().isEmpty()) {
            properties.put(KEY_COLUMNS, json(shape.keyNames()));
        }
        try {
            Catalog.TableBuilder table = catalog.get()
                    .buildTable(name, schema)
                    .withPartitionSpec(spec)
                    .withSortOrder(order)
                    .withProperties(properties);
            location.ifPresent(table::withLocation);
            return table.create();
        } catch (AlreadyExistsException e) {
            return catalog.get().loadTable(name);
        }
    }

    private void createNamespace(TableIdentifier name) {
        if (catalog.get() instanceof SupportsNamespaces namespaces && !namespaces.namespaceExists(name.namespace())) {
            try {
                namespaces.createNamespace(name.namespace());
            } catch (RuntimeException e) {
                // Another task may have been faster; catalogs report this in different ways.
                if (!namespaces.namespaceExists(name.namespace())) {
                    throw e;
                }
            }
        }
    }

    /** The key columns by name, ordered; empty if the table has none. */
    public static List<String> keyColumns(Table table) {
        String text = table.properties().get(KEY_COLUMNS);
        if (text == null) {
            return table.schema().identifierFieldNames().stream().sorted().toList();
        }
        try {
            return List.of(JSON.readValue(text, String[].class)).stream()
                    .sorted()
                    .toList();
        } catch (JsonProcessingException e) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot read the key of table " + table.name() + ": property " + KEY_COLUMNS + " is '"
                                    + text + "'",
                            e)
                    .withHint("Set the property to a JSON array of the key columns' names");
        }
    }

    public static String json(List<String> names) {
        try {
            return JSON.writeValueAsString(names);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("names have a JSON form", e);
        }
    }
}
