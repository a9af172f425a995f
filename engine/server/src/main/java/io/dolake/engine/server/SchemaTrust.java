/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.schemas.DoLakeException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Whether the schema of a file asks for nothing that a statement may not: what users create here is looked at when they do,
 * but a file may bring anything along. SQLite can refuse functions in schemas, though only all that it does not know to be
 * harmless, which would take MATCH and ranking out of the views of everybody; so it does where there is a reason.
 */
final class SchemaTrust {
    private SchemaTrust() {}

    static boolean of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")) {
            while (rows.next()) {
                if (!isHarmless(rows.getString(1))) {
                    return false;
                }
            }
            return true;
        }
    }

    private static boolean isHarmless(String sql) {
        try {
            return SqlText.of(sql).finding() == null;
        } catch (DoLakeException e) {
            Log.LOG.debug("A schema holds what is no statement: {}", e.getMessage());
            return false;
        }
    }
}
