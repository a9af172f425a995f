/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.ExecResult;
import io.dolake.engine.client.QueryResult;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.SqlText;
import io.dolake.engine.client.Statement;
import io.dolake.pipeline.sql.JsonRow;
import io.dolake.pipeline.sql.SqlScript;
import io.dolake.pipeline.sql.TextTable;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs SQL. */
@Command(
        name = "sql",
        header = "Runs SQL on a database: the statement given, or a script on standard input.",
        description = {
            "",
            "A script runs in one session, so BEGIN ... COMMIT work; the first statement that fails stops it, with its line."
                    + " A database that does not exist is created."
        })
final class SqlCommand extends PipelineCommand {
    private static final int FETCH_SIZE = 1_000;

    @Parameters(index = "0", paramLabel = "NAME", description = "The database.")
    private String name;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "STATEMENT",
            description = "One or more statements. Without it, or with -, standard input is read.")
    private String statement;

    @Option(names = "--json", description = "Prints only rows, each as a JSON object; a BLOB is {\"blob\": \"<hex>\"}.")
    private boolean json;

    private boolean inTransaction;

    @Override
    public Integer call() throws IOException {
        databaseName(name);
        Reader text = statement == null || statement.equals("-")
                ? new InputStreamReader(streams.in(), StandardCharsets.UTF_8)
                : new StringReader(statement);
        try (DoSqlClient engine = engine(running());
                Session session = open(engine)) {
            SqlScript script = new SqlScript(text);
            for (SqlScript.Piece piece = script.next(); piece != null; piece = script.next()) {
                run(session, piece);
            }
            refuseOpenTransaction(session);
        }
        return 0;
    }

    /** The session is asked: a SAVEPOINT begins a transaction too, and its RELEASE ends it or does not. */
    private static void refuseOpenTransaction(Session session) {
        try {
            session.begin(Session.Mode.DEFERRED);
            session.rollback();
        } catch (DoLakeException e) {
            if (e.code() != ErrorCode.TRANSACTION_STATE) {
                throw e;
            }
            throw new DoLakeException(
                            ErrorCode.TRANSACTION_STATE,
                            "Cannot keep the last transaction: the script ended before COMMIT, so it was rolled back",
                            e)
                    .withHint("End it with COMMIT or ROLLBACK, a savepoint with RELEASE.");
        }
    }

    private Session open(DoSqlClient engine) {
        try {
            engine.status(name);
        } catch (DoLakeException e) {
            if (e.code() != ErrorCode.DATABASE_NOT_FOUND) {
                throw e;
            }
            engine.create(name);
            err().println("created database " + name);
            err().flush();
        }
        return engine.session(name);
    }

    private void run(Session session, SqlScript.Piece piece) {
        try {
            if (SqlText.onlyReads(piece.sql())) {
                query(session, piece.sql());
                return;
            }
            ExecResult result = session.exec(Statement.of(piece.sql()));
            SqlText.Kind kind = SqlText.kind(piece.sql());
            inTransaction = kind == SqlText.Kind.BEGIN || inTransaction && kind != SqlText.Kind.END;
            print(result, piece.sql());
        } catch (DoLakeException e) {
            DoLakeException placed = new DoLakeException(e.code(), "Line " + piece.line() + ": " + e.getMessage(), e);
            String hint = e.hint().orElse("");
            if (inTransaction) {
                hint = (hint.isEmpty() ? "" : hint + " ") + "The open transaction was rolled back.";
            }
            throw hint.isEmpty() ? placed : placed.withHint(hint);
        }
    }

    private void query(Session session, String sql) {
        try (Session.Cursor cursor = session.query(Statement.of(sql), FETCH_SIZE)) {
            Rows rows = new Rows(cursor.columns());
            long count = 0;
            for (Object[] row = cursor.next(); row != null; row = cursor.next()) {
                rows.add(row);
                if (++count % FETCH_SIZE == 0 && out().checkError()) {
                    return; // nobody reads on
                }
            }
            rows.end();
        }
    }

    private void print(ExecResult result, String sql) {
        if (!result.columns().isEmpty()) {
            Rows rows = new Rows(result.columns());
            result.rows().forEach(rows::add);
            rows.end();
        } else if (!json) {
            boolean changes = SqlText.changesRows(sql);
            out().println(
                            changes
                                    ? result.changes() + (result.changes() == 1 ? " row changed" : " rows changed")
                                    : "ok");
        }
    }

    /** Rows of one statement, in the form asked for. */
    private final class Rows {
        private final List<String> names;
        private final TextTable table;

        Rows(List<QueryResult.Column> columns) {
            this.names = columns.stream().map(QueryResult.Column::name).toList();
            this.table = json ? null : new TextTable(out(), names);
        }

        void add(Object[] row) {
            if (json) {
                out().print(JsonRow.of(JsonRow.object(names, row)) + "\n");
            } else {
                table.add(row);
            }
        }

        void end() {
            if (!json) {
                long count = table.end();
                out().println(count + (count == 1 ? " row" : " rows"));
            }
        }
    }
}
