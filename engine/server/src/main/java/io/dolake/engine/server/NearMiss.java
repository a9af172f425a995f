/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.schemas.Spelling;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Finds the name that was probably meant. */
final class NearMiss {
    /** Names looked at for a suggestion. */
    private static final int MAX_NAMES = 2_000;
    /** Longer names are not compared: that takes the square of their length. */
    private static final int MAX_LENGTH = 200;

    private static final List<String> KEYWORDS = List.of(
            "SELECT",
            "FROM",
            "WHERE",
            "INSERT",
            "INTO",
            "VALUES",
            "UPDATE",
            "SET",
            "DELETE",
            "CREATE",
            "TABLE",
            "INDEX",
            "VIEW",
            "TRIGGER",
            "DROP",
            "ALTER",
            "ADD",
            "COLUMN",
            "RENAME",
            "ORDER",
            "GROUP",
            "BY",
            "HAVING",
            "LIMIT",
            "OFFSET",
            "JOIN",
            "LEFT",
            "INNER",
            "OUTER",
            "CROSS",
            "ON",
            "USING",
            "UNION",
            "ALL",
            "EXCEPT",
            "INTERSECT",
            "DISTINCT",
            "BETWEEN",
            "LIKE",
            "EXISTS",
            "PRIMARY",
            "KEY",
            "FOREIGN",
            "REFERENCES",
            "UNIQUE",
            "CHECK",
            "DEFAULT",
            "NULL",
            "NOT",
            "AND",
            "OR",
            "CASE",
            "WHEN",
            "THEN",
            "ELSE",
            "END",
            "BEGIN",
            "COMMIT",
            "ROLLBACK",
            "SAVEPOINT",
            "RELEASE",
            "TRANSACTION",
            "IMMEDIATE",
            "PRAGMA",
            "VACUUM",
            "ANALYZE",
            "EXPLAIN",
            "REPLACE",
            "RETURNING",
            "WITH",
            "RECURSIVE",
            "CONFLICT",
            "NOTHING",
            "ASC",
            "DESC",
            "WITHOUT",
            "ROWID",
            "STRICT",
            "CASCADE",
            "REINDEX",
            "INTEGER",
            "TEXT",
            "AUTOINCREMENT",
            "CONSTRAINT",
            "COLLATE");

    private NearMiss() {}

    /** The keyword that a word is a typing error of; null if it is one itself, or none is near. */
    static String keyword(String word) {
        return KEYWORDS.contains(word.toUpperCase(Locale.ROOT)) || word.length() < 2 ? null : of(word, KEYWORDS);
    }

    /** The nearest name, at most two edits away and fewer than half of its letters; null if none is, or it is long. */
    static String of(String name, List<String> names) {
        if (name.length() > MAX_LENGTH) {
            return null;
        }
        String best = null;
        int bestDistance = Math.min(2, (name.length() - 1) / 2) + 1;
        for (String candidate : names) {
            if (Math.abs(candidate.length() - name.length()) >= bestDistance) {
                continue;
            }
            int distance = Spelling.distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return best;
    }

    static List<String> tables(Connection connection) {
        return names(connection, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') LIMIT " + MAX_NAMES);
    }

    static List<String> columns(Connection connection) {
        return names(
                connection,
                "SELECT DISTINCT c.name FROM sqlite_schema s JOIN pragma_table_info(s.name) c"
                        + " WHERE s.type IN ('table', 'view') LIMIT " + MAX_NAMES);
    }

    private static List<String> names(Connection connection, String sql) {
        List<String> names = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        } catch (SQLException e) {
            // Only a suggestion is lost.
            Log.LOG.debug("No names for a suggestion: {}", e.getMessage());
        }
        return names;
    }
}
