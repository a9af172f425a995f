/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.config.CommonConnectorConfig.EventConvertingFailureHandlingMode;
import io.debezium.config.Configuration;
import io.debezium.relational.Column;
import io.debezium.relational.CustomConverterRegistry;
import io.debezium.relational.DefaultValueConverter;
import io.debezium.relational.Key.KeyMapper;
import io.debezium.relational.RelationalDatabaseConnectorConfig;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import io.debezium.relational.TableSchema;
import io.debezium.relational.TableSchemaBuilder;
import io.debezium.relational.Tables.ColumnNameFilter;
import io.debezium.relational.ValueConverter;
import io.debezium.relational.ValueConverterProvider;
import io.debezium.relational.mapping.ColumnMapper;
import io.debezium.relational.mapping.ColumnMappers;
import io.debezium.relational.mapping.PropagateSourceMetadataToSchemaParameter;
import io.debezium.schema.FieldNameSelector.FieldNamer;
import io.debezium.schema.SchemaNameAdjuster;
import io.debezium.spi.topic.TopicNamingStrategy;
import java.util.function.Predicate;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Builds the schemas of tables whose columns and values are already filtered and masked. Of the framework's column
 * mappers only the schema parameters are left: those of every setting that names the column, whereas the framework uses
 * the first setting only.
 */
final class DoSqlTableSchemaBuilder extends TableSchemaBuilder {
    /**
     * Marks the fields of values: {@link #addField} does not add marks to the fields of keys, which have no parameters.
     */
    private static final ColumnMappers OF_VALUES =
            ColumnMappers.build().map("(?s).*", new NoMapper()).build();

    private final ColumnRules rules;
    private final Predicate<String> propagatedColumns;
    private final Predicate<String> propagatedTypes;
    private final ColumnMapper propagation = new PropagateSourceMetadataToSchemaParameter();

    DoSqlTableSchemaBuilder(
            Configuration config,
            ValueConverterProvider converters,
            DefaultValueConverter defaults,
            SchemaNameAdjuster names,
            CustomConverterRegistry customConverters,
            Schema source,
            FieldNamer<Column> fieldNamer,
            EventConvertingFailureHandlingMode failures) {
        super(converters, defaults, names, customConverters, source, fieldNamer, true, failures);
        this.rules = new ColumnRules(config);
        this.propagatedColumns =
                patterns(config.getString(RelationalDatabaseConnectorConfig.PROPAGATE_COLUMN_SOURCE_TYPE));
        this.propagatedTypes =
                patterns(config.getString(RelationalDatabaseConnectorConfig.PROPAGATE_DATATYPE_SOURCE_TYPE));
    }

    private static Predicate<String> patterns(String patterns) {
        return patterns == null ? name -> false : ColumnRules.columns(patterns);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public TableSchema create(
            TopicNamingStrategy topics, Table table, ColumnNameFilter filter, ColumnMappers mappers, KeyMapper keys) {
        TableSchema created = super.create(topics, table, null, OF_VALUES, keys);
        Schema values = created.valueSchema();
        StructFields structs = new StructFields(values);
        if (!structs.isPlain()) {
            return created; // a custom converter's type: the framework checks its values, and asks it once a row
        }
        Field[] fields = fieldsForColumns(values, table.columns());
        int[] targets = new int[fields.length];
        for (int i = 0; i < fields.length; i++) {
            targets[i] = fields[i].index();
        }
        return new EventSchema(
                created,
                new EventSchema.Rows(
                        structs,
                        indexesForColumns(table.columns()),
                        targets,
                        convertersForColumns(values, table.id(), table.columns(), OF_VALUES)));
    }

    @Override
    protected void addField(SchemaBuilder builder, Table table, Column column, ColumnMapper mapper) {
        super.addField(builder, table, column, mapper == null ? null : new Parameters(table));
    }

    private static final class NoMapper implements ColumnMapper {
        @Override
        public ValueConverter create(Column column) {
            return null;
        }
    }

    private final class Parameters implements ColumnMapper {
        private final Table table;

        Parameters(Table table) {
            this.table = table;
        }

        @Override
        public ValueConverter create(Column column) {
            return null;
        }

        @Override
        public void alterFieldSchema(Column column, SchemaBuilder builder) {
            TableId id = table.id();
            ColumnRule rule = rules.of(id.catalog(), id.table(), column.name());
            if (rule.isMasked()) {
                builder.parameter("masked", "true");
            }
            if (!rule.truncates().isEmpty() && !table.isPrimaryKeyColumn(column.name())) {
                builder.parameter("truncateLength", Integer.toString(rule.length()));
            }
            String prefix = id.catalog() + "." + id.table() + ".";
            if (propagatedColumns.test(prefix + column.name()) || propagatedTypes.test(prefix + column.typeName())) {
                propagation.alterFieldSchema(column, builder);
            }
        }
    }
}
