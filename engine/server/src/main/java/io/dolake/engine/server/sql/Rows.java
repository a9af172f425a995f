/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import java.util.List;

/**
 * The rows of a statement, or a page of them.
 *
 * @param rows values are Long, Integer, Double, String, RawText, byte[] or null
 * @param more whether more rows follow
 */
public record Rows(List<Column> columns, List<Object[]> rows, boolean more) {

    /** @param declaredType the empty text for an expression or a column without a declared type */
    public record Column(String name, String declaredType) {}
}
