/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import io.dolake.engine.server.archive.ArchivedSegment;
import io.dolake.engine.server.archive.ObjectStore;
import io.dolake.engine.server.archive.SegmentArchive;
import io.dolake.engine.server.config.ArchiveLocation;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.sqlite.SqlErrors;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.server.support.QuietClose;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteLimits;

/** A change log file that no engine has open, opened for reading only. Not thread-safe. */
public final class ChangeLogFile implements AutoCloseable {
    private final Path file;
    private final SQLiteConnection connection;
    private final ObjectStore store;
    private final SegmentArchive archive;

    private ChangeLogFile(Path file, SQLiteConnection connection, ObjectStore store) {
        this.file = file;
        this.connection = connection;
        this.store = store;
        this.archive = new SegmentArchive(name(file), store);
    }

    /**
     * A segment, or its row in the index of the archive.
     *
     * @param object its object in the archive; null if the segment is in the log
     */
    public record Entry(
            long id, Lsn start, Lsn end, int part, long events, long bytes, long createdAtMs, String object) {}

    /**
     * @param location of its archive; null if unknown, in which case archived segments cannot be verified
     * @throws DoLakeException INVALID_ARGUMENT if the file is not a change log, CONNECTION_ERROR if an engine has it
     *     open
     */
    public static ChangeLogFile open(Path file, ArchiveLocation location) {
        if (!Files.isRegularFile(file)) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot read change log " + file + ": there is no such file");
        }
        ServerConfig config = ServerConfig.of(file.toAbsolutePath().getParent());
        SQLiteConnection connection = null;
        ObjectStore store = null;
        try {
            connection = Sqlite.openReader(file, config);
            connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, Integer.MAX_VALUE);
            requireChangeLog(file, connection);
            store = location == null ? null : ObjectStore.open(location, config);
            return new ChangeLogFile(file, connection, store);
        } catch (SQLException e) {
            QuietClose.close(connection, store);
            throw failed(file, e);
        } catch (RuntimeException e) {
            QuietClose.close(connection, store);
            throw e;
        }
    }

    private static void requireChangeLog(Path file, SQLiteConnection connection) throws SQLException {
        long tables = Sqlite.numbers(
                connection,
                "SELECT count(*) FROM sqlite_schema WHERE name IN ('_wal_segments', '_wal_archive', '_dosql_state')",
                1)[0];
        if (tables < 3 || LogStatements.readState(connection) == null) {
            throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT, "Cannot read change log " + file + ": it is not a change log")
                    .withHint("A database NAME has its change log in NAME.log.db."
                            + " A log of an earlier version must first be opened by an engine.");
        }
    }

    private static String name(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(DatabaseFiles.LOG_EXTENSION)
                ? name.substring(0, name.length() - DatabaseFiles.LOG_EXTENSION.length())
                : name;
    }

    /** The next segments in order, archived ones included; empty at the end. */
    public List<Entry> list(long afterId, int limit) {
        List<Entry> entries = new ArrayList<>();
        try (PreparedStatement statement =
                connection.prepareStatement(LogVerifier.ALL + "WHERE id > ? ORDER BY id LIMIT ?")) {
            statement.setLong(1, afterId);
            statement.setInt(2, limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ArchivedSegment about = ArchiveIndex.row(row);
                    entries.add(new Entry(
                            about.id(),
                            about.start(),
                            about.end(),
                            about.part(),
                            about.events(),
                            about.bytes(),
                            about.createdAtMs(),
                            about.object()));
                }
            }
            return entries;
        } catch (SQLException e) {
            throw failed(file, e);
        }
    }

    /** Verifies some segments; the result says where to continue. */
    public LogCheckResult verify(long afterId, int maxSegments) {
        try {
            return LogVerifier.step(connection, archive, afterId, maxSegments, Long.MAX_VALUE / 1_000_000_000);
        } catch (SQLException e) {
            throw failed(file, e);
        }
    }

    private static DoLakeException failed(Path file, SQLException e) {
        if (SqlErrors.primary(e) == SQLiteErrorCode.SQLITE_BUSY) {
            return new DoLakeException(
                            ErrorCode.CONNECTION_ERROR, "Cannot read change log " + file + ": an engine has it open", e)
                    .withHint("Name the database instead of the file, or stop the engine.");
        }
        return SqlErrors.io("read change log " + file, e);
    }

    @Override
    public void close() {
        QuietClose.close(connection, store);
    }
}
