/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.row;

import java.util.BitSet;
import java.util.List;
import org.apache.iceberg.catalog.TableIdentifier;

/** What a record asks for. */
public sealed interface Change {
    TableIdentifier table();

    /**
     * The row with this key is as given; without key columns: one more row.
     *
     * @param unavailable columns, by index, that are not given and stay as they are; null: none
     */
    public record Upsert(TableIdentifier table, RowShape shape, KeyBytes key, byte[] row, BitSet unavailable)
            implements Change {
        public Upsert(TableIdentifier table, RowShape shape, KeyBytes key, byte[] row) {
            this(table, shape, key, row, null);
        }
    }

    /** There is no row with this key. */
    record Delete(TableIdentifier table, List<String> keyNames, KeyBytes key) implements Change {}

    /** The row with this key is to be marked as deleted, if there is one. */
    record SoftDelete(TableIdentifier table, List<String> keyNames, KeyBytes key, byte[] deletion) implements Change {}

    /** There is no row. */
    record Truncate(TableIdentifier table) implements Change {}
}
