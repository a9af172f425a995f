/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.relational.CustomConverterRegistry;
import io.debezium.relational.Key.KeyMapper;
import io.debezium.relational.RelationalDatabaseSchema;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import io.debezium.relational.TableSchemaBuilder;
import io.debezium.schema.SchemaNameAdjuster;
import io.debezium.spi.topic.TopicNamingStrategy;
import io.dolake.schemas.TableSchema;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables of all databases of a task, each as of the newest event that was read. There is no schema history: the
 * change log and the pinned view of a snapshot both include the schema of their rows.
 */
final class DoSqlDatabaseSchema extends RelationalDatabaseSchema {
    private static final Logger LOGGER = LoggerFactory.getLogger(DoSqlDatabaseSchema.class);

    /** Number of former tables that are remembered. */
    private static final int MAX_PAST_TABLES = 10_000;

    private final ColumnRules rules;
    private volatile Consumer<TableId> newTables = table -> {};
    private final Set<TableId> past = new LinkedHashSet<>();
    private final Map<TableId, TableMapping> mappings = new ConcurrentHashMap<>();
    private final Map<TableId, TwoKeySchema> twoKeys = new ConcurrentHashMap<>();
    /** Used only by the thread that dispatches. */
    private TableId dispatchedTable;

    private Object[] dispatched;

    DoSqlDatabaseSchema(
            DoSqlConnectorConfig config,
            TopicNamingStrategy<TableId> topics,
            SchemaNameAdjuster names,
            CustomConverterRegistry customConverters,
            DoSqlTaskContext context) {
        super(
                config,
                topics,
                config.getTableFilters().dataCollectionFilter(),
                // columns are filtered and masked in our own mappings, before the framework sees a value
                null,
                builder(config, names, customConverters),
                false,
                keys(config),
                context);
        this.rules = new ColumnRules(config.getConfig());
    }

    /** The key that {@code message.key.columns} defines, and where that does not identify a row, the actual one. */
    private static KeyMapper keys(DoSqlConnectorConfig config) {
        KeyMapper configured = config.getKeyMapper();
        return configured == null
                ? null
                : table -> table instanceof EventTable event
                        ? event.key(configured.getKeyKolumns(table))
                        : configured.getKeyKolumns(table);
    }

    private static TableSchemaBuilder builder(
            DoSqlConnectorConfig config, SchemaNameAdjuster names, CustomConverterRegistry customConverters) {
        DoSqlValueConverters converters = new DoSqlValueConverters(config.decimals(), config.binaryHandlingMode());
        return new DoSqlTableSchemaBuilder(
                config.getConfig(),
                converters,
                new DoSqlDefaultValueConverter(converters),
                names,
                customConverters,
                config.getSourceInfoStructMaker().schema(),
                config.getFieldNamer(),
                config.getEventConvertingFailureHandlingMode());
    }

    /** Whether events of the table are wanted. */
    boolean isCaptured(TableId id) {
        return getTableFilter().isIncluded(id);
    }

    /** Has every table that is new to the connector checked; the check may throw. */
    void onNewTable(Consumer<TableId> check) {
        newTables = check;
    }

    /** The tables seen since the task started, including dropped ones: their topics remain. */
    Set<TableId> past() {
        return Collections.unmodifiableSet(past);
    }

    /** Throws if a table that was not sent before must not be sent. */
    void checkNew(TableId id) {
        newTables.accept(id);
    }

    /** The current mapping, or null. */
    TableMapping mapping(TableId id) {
        return mappings.get(id);
    }

    /** Names of a database's current tables, in no order; callable from any thread. */
    List<String> tables(String database) {
        return mappings.keySet().stream()
                .filter(id -> id.catalog().equals(database))
                .map(TableId::table)
                .toList();
    }

