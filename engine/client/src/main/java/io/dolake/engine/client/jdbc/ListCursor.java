/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import io.dolake.engine.client.QueryResult;
import io.dolake.engine.client.Session;
import java.util.Iterator;
import java.util.List;

/** Rows that are in memory already. */
final class ListCursor implements Session.Cursor {
    private final List<QueryResult.Column> columns;
    private final Iterator<Object[]> rows;

    ListCursor(List<QueryResult.Column> columns, List<Object[]> rows) {
        this.columns = columns;
        this.rows = rows.iterator();
    }

    @Override
    public List<QueryResult.Column> columns() {
        return columns;
    }

    @Override
    public Object[] next() {
        return rows.hasNext() ? rows.next() : null;
    }

    @Override
    public void close() {
        // Nothing is held but memory.
    }
}
