/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import java.util.List;

/**
 * The result of a statement.
 *
 * @param changes rows inserted, updated or deleted
 * @param lastInsertRowid rowid of the connection's last insert
 * @param generatedKey rowid of the last row that the statement inserted; null if there is none
 * @param rows null if the statement returns none
 */
public record StatementResult(long changes, long lastInsertRowid, Long generatedKey, Rows rows) {
    public static final StatementResult NOTHING = new StatementResult(0, 0, null, null);

    private static final Rows NO_ROWS = new Rows(List.of(), List.of(), false);

    /** The rows, without columns where the statement returns none. */
    public Rows rowsOrNone() {
        return rows == null ? NO_ROWS : rows;
    }
}
