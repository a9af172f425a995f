/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.relational.CustomConverterRegistry;
import io.debezium.relational.RelationalDatabaseSchema;
import io.debezium.relational.TableId;
import io.debezium.relational.TableSchemaBuilder;
import io.debezium.schema.SchemaNameAdjuster;
import io.debezium.spi.topic.TopicNamingStrategy;
import io.dolake.schemas.TableSchema;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables of all databases of a task, each as of the newest event that was read. There is no schema history: the
 * change log and the pinned view of a snapshot both carry the schema their rows are read with.
 */
final class DoSqlDatabaseSchema extends RelationalDatabaseSchema {
    private static final Logger LOGGER = LoggerFactory.getLogger(DoSqlDatabaseSchema.class);

    private final ColumnRules rules;
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
                // columns are filtered and masked in our own mappings, before the framework sees a value
                null,
                builder(config, names, customConverters),
                false,
                config.getKeyMapper(),
                context);
        this.rules = new ColumnRules(config.getConfig());
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

    /** The mapping in force, or null. */
    TableMapping mapping(TableId id) {
        return mappings.get(id);
    }

    /** Puts a table schema in force; {@code _rescued_data}, once there, stays. */
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
        return put(current != null && current.hasRescued() ? next.withRescued() : next);
    }

    /** What settings of columns do not keep back, and may have been meant to. */
    private void warnOfColumns(TableMapping table) {
        List<String> computed = table.rules().computedBesideProtected();
        if (!computed.isEmpty()) {
            LOGGER.warn(
                    "Table {} has generated columns {}: where they are computed from a column that a setting keeps back,"
                            + " name them in it too",
                    table.id(),
                    computed);
        }
        List<String> missing = rules.missing(table.id(), table.schema());
        if (!missing.isEmpty()) {
            LOGGER.warn(
                    "Table {} has no columns {}: nothing of the table is kept back, or taken in, by these names. Correct"
                            + " them unless the columns are yet to come",
                    table.id(),
                    missing);
        }
    }

    /** Refuses a table under a new name that would let out what settings keep back under the old one. */
    void checkRenamed(TableId before, TableId id, TableSchema schema) {
        TableRules.checkRenamed(rules, before, id, schema);
    }

    /** Gives the table its {@code _rescued_data} column. */
    TableMapping rescue(TableMapping mapping) {
        return put(mapping.withRescued());
    }

    private TableMapping put(TableMapping mapping) {
        mappings.put(mapping.id(), mapping);
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
