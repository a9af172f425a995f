/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The schema of a table as of an LSN, with all that is needed to read its records.
 *
 * @param name table name as declared
 * @param columns in declared order, virtual generated ones included
 * @param withoutRowid whether the table is declared WITHOUT ROWID
 * @param strict whether the table is declared STRICT
 * @param rowidAlias index in {@code columns} of the INTEGER PRIMARY KEY that stands for the rowid, -1 if none
 * @param encoding text encoding of the database
 * @param schemaLsn LSN of the transaction that gave the table this shape; {@link Lsn#ZERO} if before the epoch began
 * @param sql the CREATE TABLE text in force
 */
public record TableSchema(
        String name,
        List<ColumnSchema> columns,
        boolean withoutRowid,
        boolean strict,
        int rowidAlias,
        TextEncoding encoding,
        Lsn schemaLsn,
        String sql) {

    public TableSchema {
        columns = List.copyOf(columns);
    }

    /** Indexes in {@link #columns} of the primary key, in key order; empty if rows are identified by rowid only. */
    public List<Integer> primaryKey() {
        List<Integer> key = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).primaryKeyIndex() > 0) {
                key.add(i);
            }
        }
        key.sort(Comparator.comparingInt(i -> columns.get(i).primaryKeyIndex()));
        return key;
    }

    /**
     * Column index of each value of a record, in record order: declared order without virtual columns; for WITHOUT
     * ROWID tables the primary key first.
     */
    public int[] storageOrder() {
        List<Integer> order = new ArrayList<>();
        if (withoutRowid) {
            order.addAll(primaryKey());
        }
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).isStored() && !order.contains(i)) {
                order.add(i);
            }
        }
        return order.stream().mapToInt(Integer::intValue).toArray();
    }
}
