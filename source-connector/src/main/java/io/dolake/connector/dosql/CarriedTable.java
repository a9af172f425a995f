/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.config.Configuration;
import io.debezium.relational.TableId;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.ColumnSchema.Generated;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RawText;
import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What the settings of a connector send of a table, for a program that has loaded the plugin in a separate class loader
 * and compares a table with what arrived: types of the JDK only.
 */
public final class CarriedTable {
    private CarriedTable() {}

    /**
     * @param settings the settings of tables and columns; others are ignored
     * @param columns in order, without virtual ones: name, declared type, and position in the primary key from 1, or 0
     * @param options of the table: {@code STRICT}, {@code WITHOUT ROWID}
     * @return whether the connector captures it, {@code captured}, or its {@code database} at all; and if it is
     *     captured: {@code kept}, for each column {@code excluded}, {@code masked}, {@code truncated} or nothing;
     *     {@code key}, indexes of the columns that {@code message.key.columns} names, or null; {@code values}, an
     *     operator that turns a stored row into the row that is sent, with malformed text as ByteBuffer and null for
     *     excluded values. Or {@code refused}, the reason why the table cannot be captured
     */
    public static Map<String, Object> of(
            Map<String, String> settings,
            String database,
            String table,
            List<List<Object>> columns,
            List<String> options) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("topic.prefix", "any");
        all.put("database.hostname", "localhost");
        DoSqlConnectorConfig config = new DoSqlConnectorConfig(Configuration.from(all));
        Map<String, Object> told = new LinkedHashMap<>();
        boolean isOfDatabase = config.databaseFilter().test(database);
        told.put("database", isOfDatabase);
        boolean captured = isOfDatabase
                && config.getTableFilters().dataCollectionFilter().isIncluded(new TableId(database, null, table));
        told.put("captured", captured);
        if (!captured) {
            return told;
        }
        try {
            TableMapping mapping =
                    TableMapping.of(database, schema(table, columns, options), new ColumnRules(config.getConfig()));
            TableRules rules = mapping.rules();
            List<String> kept = new ArrayList<>();
            List<Integer> key = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                kept.add(rules.kept(i));
                if (rules.isKey(i)) {
                    key.add(i);
                }
            }
            told.put("kept", kept);
            told.put("key", rules.keepsPrimaryKey() ? null : key);
            told.put("values", (UnaryOperator<Object[]>) row -> carried(mapping, row));
        } catch (DoLakeException e) {
            told.put("refused", e.getMessage());
        }
        return told;
    }

    private static TableSchema schema(String table, List<List<Object>> columns, List<String> options) {
        List<ColumnSchema> schemas = new ArrayList<>();
        for (List<Object> column : columns) {
            schemas.add(new ColumnSchema(
                    (String) column.get(0),
                    (String) column.get(1),
                    false,
                    (Integer) column.get(2),
                    Generated.NO,
                    null));
        }
        return new TableSchema(
                table,
                schemas,
                options.contains("WITHOUT ROWID"),
                options.contains("STRICT"),
                -1,
                TextEncoding.UTF_8,
                Lsn.ZERO,
                "");
    }

    private static Object[] carried(TableMapping mapping, Object[] row) {
        Object[] carried = new Object[row.length];
        for (int i = 0; i < row.length; i++) {
            if (mapping.carries(i)) {
                Object stored = row[i] instanceof ByteBuffer text ? new RawText(bytes(text)) : row[i];
                Object value = mapping.carried(i, stored);
                carried[i] = value instanceof RawText text ? ByteBuffer.wrap(text.bytes()) : value;
            }
        }
        return carried;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
