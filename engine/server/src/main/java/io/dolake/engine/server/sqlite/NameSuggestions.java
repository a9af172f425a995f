/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqlite;

import io.dolake.engine.server.support.Suggestions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the SQL keyword, table or column that a misspelt name was probably meant to be. */
final class NameSuggestions {
    private static final Logger LOG = LoggerFactory.getLogger(NameSuggestions.class);

    /** Most names that are compared for one suggestion. */
    private static final int MAX_NAMES = 2_000;

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

    private NameSuggestions() {}

    /** The keyword that a misspelt word probably means; null if the word is a keyword itself, or none is close. */
    static String keyword(String word) {
        return KEYWORDS.contains(word.toUpperCase(Locale.ROOT)) || word.length() < 2
                ? null
                : Suggestions.nearest(word, KEYWORDS);
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
            LOG.debug("No names for a suggestion: {}", e.getMessage());
        }
        return names;
    }
}
