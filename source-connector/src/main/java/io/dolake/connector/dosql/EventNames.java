/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.SqliteNames;
import io.dolake.schemas.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names of a table's columns in events, which depend on its schema only. A column keeps its name; one with an empty
 * or blank name, which a field cannot have, becomes {@code _column_} and its position from 1. The connector's own
 * columns have the names below. If a column of the table has such a name already, {@code _2} is appended, or the next
 * free number.
 *
 * @param columns one for each column of the table
 * @param rowid name of the column for the rowid where the table declares no primary key
 * @param rescued name of the column for values that their columns cannot hold
 * @param rescuedKey name of the column that identifies a row where its key columns cannot
 */
record EventNames(List<String> columns, String rowid, String rescued, String rescuedKey) {
    static final String ROWID = "_rowid_";
    static final String RESCUED = "_rescued_data";
    static final String RESCUED_KEY = "_rescued_key";
    private static final String COLUMN = "_column_";

    static EventNames of(TableSchema schema) {
        Set<String> taken = new TreeSet<>(SqliteNames.ORDER);
        schema.columns().forEach(column -> taken.add(column.name()));
        List<String> columns = new ArrayList<>();
        for (ColumnSchema column : schema.columns()) {
            String name = column.name();
            columns.add(name.isBlank() ? free(COLUMN + (columns.size() + 1), taken) : name);
        }
        return new EventNames(List.copyOf(columns), free(ROWID, taken), free(RESCUED, taken), free(RESCUED_KEY, taken));
    }

    /** Whether the connector's own columns have the same names. */
    boolean hasSameOwn(EventNames other) {
        return rowid.equals(other.rowid) && rescued.equals(other.rescued) && rescuedKey.equals(other.rescuedKey);
    }

    private static String free(String wanted, Set<String> taken) {
        String name = wanted;
        for (int i = 2; !taken.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }
}
