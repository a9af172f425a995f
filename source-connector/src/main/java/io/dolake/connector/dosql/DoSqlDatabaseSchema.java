/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.relational.CustomConverterRegistry;
import io.debezium.relational.RelationalDatabaseSchema;
import io.debezium.relational.TableId;
import io.debezium.relational.TableSchemaBuilder;
import io.debezium.schema.SchemaNameAdjuster;
import io.debezium.spi.topic.TopicNamingStrategy;
import io.dolake.schemas.TableSchema;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The tables of all databases of a task, each as of the newest event that was read. There is no schema history: the
 * change log and the pinned view of a snapshot both carry the schema their rows are read with.
 */
final class DoSqlDatabaseSchema extends RelationalDatabaseSchema {
    /** So many tables of the past are remembered. */
    private static final int MAX_PAST_TABLES = 10_000;

    private volatile Consumer<TableId> newTables = table -> {};
    private final Set<TableId> past = new LinkedHashSet<>();
    private final Map<TableId, TableMapping> mappings = new ConcurrentHashMap<>();

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
                config.getColumnFilter(),
                builder(config, names, customConverters),
                false,
                config.getKeyMapper(),
                context);
    }

    private static TableSchemaBuilder builder(
            DoSqlConnectorConfig config, SchemaNameAdjuster names, CustomConverterRegistry customConverters) {
        DoSqlValueConverters converters = new DoSqlValueConverters(config.decimals(), config.binaryHandlingMode());
        return new TableSchemaBuilder(
                converters,
                new DoSqlDefaultValueConverter(converters),
                names,
                customConverters,
                config.getSourceInfoStructMaker().schema(),
                config.getFieldNamer(),
                true,
                config.getEventConvertingFailureHandlingMode());
    }

    /** Whether events of the table are wanted. */
    boolean isCaptured(TableId id) {
        return getTableFilter().isIncluded(id);
    }

    /** Has every table that is new to the connector looked at, which may throw. */
    void onNewTable(Consumer<TableId> check) {
        newTables = check;
    }

    /** The tables that were in force since the task began, those that are gone too: their topics stay. */
    Set<TableId> past() {
        return Collections.unmodifiableSet(past);
    }

    /** Throws if a table that was not sent before must not be. */
    void checkNew(TableId id) {
        newTables.accept(id);
    }

    /** The mapping in force, or null. */
    TableMapping mapping(TableId id) {
        return mappings.get(id);
    }

    /** Names of the tables of a database that are in force, in no order; from any thread. */
    List<String> tables(String database) {
        return mappings.keySet().stream()
                .filter(id -> id.catalog().equals(database))
                .map(TableId::table)
                .toList();
    }

    /** Puts a table schema in force; {@code _rescued_data}, once there, stays. */
    TableMapping apply(String database, TableSchema schema) {
        TableMapping current = mappings.get(new TableId(database, null, schema.name()));
        if (current != null && (current.schema() == schema || current.schema().equals(schema))) {
            return current;
        }
        TableMapping next = TableMapping.of(database, schema);
        return put(current != null && current.hasRescued() ? next.withRescued() : next);
    }

    /** Gives the table its {@code _rescued_data} column. */
    TableMapping rescue(TableMapping mapping) {
        return put(mapping.withRescued());
    }

    private TableMapping put(TableMapping mapping) {
        mappings.put(mapping.id(), mapping);
        if (past.size() < MAX_PAST_TABLES) {
            past.add(mapping.id());
        }
        refresh(mapping.table());
        return mapping;
    }

    /** A row in the columns of the mapping in force, which gains {@code _rescued_data} if the row needs it. */
    Object[] row(TableId id, Object[] values, long rowid) {
        TableMapping mapping = mappings.get(id);
        return mapping.row(values, rowid)
                .orElseGet(() -> rescue(mapping).row(values, rowid).orElseThrow());
    }

    void drop(TableId id) {
        mappings.remove(id);
        removeSchema(id);
        tables().removeTable(id);
    }
}
