/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.ExecResult;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.SqlText;
import io.dolake.engine.client.Statement;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import java.util.List;

/**
 * A session that tracks whether it is in a transaction, no matter whether the connection, the caller, or SQL began it.
 */
final class TrackedSession implements Session {
    private final Session session;
    private boolean inTransaction;
    private Begin lastBegin;

    TrackedSession(Session session) {
        this.session = session;
    }

    boolean inTransaction() {
        return inTransaction;
    }

    /** Where the last transaction began that was not begun by SQL; null if there was none. */
    Begin lastBegin() {
        return lastBegin;
    }

    @Override
    public Begin begin(Mode mode) {
        lastBegin = session.begin(mode);
        inTransaction = true;
        return lastBegin;
    }

    @Override
    public Lsn commit() {
        Lsn lsn = session.commit();
        inTransaction = false;
        return lsn;
    }

    /** The transaction is over even if this fails, since the session is then unusable. */
    @Override
    public Lsn rollback() {
        inTransaction = false;
        return session.rollback();
    }

    @Override
    public ExecResult exec(Statement statement) {
        SqlText.Kind kind = SqlText.kind(statement.sql());
        ExecResult result = session.exec(statement);
        if (kind == SqlText.Kind.BEGIN) {
            inTransaction = true;
        } else if (kind == SqlText.Kind.END) {
            inTransaction = false;
        }
        return result;
    }

    @Override
    public List<ExecResult> batch(List<Statement> statements) {
        return session.batch(statements);
    }

    @Override
    public Cursor query(Statement statement, int fetchSize) {
        return session.query(statement, fetchSize);
    }

    @Override
    public List<TableSchema> schema() {
        return session.schema();
    }

    @Override
    public DatabaseStatus status() {
        return session.status();
    }

    @Override
    public boolean isOpen() {
        return session.isOpen();
    }

    @Override
    public void close() {
        session.close();
    }
}
