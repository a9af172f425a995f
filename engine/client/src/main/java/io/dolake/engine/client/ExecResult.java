/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.Lsn;
import java.util.List;

/**
 * Effect of a statement.
 *
 * @param changes rows changed
 * @param lastInsertRowid rowid of the last insert of the session
 * @param generatedKey rowid of the last row that this statement inserted; null if it inserted none, or if that is
 *     unknown
 * @param lsn newest committed LSN after the statement; inside a transaction, the one before it began
 * @param columns empty if the statement returns no rows
 * @param rows as in {@link QueryResult}
 * @param truncated whether the statement returned more rows than the server returns at once; its effect is complete
 */
public record ExecResult(
        long changes,
        long lastInsertRowid,
        Long generatedKey,
        Lsn lsn,
        List<QueryResult.Column> columns,
        List<Object[]> rows,
        boolean truncated) {}
