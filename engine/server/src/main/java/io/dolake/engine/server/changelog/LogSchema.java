/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import io.dolake.engine.server.sqlite.Sqlite;
import java.sql.Connection;
import java.sql.SQLException;

/** The tables of a change log file: creates them, and brings those of an earlier version up to date. */
final class LogSchema {
    private static final String[] TABLES = {
        "CREATE TABLE IF NOT EXISTS _wal_segments (id INTEGER PRIMARY KEY, lsn_start INTEGER NOT NULL,"
                + " lsn_end INTEGER NOT NULL, part INTEGER NOT NULL, events INTEGER NOT NULL,"
                + " created_at_ms INTEGER NOT NULL, checksum INTEGER NOT NULL,"
                // Placed before the data: a column after a large value is found only by reading all pages of that
                // value.
                + " lsn_previous INTEGER, data BLOB NOT NULL) STRICT",
        "CREATE INDEX IF NOT EXISTS _wal_segments_lsn_end ON _wal_segments (lsn_end)",
        "CREATE TABLE IF NOT EXISTS _wal_archive (epoch TEXT NOT NULL, id INTEGER NOT NULL, lsn_start INTEGER NOT NULL,"
                + " lsn_end INTEGER NOT NULL, part INTEGER NOT NULL, events INTEGER NOT NULL,"
                + " created_at_ms INTEGER NOT NULL, checksum INTEGER NOT NULL, bytes INTEGER NOT NULL,"
                + " lsn_previous INTEGER, object TEXT NOT NULL, archived_at_ms INTEGER NOT NULL,"
                + " PRIMARY KEY (epoch, id)) STRICT, WITHOUT ROWID",
        "CREATE INDEX IF NOT EXISTS _wal_archive_lsn_end ON _wal_archive (epoch, lsn_end, id)",
        "CREATE TABLE IF NOT EXISTS _dosql_archive_trash (object TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
        "CREATE TABLE IF NOT EXISTS _dosql_state (id INTEGER PRIMARY KEY CHECK (id = 1), format INTEGER NOT NULL,"
                + " epoch TEXT NOT NULL, reason TEXT NOT NULL, lsn INTEGER NOT NULL, salt1 INTEGER NOT NULL,"
                + " salt2 INTEGER NOT NULL, frames INTEGER NOT NULL, checksum1 INTEGER NOT NULL,"
                + " checksum2 INTEGER NOT NULL, oldest INTEGER NOT NULL, may_reset INTEGER NOT NULL,"
                + " fingerprint TEXT NOT NULL, newest INTEGER) STRICT",
        "CREATE TABLE IF NOT EXISTS _dosql_schema_lsns (name TEXT PRIMARY KEY, lsn INTEGER NOT NULL) STRICT",
        "CREATE TABLE IF NOT EXISTS _dosql_epochs (id INTEGER PRIMARY KEY, epoch TEXT NOT NULL,"
                + " reason TEXT NOT NULL, began_at_ms INTEGER NOT NULL) STRICT"
    };

    private LogSchema() {}

    static void create(Connection connection) throws SQLException {
        for (String table : TABLES) {
            Sqlite.execute(connection, table);
        }
        addColumn(connection, "_wal_segments", "lsn_previous");
        addColumn(connection, "_dosql_state", "newest");
    }

    /** Existing segments keep NULL: rewriting them all would take long for a large log. */
    private static void addColumn(Connection connection, String table, String column) throws SQLException {
        long there = Sqlite.numbers(
                connection, "SELECT count(*) FROM pragma_table_info('" + table + "') WHERE name = '" + column + "'", 1)[
                0];
        if (there == 0) {
            Sqlite.execute(connection, "ALTER TABLE " + table + " ADD COLUMN " + column + " INTEGER");
        }
    }
}
