/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import io.dolake.engine.server.sqltext.PragmaText;
import io.dolake.engine.server.sqltext.SqlText;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.sql.SqlScanner;
import io.dolake.schemas.sql.SqlScanner.Token;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Refuses statements that would break capture, end the process or reach beyond the database. The statements that it
 * accepts can do no harm: the attached change log is read-only, extensions are off, statements that only read run on a
 * connection that cannot write, SQLite's limits bound the resources of a statement, and every write goes through the
 * WAL.
 */
public final class SqlGuard {
    /** PRAGMAs that only read, with or without an argument. */
    private static final Set<String> READING = Set.of(
            "TABLE_INFO",
            "TABLE_XINFO",
            "TABLE_LIST",
            "INDEX_LIST",
            "INDEX_INFO",
            "INDEX_XINFO",
            "FOREIGN_KEY_LIST",
            "FOREIGN_KEY_CHECK",
            "INTEGRITY_CHECK",
            "QUICK_CHECK",
            "COLLATION_LIST",
            "FUNCTION_LIST",
            "MODULE_LIST",
            "PRAGMA_LIST",
            "COMPILE_OPTIONS",
            "DATA_VERSION",
            "FREELIST_COUNT",
            "PAGE_COUNT",
            "DATABASE_LIST");

    /** PRAGMAs that may be read but not set. */
    private static final Set<String> READABLE = Set.of(
            "JOURNAL_MODE",
            "ENCODING",
            "PAGE_SIZE",
            "SCHEMA_VERSION",
            "AUTO_VACUUM",
            "SYNCHRONOUS",
            "CACHE_SIZE",
            "MAX_PAGE_COUNT",
            "LOCKING_MODE",
            "WAL_AUTOCHECKPOINT",
            "RECURSIVE_TRIGGERS",
            "BUSY_TIMEOUT",
            "SECURE_DELETE",
            "TEMP_STORE",
            "MMAP_SIZE",
            "JOURNAL_SIZE_LIMIT");

    /** PRAGMAs that write to the database, through the WAL like any statement. */
    private static final Set<String> WRITING =
            Set.of("USER_VERSION", "APPLICATION_ID", "INCREMENTAL_VACUUM", "OPTIMIZE");

    /** PRAGMAs that change the connection: allowed only in a session, which has its own. */
    private static final Set<String> OF_SESSION =
            Set.of("FOREIGN_KEYS", "DEFER_FOREIGN_KEYS", "ANALYSIS_LIMIT", "QUERY_ONLY");

    private static final Map<String, String> HINTS = Map.of(
            "JOURNAL_MODE", "The engine keeps every database in WAL mode: changes are captured from the WAL.",
            "WAL_AUTOCHECKPOINT", "The engine runs checkpoints on its own; PRAGMA wal_checkpoint runs one now.",
            "WRITABLE_SCHEMA", "Use ALTER TABLE.",
            "LOCKING_MODE", "The engine already is the only process that uses the file.");

    private SqlGuard() {}

    /** How the engine runs a PRAGMA. */
    public enum Pragma {
        READ,
        WRITE,
        SESSION,
        CHECKPOINT
    }

    /**
     * Refuses statements that users may not run.
     *
     * @param inSession whether the connection belongs to one session
     * @throws DoLakeException STATEMENT_NOT_ALLOWED
     */
    public static void check(SqlText text, boolean inSession) {
        if (text.finding() != null) {
            throw refused(text.finding().what(), text.finding().hint());
        }
        if (!inSession && text.verb().equals("CREATE") && isTemporary(text)) {
            throw refused("CREATE TEMP over HTTP", "Temporary objects belong to a session: open one.");
        }
    }

    /** Whether it is CREATE TEMP, or CREATE with a name in schema temp. */
    private static boolean isTemporary(SqlText text) {
        if (text.head().size() > 1 && text.head().get(1).startsWith("TEMP")) {
            return true;
        }
        SqlScanner scanner = new SqlScanner(text.sql());
        String previous = "";
        while (!scanner.next().equals(Token.END) && !scanner.name().isEmpty()) {
            previous = scanner.name();
        }
        return scanner.is('.') && previous.equals("TEMP");
    }

    /** Whether a statement only reads, so that it needs no turn to write. */
    public static boolean isRead(SqlText text) {
        return text.kind() == SqlText.Kind.READ || text.kind() == SqlText.Kind.PRAGMA && pragma(text) == Pragma.READ;
    }

    /** Decides how to run a PRAGMA, also one after EXPLAIN: SQLite runs some PRAGMAs while it compiles them. */
    public static Pragma pragma(SqlText text) {
        PragmaText pragma = PragmaText.of(text.sql());
        String name = pragma.name();
        if (name.equals("WAL_CHECKPOINT")) {
            return Pragma.CHECKPOINT;
        }
        if (READING.contains(name) || READABLE.contains(name) && !pragma.hasArgument()) {
            return Pragma.READ;
        }
        if (WRITING.contains(name)) {
            return Pragma.WRITE;
        }
        if (OF_SESSION.contains(name)) {
            return pragma.hasArgument() ? Pragma.SESSION : Pragma.READ;
        }
        throw refused(
                "PRAGMA " + name.toLowerCase(Locale.ROOT) + (pragma.hasArgument() ? " = ..." : ""),
                HINTS.getOrDefault(name, "The engine controls the settings of connections and files."));
    }

    public static DoLakeException refused(String what, String hint) {
        return new DoLakeException(
                        ErrorCode.STATEMENT_NOT_ALLOWED, "Cannot run " + what + ": the engine does not allow it")
                .withHint(hint);
    }
}
