/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.util.List;

/** Determines what a change of a table's schema means for the rows that are already stored. */
final class StoredRows {
    private StoredRows() {}

    /**
     * Whether rows that no transaction changed may read differently after the schema change than they were sent. They
     * certainly read the same only if columns without default were appended.
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
        for (int i = 0; i < old.size(); i++) {
            if (i >= now.size() || !isSame(old.get(i), now.get(i))) {
                return true;
            }
        }
        if (!EventNames.of(before.schema()).hasSameOwn(EventNames.of(after))) {
            return true;
        }
        return now.stream().skip(old.size()).anyMatch(added -> added.isStored() && added.defaultValue() != null);
    }

    private static boolean isSame(ColumnSchema one, ColumnSchema other) {
        return one.name().equals(other.name()) && one.declaredType().equals(other.declaredType());
    }

    /** Represents a table of which only the name is known. */
    static TableSchema unknown(String name) {
        return new TableSchema(name, List.of(), false, false, -1, TextEncoding.UTF_8, Lsn.ZERO, "");
    }
}
