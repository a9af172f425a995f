/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import java.util.List;

/**
 * Rows of a query.
 *
 * @param columns one per value of a row
 * @param rows values are Long, Double, String, RawText (text that is not well-formed), byte[] or null
 * @param truncated whether the server had more rows than were asked for
 */
public record QueryResult(List<Column> columns, List<Object[]> rows, boolean truncated) {

    /** @param declaredType empty where the column is an expression */
    public record Column(String name, String declaredType) {}
}
