/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** SQLite files as other programs make them. */
final class SqliteFiles {
    private SqliteFiles() {}

    /** A database with a table of so many rows. */
    static Path create(Path file, int rows) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)");
            statement.execute("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < " + rows
                    + ") INSERT INTO t SELECT i, hex(randomblob(40)) FROM n");
        }
        return file;
    }

    /** A copy of a database that is in use, with changes in its log only: a create, an insert, an update, a delete. */
    static Path withLog(Path file) throws SQLException, IOException {
        Path original = file.resolveSibling("original-" + file.getFileName());
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + original);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, r REAL, t TEXT, b BLOB)");
            statement.execute("INSERT INTO t VALUES (1, 1, 'x', x'00ff')");
            statement.execute("UPDATE t SET t = 'y'");
            statement.execute("DELETE FROM t");
            for (String suffix : new String[] {"", "-wal", "-shm"}) {
                Files.copy(Path.of(original + suffix), Path.of(file + suffix));
            }
        }
        return file;
    }
}
