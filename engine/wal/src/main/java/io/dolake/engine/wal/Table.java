/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.TableSchema;

/**
 * A captured table, or {@code sqlite_schema} itself.
 *
 * @param id stays the same over renames; its root page leads to minus this number in the page map
 * @param root root page
 * @param schema null for {@code sqlite_schema}
 * @param identity how its rows are identified
 */
record Table(int id, int root, TableSchema schema, Identity identity) {
    static final int SCHEMA_ID = 1;
    static final Table SCHEMA = new Table(SCHEMA_ID, 1, null, Identity.ROWID);

    /** What identifies rows, and so how they are compared. */
    enum Identity {
        /** The rowid, which is also the order of the b-tree. */
        ROWID,
        /** A declared primary key beside the rowid; the b-tree is ordered by rowid. */
        KEY_IN_ROWID_TABLE,
        /** The primary key of a WITHOUT ROWID table, ordered by rules that the decoder does not know (collations). */
        KEY;

        static Identity of(TableSchema schema) {
            if (schema.withoutRowid()) {
                return KEY;
            }
            return schema.rowidAlias() >= 0 || schema.primaryKey().isEmpty() ? ROWID : KEY_IN_ROWID_TABLE;
        }
    }

    static Table of(int id, int root, TableSchema schema) {
        return new Table(id, root, schema, Identity.of(schema));
    }

    boolean withoutRowid() {
        return identity == Identity.KEY;
    }
}
