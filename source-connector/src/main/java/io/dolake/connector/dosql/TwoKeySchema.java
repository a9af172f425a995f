/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.relational.TableSchema;

/**
 * The schemas of a table that has rows whose key columns do not identify them, beside others: as it stands that of the
 * others, whose keys are what they would be without such rows, byte for byte. Values have one schema for all.
 */
final class TwoKeySchema extends TableSchema {
    private final TableSchema rescued;
    private final int rescuedKey;

    /**
     * @param plain with the key of ordinary rows
     * @param rescued with that of the others, and the values of all
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

    /** The one for a row; null stands for none. */
    TableSchema of(Object[] row) {
        return row != null && row[rescuedKey] != null ? rescued : this;
    }
}
