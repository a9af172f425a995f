/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

/**
 * What a statement did.
 *
 * @param changes rows inserted, updated or deleted
 * @param lastInsertRowid of the connection
 * @param generatedKey rowid of the last row that the statement inserted; null if there is none
 * @param rows null if it returns none
 */
public record Outcome(long changes, long lastInsertRowid, Long generatedKey, Rows rows) {
    public static final Outcome NOTHING = new Outcome(0, 0, null, null);
}
