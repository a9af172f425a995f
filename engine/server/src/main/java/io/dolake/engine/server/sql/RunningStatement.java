/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import io.dolake.engine.server.sqlite.Cells;
import io.dolake.engine.server.support.Memory;
import io.dolake.schemas.RawText;
import io.dolake.schemas.TextEncoding;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.CoreStatement;
import org.sqlite.core.DB;

/** A started statement whose rows, if it has any, are read page by page. Not thread-safe. */
final class RunningStatement implements AutoCloseable {
    /** The largest values that a cached statement keeps bound. */
    private static final int MAX_BOUND_LENGTH = 4_096;

    private final String sql;
    private final StatementCache statements;
    private final PreparedStatement statement;
    private final ResultSet rows;
    private final DB database;
    /**
     * The connection's count of changed rows before the statement; negative if SQLite counts the statement's own rows.
     */
    private final long changesBefore;

    private final List<Rows.Column> columns;
    private final List<Object> parameters;
    private final TextEncoding encoding;
    private final UserConnection.Limits limits;

    private boolean started;
    private boolean onRow;

    private RunningStatement(
            String sql,
            StatementCache statements,
            PreparedStatement statement,
            ResultSet rows,
            DB database,
            long changesBefore,
            List<Rows.Column> columns,
            List<Object> parameters,
            TextEncoding encoding,
            UserConnection.Limits limits) {
        this.encoding = encoding;
        this.limits = limits;
        this.sql = sql;
        this.statements = statements;
        this.statement = statement;
        this.rows = rows;
        this.database = database;
        this.changesBefore = changesBefore;
        this.columns = columns;
        this.parameters = parameters;
    }

    static RunningStatement start(
            SQLiteConnection connection,
            StatementCache statements,
            SqlRequest request,
            TextEncoding encoding,
            UserConnection.Limits limits)
            throws SQLException {
        String sql = RawParameters.sql(request.text().sql(), request.parameters());
        DB database = connection.getDatabase();
        long before = request.text().isCounted() ? -1 : database.total_changes();
        PreparedStatement statement = statements.take(sql, request.parameters().size());
        try {
            bind(statement, request.parameters());
            boolean hasRows = statement.execute();
            ResultSet rows = hasRows ? statement.getResultSet() : null;
            return new RunningStatement(
                    sql,
                    statements,
                    statement,
                    rows,
                    database,
                    before,
                    hasRows ? columns(statement, rows) : List.of(),
                    request.parameters(),
                    encoding,
                    limits);
        } catch (SQLException | RuntimeException | Error e) {
            statement.close();
            throw e;
        }
    }

    private static void bind(PreparedStatement statement, List<Object> values) throws SQLException {
        int index = 1;
        for (Object value : values) {
            if (value == null) {
                statement.setNull(index, java.sql.Types.NULL);
            } else if (value instanceof Long number) {
                statement.setLong(index, number);
            } else if (value instanceof Double number) {
                statement.setDouble(index, number);
            } else if (value instanceof byte[] bytes) {
                statement.setBytes(index, bytes);
            } else if (value instanceof RawText text) {
                statement.setBytes(index, text.bytes());
            } else {
                statement.setString(index, (String) value);
            }
            index++;
        }
    }

    private static List<Rows.Column> columns(PreparedStatement statement, ResultSet rows) throws SQLException {
        List<Rows.Column> columns = new ArrayList<>();
        int count = rows.getMetaData().getColumnCount();
        for (int i = 0; i < count; i++) {
            columns.add(new Rows.Column(rows.getMetaData().getColumnLabel(i + 1), declaredType(statement, i)));
        }
        return columns;
    }

    /** Reads the declared types; the driver's own metadata cannot tell "no declared type" from NUMERIC. */
    private static String declaredType(PreparedStatement statement, int column) throws SQLException {
        String type = ((CoreStatement) statement)
                .pointer.safeRun((DB database, long pointer) -> database.column_decltype(pointer, column));
        return type == null ? "" : type;
    }

    String sql() {
        return sql;
    }

    /** The limits that the statement was started with. */
    UserConnection.Limits limits() {
        return limits;
    }

    boolean hasRows() {
        return rows != null;
    }

    List<Rows.Column> columns() {
        return columns;
    }

    /** The number of rows changed. SQLite counts them when the statement ends, so call this after {@link #close}. */
    long changes() throws SQLException {
        return changesBefore >= 0 && database.total_changes() == changesBefore ? 0 : database.changes();
    }

    /** Reads the next rows: up to the number of rows of the page, and until its bytes are exceeded. */
    Rows read(UserConnection.Page page) throws SQLException {
        List<Object[]> read = new ArrayList<>();
        long before = page.memory().bytes();
        if (!started) {
            started = true;
            onRow = rows.next();
        }
        while (onRow && read.size() < page.rows() && page.memory().bytes() - before < page.bytes()) {
            read.add(row(page.memory()));
            onRow = rows.next();
        }
        return new Rows(columns, read, onRow);
    }

    private Object[] row(Memory.Lease memory) throws SQLException {
        return ((CoreStatement) statement).pointer.safeRun((DB db, long pointer) -> {
            Object[] row = new Object[columns.size()];
            for (int i = 0; i < row.length; i++) {
                row[i] = Cells.read(db, pointer, i, encoding, memory);
            }
            return row;
        });
    }

    private static boolean isLong(Object value) {
        return value instanceof String text
                ? text.length() > MAX_BOUND_LENGTH
                : value instanceof byte[] blob && blob.length > MAX_BOUND_LENGTH
                        || value instanceof RawText raw && raw.bytes().length > MAX_BOUND_LENGTH;
    }

    @Override
    public void close() throws SQLException {
        if (rows == null) {
            for (Object value : parameters) {
                if (isLong(value)) {
                    statement.clearParameters();
                    break;
                }
            }
            statements.give(sql, statement, parameters.size());
            return;
        }
        rows.close();
        statement.close();
    }
}
