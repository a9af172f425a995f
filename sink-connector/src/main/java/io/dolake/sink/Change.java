/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.List;
import org.apache.iceberg.catalog.TableIdentifier;

/** What a record asks for. */
sealed interface Change {
    TableIdentifier table();

    /** The row with this key is as given; without key columns: one more row. */
    record Upsert(TableIdentifier table, RowShape shape, KeyBytes key, byte[] row) implements Change {}

    /** There is no row with this key. */
    record Delete(TableIdentifier table, List<String> keyNames, KeyBytes key) implements Change {}

    /** There is no row. */
    record Truncate(TableIdentifier table) implements Change {}
}
