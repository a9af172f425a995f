/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.capture.Checkpointer;
import io.dolake.engine.server.sql.Rows;
import io.dolake.engine.server.sql.StatementResult;
import io.dolake.engine.server.sqltext.PragmaText;
import io.dolake.engine.server.sqltext.SqlText;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.List;

/** Runs {@code PRAGMA wal_checkpoint} as a checkpoint of the engine. */
public final class CheckpointPragma {
    private static final List<Rows.Column> COLUMNS =
            List.of(new Rows.Column("busy", ""), new Rows.Column("log", ""), new Rows.Column("checkpointed", ""));

    private CheckpointPragma() {}

    public static StatementResult run(Database database, SqlText text) {
        if (!text.head().get(0).equals("PRAGMA")) {
            throw new DoLakeException(
                    ErrorCode.STATEMENT_NOT_ALLOWED, "Cannot explain PRAGMA wal_checkpoint: the engine answers it");
        }
        Checkpointer.Mode mode =
                Checkpointer.Mode.parse(PragmaText.of(text.sql()).argument());
        Checkpointer.Result result = database.checkpoint(mode);
        Object[] row = {result.busy(), result.log(), result.checkpointed()};
        return new StatementResult(0, 0, null, new Rows(COLUMNS, java.util.Collections.singletonList(row), false));
    }
}
