/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.util.List;

/** What a change of a table's schema means for the rows that are already stored. */
final class StoredRows {
    private StoredRows() {}

    /**
     * Whether rows that no transaction touched read differently after the change than what was sent of them: a column
     * was renamed, or one was added with a default. If the schema before is not known, they may.
     *
     * @param before null if not known
     * @param after null if the table is not captured
     */
    static boolean readDifferently(TableMapping before, TableSchema after) {
        if (after == null) {
            return false;
        }
        if (before == null) {
            return true;
        }
        List<ColumnSchema> old = before.schema().columns();
        List<ColumnSchema> now = after.columns();
        boolean sameNumber = old.size() == now.size();
        for (int i = 0; i < now.size(); i++) {
            ColumnSchema column = now.get(i);
            boolean known = old.stream().anyMatch(other -> other.name().equals(column.name()));
            if (!known && column.isStored() && (sameNumber || column.defaultValue() != null)) {
                return true;
            }
        }
        return false;
    }

    /** Stands for a table of which only the name is known. */
    static TableSchema unknown(String name) {
        return new TableSchema(name, List.of(), false, false, -1, TextEncoding.UTF_8, Lsn.ZERO, "");
    }
}
