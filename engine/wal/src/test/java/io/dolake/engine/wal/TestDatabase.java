/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** A database in WAL mode, written through sqlite-jdbc as the engine does it, and a decoder on its log. */
final class TestDatabase implements AutoCloseable {
    private final Path file;
    private final Connection connection;
    private final RandomAccessFile main;
    private final SchemaSource schemas =
            new JdbcSchemaSource(() -> DriverManager.getConnection("jdbc:sqlite::memory:"));
    private WalDecoder decoder;

    /** @param pragmas run before the database is made: page size, encoding, auto_vacuum */
    TestDatabase(Path directory, String... pragmas) throws SQLException, IOException {
        file = directory.resolve("test.db");
        connection = DriverManager.getConnection("jdbc:sqlite:file:" + file + "?vfs=unix-excl");
        for (String pragma : pragmas) {
            execute("PRAGMA " + pragma);
        }
        execute("PRAGMA journal_mode=WAL");
        execute("PRAGMA synchronous=OFF");
        execute("PRAGMA wal_autocheckpoint=0");
        main = new RandomAccessFile(file.toFile(), "r");
        decoder = open(WalPosition.start(Lsn.ZERO), Map.of());
    }

    /** Makes an empty database whose pages end in bytes that SQLite leaves alone. */
    static void prepareWithReservedBytes(Path directory, int reserved, String... pragmas)
            throws SQLException, IOException {
        Path file = directory.resolve("test.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String pragma : pragmas) {
                statement.execute("PRAGMA " + pragma);
            }
            statement.execute("PRAGMA user_version=1");
        }
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            int pageSize = (int) raw.length();
            raw.seek(20);
            raw.write(reserved);
            // Where the content of page 1, a leaf without cells, begins: at the end.
            raw.seek(Page.DATABASE_HEADER + 5);
            raw.writeShort(pageSize - reserved);
        }
    }

    /** Opens another decoder on the same files. */
    WalDecoder open(WalPosition position, Map<String, Lsn> schemaLsns) throws IOException {
        // A small cache, so that pages are evicted.
        return WalDecoder.open(pages(), wal(), position, schemaLsns, schemas, 64 * 1024);
    }

    PageSource pages() {
        return PageSource.of(main);
    }

    Path wal() {
        return file.resolveSibling(file.getFileName() + "-wal");
    }

    Path file() {
        return file;
    }

    Connection connection() {
        return connection;
    }

    WalDecoder decoder() {
        return decoder;
    }

    void execute(String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Gives up to this number of free pages back. {@link #execute} would take one step, of one page. */
    void incrementalVacuum(int pages) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("PRAGMA incremental_vacuum(" + pages + ")");
        }
    }

    /** The statements as one transaction. */
    void transaction(String... statements) throws SQLException {
        execute("BEGIN IMMEDIATE");
        execute(statements);
        execute("COMMIT");
    }

    long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.getLong(1);
        }
    }

    int poll(ChangeListener listener) throws IOException {
        int decoded = 0;
        for (int n = decoder.poll(listener, 7); n > 0; n = decoder.poll(listener, 7)) {
            decoded += n;
        }
        return decoded;
    }

    /** Continues with a new decoder at the position of the old one. */
    void restartDecoder() throws IOException {
        WalPosition position = decoder.position();
        Map<String, Lsn> schemaLsns = schemaLsns();
        decoder.close();
        decoder = open(position, schemaLsns);
    }

    Map<String, Lsn> schemaLsns() {
        Map<String, Lsn> lsns = new HashMap<>();
        decoder.tables().forEach((name, schema) -> lsns.put(name, schema.schemaLsn()));
        return lsns;
    }

    @Override
    public void close() throws SQLException, IOException {
        decoder.close();
        connection.close();
        main.close();
    }
}
