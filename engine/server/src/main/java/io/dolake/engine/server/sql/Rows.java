/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import java.util.List;

/**
 * Rows of a statement, or the next of them.
 *
 * @param rows values are Long, Integer, Double, String, RawText, byte[] or null
 * @param more whether there are rows behind them
 */
public record Rows(List<Column> columns, List<Object[]> rows, boolean more) {

    /** @param declaredType the empty text where the column is an expression or declares none */
    public record Column(String name, String declaredType) {}
}
