/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

/** Column affinity, derived from the declared type by the rules of SQLite ("Datatypes In SQLite", section 3.1). */
public enum Affinity {
    INTEGER,
    TEXT,
    BLOB,
    REAL,
    NUMERIC;

    /** The affinity of a column declared with this type; the empty type has affinity BLOB. */
    public static Affinity of(String declaredType) {
        if (has(declaredType, "INT")) {
            return INTEGER;
        }
        if (has(declaredType, "CHAR") || has(declaredType, "CLOB") || has(declaredType, "TEXT")) {
            return TEXT;
        }
        if (has(declaredType, "BLOB") || declaredType.isEmpty()) {
            return BLOB;
        }
        if (has(declaredType, "REAL") || has(declaredType, "FLOA") || has(declaredType, "DOUB")) {
            return REAL;
        }
        return NUMERIC;
    }

    private static boolean has(String declaredType, String part) {
        return SqliteNames.contains(declaredType, part);
    }
}
