/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.Affinity;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.RawText;
import io.dolake.schemas.SqliteNames;
import io.dolake.schemas.TextEncoding;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Finds the value that a column has in a row whose record is too short for it, by letting SQLite add the column, with
 * its default, to a table that has a row. Only SQLite knows the value of {@code (CAST(x'41' AS TEXT))} in a column of
 * REAL affinity, in UTF-16.
 *
 * <p>If SQLite refuses that, it does not treat the default as a constant ({@code CURRENT_TIMESTAMP}, a function). Such
 * a column can only be added to an empty table, so every row has a value for it; for a row without one SQLite would
 * read NULL, and so the value here is null.
 */
final class ColumnDefaults {
    private final Statement statement;
    private final TextEncoding encoding;

    /** @param statement of a database in this encoding, which is that of the one whose columns these are */
    ColumnDefaults(Statement statement, TextEncoding encoding) {
        this.statement = statement;
        this.encoding = encoding;
    }

    /**
     * The value: Long, Double, String, RawText, byte[] or null.
     *
     * @param text as {@code table_xinfo} gives it: without the parentheses that an expression needs
     */
    Object value(ColumnSchema column, String text, boolean strict) throws SQLException {
        boolean any = strict && SqliteNames.equal(column.declaredType(), "ANY");
        String add = "ALTER TABLE temp.one_row ADD COLUMN d " + (any ? Affinity.BLOB : column.affinity()) + " DEFAULT ";
        statement.execute("CREATE TEMP TABLE one_row(x)");
        try {
            statement.execute("INSERT INTO one_row VALUES (0)");
            // The end of a line ends a comment. A word is a text without parentheses, and a column within them.
            return isDone(add + "(" + text + "\n)") || isDone(add + text) ? onlyValue() : null;
        } finally {
            statement.execute("DROP TABLE temp.one_row");
        }
    }

    private boolean isDone(String sql) {
        try {
            statement.execute(sql);
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private Object onlyValue() throws SQLException {
        try (ResultSet result = statement.executeQuery("SELECT typeof(d), d, CAST(d AS BLOB) FROM temp.one_row")) {
            result.next();
            return switch (result.getString(1)) {
                case "integer" -> result.getLong(2);
                case "real" -> result.getDouble(2);
                case "text" -> text(result.getBytes(3));
                case "blob" -> result.getBytes(2);
                default -> null;
            };
        }
    }

    private Object text(byte[] bytes) {
        return bytes == null ? "" : RawText.of(bytes, 0, bytes.length, encoding);
    }
}
