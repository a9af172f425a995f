/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import io.dolake.engine.server.sqltext.SqlText;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs several statements as one transaction. */
public final class StatementBatch {
    private static final Logger LOG = LoggerFactory.getLogger(StatementBatch.class);

    private StatementBatch() {}

    /** Runs the statements in a transaction of their own: all or none. */
    public static List<StatementResult> transaction(
            UserConnection connection, List<SqlRequest> requests, UserConnection.Page page) {
        return inTransaction(connection, () -> statements(connection, requests, page));
    }

    /** Runs one statement that returns rows; it has an effect only if all rows could be read. */
    public static StatementResult oneInTransaction(
            UserConnection connection, SqlRequest request, UserConnection.Page page) {
        return inTransaction(connection, () -> connection.run(request, page));
    }

    /** Runs the statements inside the open transaction, which is unchanged if one of them fails. */
    public static List<StatementResult> savepoint(
            UserConnection connection, List<SqlRequest> requests, UserConnection.Page page) {
        return inSavepoint(connection, () -> statements(connection, requests, page));
    }

    /** As {@link #oneInTransaction}, inside the open transaction. */
    public static StatementResult oneInSavepoint(
            UserConnection connection, SqlRequest request, UserConnection.Page page) {
        return inSavepoint(connection, () -> connection.run(request, page));
    }

    private static <T> T inTransaction(UserConnection connection, Supplier<T> work) {
        return atomically(connection, "BEGIN IMMEDIATE", work, "COMMIT", "ROLLBACK");
    }

    private static <T> T inSavepoint(UserConnection connection, Supplier<T> work) {
        String end = "RELEASE _dosql_batch";
        return atomically(connection, "SAVEPOINT _dosql_batch", work, end, "ROLLBACK TO _dosql_batch", end);
    }

    private static <T> T atomically(
            UserConnection connection, String begin, Supplier<T> work, String end, String... undo) {
        connection.execute(begin);
        try {
            T result = work.get();
            connection.execute(end);
            return result;
        } catch (RuntimeException | Error e) {
            for (String sql : undo) {
                rollback(connection, sql);
            }
            throw e;
        }
    }

    private static void rollback(UserConnection connection, String sql) {
        try {
            connection.execute(sql);
        } catch (DoLakeException e) {
            // SQLite has already ended the transaction, which is what was wanted.
            LOG.debug("{} after a failed batch: {}", sql, e.getMessage());
        }
    }

    private static List<StatementResult> statements(
            UserConnection connection, List<SqlRequest> requests, UserConnection.Page page) {
        List<StatementResult> outcomes = new ArrayList<>(requests.size());
        for (int i = 0; i < requests.size(); i++) {
            try {
                check(requests.get(i).text());
                outcomes.add(connection.run(requests.get(i), page));
            } catch (DoLakeException e) {
                throw e.withDetail("statement", i);
            }
        }
        return outcomes;
    }

    private static void check(SqlText text) {
        SqlGuard.check(text, false);
        switch (text.kind()) {
            case READ, WRITE -> {}
            case PRAGMA -> {
                SqlGuard.Pragma pragma = SqlGuard.pragma(text);
                if (pragma != SqlGuard.Pragma.READ && pragma != SqlGuard.Pragma.WRITE) {
                    throw SqlGuard.refused("this PRAGMA in a batch", "Send it alone, outside of a batch.");
                }
            }
            default ->
                throw new DoLakeException(
                        ErrorCode.TRANSACTION_STATE,
                        "Cannot run " + text.kind() + " in a batch: a batch is one transaction already");
        }
    }
}
