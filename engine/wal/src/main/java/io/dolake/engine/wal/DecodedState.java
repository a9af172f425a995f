/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.engine.wal.SchemaSource.SchemaRow;
import io.dolake.schemas.TextEncoding;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The state of the database after the last decoded transaction. */
final class DecodedState {
    /** Page to its newest committed frame in this generation. */
    final IntIntMap frames = new IntIntMap();

    final PageMap map = new PageMap();
    PageStore store;
    int pageCount;
    int usable;
    TextEncoding encoding = TextEncoding.UTF_8;
    List<SchemaRow> schemaRows = List.of();
    int nextTableId = Table.SCHEMA_ID + 1;
    private Map<String, Table> tables = new LinkedHashMap<>();
    private final Map<Integer, Table> tablesById = new HashMap<>();

    DecodedState() {
        map.set(1, -Table.SCHEMA_ID, false);
        tables(new LinkedHashMap<>());
    }

    /** The captured tables by name, in the order of sqlite_schema. */
    Map<String, Table> tables() {
        return tables;
    }

    void tables(Map<String, Table> newTables) {
        tables = newTables;
        tablesById.clear();
        tablesById.put(Table.SCHEMA_ID, Table.SCHEMA);
        newTables.values().forEach(table -> tablesById.put(table.id(), table));
    }

    Table table(int id) {
        return tablesById.get(id);
    }

    PageView view() {
        return new PageView(store, frames, WalTransaction.NONE, pageCount, usable);
    }
}
