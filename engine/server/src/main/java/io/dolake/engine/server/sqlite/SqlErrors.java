/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqlite;

import io.dolake.engine.server.sqltext.Unstoppable;
import io.dolake.engine.server.support.Suggestions;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.sql.SqlScanner;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Translates SQLite's errors into {@code DoLakeException}s. */
public final class SqlErrors {
    private static final Pattern NO_TABLE = Pattern.compile("no such (?:table|view): (?:main\\.)?(.+)");
    private static final Pattern NO_COLUMN = Pattern.compile(
            "no such column: (.+?)(?: - .*)?|table \\S+ has no column named (.+)|.*unknown column \"(.+)\".*");
    private static final Pattern CONSTRAINT = Pattern.compile("(.*) constraint failed(?:: (.*))?");

    /** SQLite's message for a value that is too large; the engine's own functions use it too. */
    static final String TOO_BIG = "string or blob too big";

    private static final String PATTERN_TOO_LONG = "LIKE or GLOB pattern too complex";

    private SqlErrors() {}

    /** An I/O error of the engine's own files. */
    public static DoLakeException io(String action, Exception e) {
        String reason = e instanceof SQLException sql ? nativeMessage(sql) : String.valueOf(e.getMessage());
        ErrorCode code = ErrorCode.IO_ERROR;
        if (isFull(e)) {
            code = ErrorCode.STORAGE_FULL;
        } else if (e instanceof SQLException sql && isDamaged(primary(sql))) {
            code = ErrorCode.INVALID_DATABASE_FILE;
        }
        return new DoLakeException(code, "Cannot " + action + ": " + reason, e);
    }

    /** An error of a change log, which is not a user's database. */
    public static DoLakeException log(String action, Exception e) {
        DoLakeException error = io(action, e);
        return error.code() == ErrorCode.INVALID_DATABASE_FILE
                ? new DoLakeException(ErrorCode.CHANGE_LOG_CORRUPT, error.getMessage(), e)
                : error;
    }

    /** An error of a user's statement. */
    public static DoLakeException statement(SQLException e, String sql, Connection connection) {
        String reason = nativeMessage(e);
        if (isOutOfMemory(e, reason)) {
            return error(ErrorCode.PAYLOAD_TOO_LARGE, "it needs more memory than is available", e);
        }
        if (reason.equals(TOO_BIG)) {
            return tooBig(e);
        }
        return switch (primary(e)) {
            case SQLITE_ERROR -> ofText(e, reason, sql, connection);
            case SQLITE_CONSTRAINT -> constraint(e, reason);
            case SQLITE_MISMATCH -> error(ErrorCode.TYPE_MISMATCH, reason, e);
            case SQLITE_READONLY -> readOnly(e, sql);
            case SQLITE_AUTH, SQLITE_PERM -> error(ErrorCode.STATEMENT_NOT_ALLOWED, reason, e);
            case SQLITE_TOOBIG -> tooBig(e);
            case SQLITE_RANGE -> error(ErrorCode.INVALID_ARGUMENT, reason, e);
            case SQLITE_INTERRUPT -> error(ErrorCode.TIMEOUT, "it was interrupted", e);
            case SQLITE_FULL -> error(ErrorCode.STORAGE_FULL, reason, e);
            case SQLITE_LOCKED ->
                error(ErrorCode.TRANSACTION_STATE, reason, e)
                        .withHint("Another statement of this session is still being read: close its cursor.");
            case SQLITE_BUSY -> busy(e, reason);
            case SQLITE_CORRUPT, SQLITE_NOTADB -> error(ErrorCode.INVALID_DATABASE_FILE, reason, e);
            default -> isFull(e) ? error(ErrorCode.STORAGE_FULL, reason, e) : error(ErrorCode.IO_ERROR, reason, e);
        };
    }

    /** The driver has a message of its own for a text or row that is too large for an array. */
    private static boolean isOutOfMemory(SQLException e, String reason) {
        return primary(e) == SQLiteErrorCode.SQLITE_NOMEM || reason.equalsIgnoreCase("out of memory");
    }

    private static DoLakeException tooBig(SQLException e) {
        return error(ErrorCode.PAYLOAD_TOO_LARGE, TOO_BIG, e)
                .withHint(
                        "DOSQL_MAX_VALUE_BYTES, a sixteenth of the heap (-Xmx) at most, is the largest value. It is smaller in a"
                                + " statement of more than 16 function calls, of several LIKE or GLOB or one with a pattern of"
                                + " more than 50 bytes, or with json_patch, and where views, triggers or checks have such"
                                + " ones. Statements have 1,000,000 bytes at most: send large values as parameters.");
    }

    private static DoLakeException busy(SQLException e, String reason) {
        if (code(e) == SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT) {
            return error(
                            ErrorCode.SERIALIZATION_FAILURE,
                            "another transaction has committed since this one began reading",
                            e)
                    .withHint("Roll back and retry; BEGIN IMMEDIATE avoids it.")
                    .withRetryAfter(Duration.ofMillis(10));
        }
        return error(ErrorCode.TXN_LOCK_TIMEOUT, reason, e).withRetryAfter(Duration.ofMillis(100));
    }

    private static DoLakeException readOnly(SQLException e, String sql) {
        if (namesLog(sql)) {
            return error(ErrorCode.STATEMENT_NOT_ALLOWED, "the change log is read-only", e)
                    .withHint("Retention drops old segments: DOSQL_WAL_RETENTION_MS, DOSQL_WAL_RETENTION_BYTES.");
        }
        return error(ErrorCode.STATEMENT_NOT_ALLOWED, "it writes, but only reads are allowed", e)
                .withHint("Send it with exec.");
    }

