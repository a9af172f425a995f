/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import java.util.List;

/** A WebSocket session with one database: statements in order, interactive transactions, cursors. Not thread-safe. */
public interface Session extends AutoCloseable {

    /** How a transaction begins. */
    enum Mode {
        DEFERRED,
        IMMEDIATE,
        READ_ONLY
    }

    /**
     * The point at which a transaction began.
     *
     * @param lsn for READ_ONLY, the LSN of the pinned view: a subscription from it continues the view exactly
     */
    record Begin(String epoch, Lsn lsn) {}

    Begin begin(Mode mode);

    /** Returns the newest committed LSN. */
    Lsn commit();

    Lsn rollback();

    ExecResult exec(Statement statement);

    /** Runs all statements or none; one result each. */
    List<ExecResult> batch(List<Statement> statements);

    /** Streams the rows, {@code fetchSize} at a time. At most one cursor of a session is read at a time. */
    Cursor query(Statement statement, int fetchSize);

    /** Rows of a query, fetched as they are read. */
    interface Cursor extends AutoCloseable {
        List<QueryResult.Column> columns();

        /** The next row, or null at the end. */
        Object[] next();

        @Override
        void close();
    }

    /** The tables that are captured, by name, as the session sees them now, described as in the change log. */
    List<TableSchema> schema();

    DatabaseStatus status();

    /** Whether the session is open, as far as the client knows. */
    boolean isOpen();

    @Override
    void close();
}
