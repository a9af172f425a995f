/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import io.dolake.engine.server.auth.Access;
import io.dolake.engine.server.auth.Right;
import io.dolake.engine.server.database.SessionTransaction;
import io.dolake.engine.server.sql.SqlGuard;
import io.dolake.engine.server.sqltext.SqlText;

/** Which right a statement needs. One that needs READ only runs on a connection that cannot write at that moment. */
final class StatementRights {
    private StatementRights() {}

    /** @throws io.dolake.schemas.DoLakeException FORBIDDEN */
    static void require(Access access, SqlText text) {
        access.require(needsWrite(text) ? Right.WRITE : Right.READ);
    }

    static void require(Access access, SessionTransaction.Mode mode) {
        access.require(mode == SessionTransaction.Mode.IMMEDIATE ? Right.WRITE : Right.READ);
    }

    private static boolean needsWrite(SqlText text) {
        return switch (text.kind()) {
            case READ, COMMIT, ROLLBACK, ROLLBACK_TO, RELEASE, EMPTY -> false;
            case BEGIN -> text.head().contains("IMMEDIATE") || text.head().contains("EXCLUSIVE");
            // A savepoint outside of a transaction begins one that writes.
            case WRITE, SAVEPOINT -> true;
            case PRAGMA -> isWriting(SqlGuard.pragma(text));
        };
    }

    private static boolean isWriting(SqlGuard.Pragma pragma) {
        return pragma == SqlGuard.Pragma.WRITE || pragma == SqlGuard.Pragma.CHECKPOINT;
    }
}
