/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.row;

import java.util.BitSet;
import java.util.List;
import org.apache.iceberg.catalog.TableIdentifier;

/** One change of one table row, as requested by a record. */
public sealed interface Change {
    TableIdentifier table();

    /**
     * The row with this key becomes the given one; without key columns: an additional row.
     *
     * @param unavailable columns, by index, whose values are not given and stay unchanged; null: none
     */
    public record Upsert(TableIdentifier table, RowShape shape, KeyBytes key, byte[] row, BitSet unavailable)
            implements Change {
        public Upsert(TableIdentifier table, RowShape shape, KeyBytes key, byte[] row) {
            this(table, shape, key, row, null);
        }
    }

    /** The row with this key is deleted, if there is one. */
    record Delete(TableIdentifier table, List<String> keyNames, KeyBytes key) implements Change {}

    /** The row with this key is marked as deleted, if there is one. */
    record SoftDelete(TableIdentifier table, List<String> keyNames, KeyBytes key, byte[] deletion) implements Change {}

    /** All rows are deleted. */
    record Truncate(TableIdentifier table) implements Change {}
}
