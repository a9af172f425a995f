/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks;

import io.dolake.engine.wal.PageSource;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** An SQLite database in WAL mode whose log stays until it is told to go into the main file. */
final class SourceDatabase implements AutoCloseable {
    private final Path file;
    private final Connection connection;
    private final RandomAccessFile main;

    SourceDatabase(Path directory) throws SQLException, IOException {
        file = directory.resolve("bench.db");
        connection = DriverManager.getConnection("jdbc:sqlite:file:" + file + "?vfs=unix-excl");
        execute("PRAGMA journal_mode = WAL");
        execute("PRAGMA synchronous = OFF");
        execute("PRAGMA wal_autocheckpoint = 0");
        main = new RandomAccessFile(file.toFile(), "r");
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    PreparedStatement prepare(String sql) throws SQLException {
        return connection.prepareStatement(sql);
    }

    void autoCommit(boolean on) throws SQLException {
        connection.setAutoCommit(on);
    }

    void commit() throws SQLException {
        connection.commit();
    }

    /** Moves the log into the main file and empties it: what was done so far is not measured. */
    void checkpoint() throws SQLException {
        execute("PRAGMA wal_checkpoint(truncate)");
    }

    Path wal() {
        return file.resolveSibling(file.getFileName() + "-wal");
    }

    PageSource pages() {
        return PageSource.of(main);
    }

    @Override
    public void close() throws SQLException, IOException {
        connection.close();
        main.close();
    }
}
