/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.util.Objects;

/**
 * One column of a table, as {@code PRAGMA table_xinfo} describes it.
 *
 * @param name as declared
 * @param declaredType as declared, the empty text if none
 * @param notNull whether NOT NULL is declared (or implied: a primary key of a WITHOUT ROWID or STRICT table)
 * @param primaryKeyIndex 1-based place in the primary key, 0 if not part of it
 * @param generated whether and how the column is computed
 * @param defaultValue the value of the column in a record that is too short for it: Long, Double, String, RawText,
 *     byte[] or null. Set only for constant defaults, which are the only ones ADD COLUMN allows
 */
public record ColumnSchema(
        String name,
        String declaredType,
        boolean notNull,
        int primaryKeyIndex,
        Generated generated,
        Object defaultValue) {

    /** How a column gets its value; a VIRTUAL one is not in the record, and change events do not carry it. */
    public enum Generated {
        NO,
        VIRTUAL,
        STORED
    }

    /** The same column with this default. */
    public ColumnSchema withDefault(Object value) {
        return new ColumnSchema(name, declaredType, notNull, primaryKeyIndex, generated, value);
    }

    /** Compares by content, also if the default is a BLOB. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ColumnSchema that
                && name.equals(that.name)
                && declaredType.equals(that.declaredType)
                && notNull == that.notNull
                && primaryKeyIndex == that.primaryKeyIndex
                && generated == that.generated
                && Objects.deepEquals(defaultValue, that.defaultValue);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, declaredType, notNull, primaryKeyIndex, generated);
    }

    public Affinity affinity() {
        return Affinity.of(declaredType);
    }

    public boolean isStored() {
        return generated != Generated.VIRTUAL;
    }
}