    /** Makes a table schema current; columns for rescued values stay once they exist. */
    TableMapping apply(String database, TableSchema schema) {
        TableMapping current = mappings.get(new TableId(database, null, schema.name()));
        if (current != null && (current.schema() == schema || current.schema().equals(schema))) {
            return current;
        }
        TableMapping next = TableMapping.of(database, schema, rules);
        if (current != null) {
            next.rules().checkSucceeds(current.rules());
        }
        warnOfColumns(next);
        return put(current == null ? next : next.withRescued(current.hasRescued(), current.hasRescuedKey()));
    }

    /** Warns about columns that are sent although the settings may have been meant to withhold them. */
    private void warnOfColumns(TableMapping table) {
        List<String> computed = table.rules().computedBesideProtected();
        if (!computed.isEmpty()) {
            LOGGER.warn(
                    "Table {} has generated columns {}: if they are computed from a column that a setting withholds,"
                            + " name them in that setting too",
                    table.id(),
                    computed);
        }
        List<String> missing = rules.missing(table.id(), table.schema());
        if (!missing.isEmpty()) {
            LOGGER.warn(
                    "Table {} has no columns {}: these names withhold nothing of the table, and include nothing."
                            + " Correct them unless the columns are to be added later",
                    table.id(),
                    missing);
        }
    }

    /** Refuses a renamed table that would send what settings withheld under its old name. */
    void checkRenamed(TableId before, TableId id, TableSchema schema) {
        TableRules.checkRenamed(rules, before, id, schema);
    }

    private TableMapping put(TableMapping mapping) {
        TableId id = mapping.id();
        mappings.put(id, mapping);
        twoKeys.remove(id);
        if (past.size() < MAX_PAST_TABLES) {
            past.add(id);
        }
        refresh(mapping.table());
        if (mapping.hasRescuedKey() && isCaptured(id)) {
            io.debezium.relational.TableSchema rescued = super.schemaFor(id);
            buildAndRegisterSchema(mapping.plainTable());
            int last = mapping.table().columns().size() - 1;
            twoKeys.put(id, new TwoKeySchema(super.schemaFor(id), rescued, last));
        }
        return mapping;
    }

    /** The table with all of its columns, even if the framework considers their names the same. */
    @Override
    public Table tableFor(TableId id) {
        TableMapping mapping = mappings.get(id);
        return mapping != null && isCaptured(id) ? mapping.table() : super.tableFor(id);
    }

    @Override
    public io.debezium.relational.TableSchema schemaFor(TableId id) {
        TwoKeySchema schema = twoKeys.get(id);
        if (schema == null) {
            return super.schemaFor(id);
        }
        return id.equals(dispatchedTable) ? schema.of(dispatched) : schema;
    }

    /**
     * Makes {@link #schemaFor} return the schema that a row needs, until {@link #dispatched}: for a row in a snapshot
     * the framework uses the schema that it looked up by the table's name, and not the one with which the row was
     * emitted.
     */
    void dispatching(TableId id, Object[] row) {
        dispatchedTable = id;
        dispatched = row;
    }

    void dispatched() {
        dispatchedTable = null;
        dispatched = null;
    }

    /**
     * Converts a row to the columns of the current mapping, which gains columns for rescued values if the row needs
     * them.
     */
    Object[] row(TableId id, Object[] values, long rowid) {
        TableMapping mapping = mappings.get(id);
        return mapping.row(values, rowid)
                .orElseGet(() -> put(mapping.extendedFor(values, rowid))
                        .row(values, rowid)
                        .orElseThrow());
    }

    /** The same for a row from {@link SnapshotView#rows}. */
    Object[] row(TableMapping mapping, Object[] selected) {
        int first = SnapshotView.selectsRowid(mapping) ? 1 : 0;
        Object[] values = Arrays.copyOfRange(
                selected, first, first + mapping.schema().columns().size());
        return row(mapping.id(), values, SnapshotView.rowidOf(mapping, selected));
    }

    void drop(TableId id) {
        mappings.remove(id);
        twoKeys.remove(id);
        removeSchema(id);
        tables().removeTable(id);
    }
}
