/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.relational.TableSchema;

/**
 * The schemas of a table in which some rows are not identified by their key columns. The plain schema is that of the
 * other rows, whose keys are the same, byte for byte, as without such rows. Values have one schema for all.
 */
final class TwoKeySchema extends TableSchema {
    private final TableSchema rescued;
    private final int rescuedKey;

    /**
     * @param plain with the key of ordinary rows
     * @param rescued with the key of the other rows, and the values of all
     * @param rescuedKey index of {@code _rescued_key} in a row
     */
    TwoKeySchema(TableSchema plain, TableSchema rescued, int rescuedKey) {
        super(
                plain.id(),
                plain.keySchema(),
                plain::keyFromColumnData,
                rescued.getEnvelopeSchema(),
                rescued.valueSchema(),
                rescued::valueFromColumnData);
        this.rescued = rescued;
        this.rescuedKey = rescuedKey;
    }

    /** The schema for a row; null stands for no row. */
    TableSchema of(Object[] row) {
        return row != null && row[rescuedKey] != null ? rescued : this;
    }
}