    /** Whether the statement contains a name of the change log, as an identifier or as a text. */
    public static boolean namesLog(String sql) {
        SqlScanner scanner = new SqlScanner(sql);
        while (scanner.next() != SqlScanner.Token.END) {
            String name = scanner.name();
            if (name.equals("_WAL_SEGMENTS") || name.equals("_WAL_ARCHIVE") || name.equals("_DOSQL_LOG")) {
                return true;
            }
        }
        return false;
    }

    private static DoLakeException ofText(SQLException e, String reason, String sql, Connection connection) {
        if (reason.equals(PATTERN_TOO_LONG)) {
            return error(ErrorCode.PAYLOAD_TOO_LARGE, reason, e)
                    .withHint("A pattern has " + Unstoppable.MAX_PATTERN_BYTES
                            + " bytes at most; instr() finds a longer text that has no wildcards.");
        }
        if (reason.equals(TextFunctions.Interrupt.MESSAGE)) {
            return error(ErrorCode.TIMEOUT, "it was interrupted", e);
        }
        Matcher table = NO_TABLE.matcher(reason);
        if (table.matches()) {
            DoLakeException error = error(ErrorCode.TABLE_NOT_FOUND, reason, e).withDetail("table", table.group(1));
            return Suggestions.add(error, Suggestions.nearest(table.group(1), NameSuggestions.tables(connection)));
        }
        Matcher column = NO_COLUMN.matcher(reason);
        if (column.matches()) {
            String name = firstGroup(column);
            DoLakeException error = error(ErrorCode.COLUMN_NOT_FOUND, reason, e).withDetail("column", name);
            String bare = name.substring(name.lastIndexOf('.') + 1);
            return Suggestions.add(error, Suggestions.nearest(bare, NameSuggestions.columns(connection)));
        }
        if (reason.contains("not authorized")) {
            return error(ErrorCode.STATEMENT_NOT_ALLOWED, reason, e);
        }
        if (reason.contains("within a transaction")
                || reason.contains("no transaction is active")
                || reason.startsWith("no such savepoint")) {
            return error(ErrorCode.TRANSACTION_STATE, reason, e);
        }
        return SyntaxErrors.of(error(ErrorCode.SYNTAX_ERROR, reason, e), reason, sql, connection);
    }

    private static String firstGroup(Matcher matcher) {
        for (int i = 1; i <= matcher.groupCount(); i++) {
            if (matcher.group(i) != null) {
                return matcher.group(i);
            }
        }
        return "";
    }

    private static DoLakeException constraint(SQLException e, String reason) {
        SQLiteErrorCode code = code(e);
        if (code == SQLiteErrorCode.SQLITE_CONSTRAINT_DATATYPE) {
            return error(ErrorCode.TYPE_MISMATCH, reason, e);
        }
        DoLakeException error = error(ErrorCode.CONSTRAINT_VIOLATION, reason, e).withDetail("kind", kind(code));
        Matcher matcher = CONSTRAINT.matcher(reason);
        if (!matcher.matches() || matcher.group(2) == null) {
            return error;
        }
        if (code == SQLiteErrorCode.SQLITE_CONSTRAINT_CHECK) {
            return error.withDetail("constraint", matcher.group(2));
        }
        List<String> columns = Arrays.asList(matcher.group(2).split(", "));
        int dot = columns.get(0).indexOf('.');
        if (dot < 0) {
            return error.withDetail("columns", columns);
        }
        return error.withDetail("table", columns.get(0).substring(0, dot))
                .withDetail(
                        "columns",
                        columns.stream()
                                .map(c -> c.substring(c.indexOf('.') + 1))
                                .toList());
    }

    private static String kind(SQLiteErrorCode code) {
        return switch (code) {
            case SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID -> "PRIMARY KEY";
            case SQLITE_CONSTRAINT_UNIQUE -> "UNIQUE";
            case SQLITE_CONSTRAINT_NOTNULL -> "NOT NULL";
            case SQLITE_CONSTRAINT_CHECK -> "CHECK";
            case SQLITE_CONSTRAINT_FOREIGNKEY -> "FOREIGN KEY";
            case SQLITE_CONSTRAINT_TRIGGER -> "TRIGGER";
            default -> "OTHER";
        };
    }

    private static DoLakeException error(ErrorCode code, String reason, Exception cause) {
        return new DoLakeException(code, "Cannot run statement: " + reason, cause);
    }

    static SQLiteErrorCode code(SQLException e) {
        return e instanceof SQLiteException sqlite ? sqlite.getResultCode() : SQLiteErrorCode.SQLITE_ERROR;
    }

    public static SQLiteErrorCode primary(SQLException e) {
        return SQLiteErrorCode.getErrorCode(code(e).code & 0xFF);
    }

    private static boolean isDamaged(SQLiteErrorCode code) {
        return code == SQLiteErrorCode.SQLITE_NOTADB || code == SQLiteErrorCode.SQLITE_CORRUPT;
    }

    private static boolean isFull(Exception e) {
        if (e instanceof SQLException sql && primary(sql) == SQLiteErrorCode.SQLITE_FULL) {
            return true;
        }
        String message = String.valueOf(e.getMessage());
        return message.contains("No space left on device") || message.contains("Disk quota exceeded");
    }

    /** SQLite's own message, without the text that the driver puts around it. */
    public static String nativeMessage(SQLException e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof SQLiteException sqlite) {
            String prefix = "[" + sqlite.getResultCode().name() + "] " + sqlite.getResultCode().message + " (";
            if (message.startsWith(prefix) && message.endsWith(")")) {
                return message.substring(prefix.length(), message.length() - 1);
            }
        }
        return message;
    }
}
