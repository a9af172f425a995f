/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqltext;

import io.dolake.schemas.sql.SqlScanner;
import io.dolake.schemas.sql.SqlScanner.Token;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.sqlite.SQLiteConnection;

/**
 * The table that an INSERT names.
 *
 * @param schema in upper case; null if the INSERT names none
 * @param mayUpdate whether it has a conflict clause that may change existing rows instead
 */
public record InsertTarget(String schema, String table, boolean mayUpdate) {
    private static final String QUERY = "SELECT type <> 'view' AND wr = 0 FROM pragma_table_list"
            + " WHERE name = ?1 COLLATE NOCASE AND schema = coalesce(?2, schema) COLLATE NOCASE"
            + " ORDER BY schema = 'temp' DESC LIMIT 1";

    public static InsertTarget of(String sql) {
        SqlScanner scanner = new SqlScanner(sql);
        while (scanner.next() != Token.END && !scanner.keyword().equals("INTO")) {
            // A WITH clause comes first.
        }
        scanner.next();
        String schema = null;
        String table = scanner.name();
        if (scanner.next() == Token.OTHER && scanner.is('.')) {
            schema = table;
            scanner.next();
            table = scanner.name();
        }
        boolean mayUpdate = false;
        for (; scanner.token() != Token.END; scanner.next()) {
            mayUpdate |= scanner.keyword().equals("CONFLICT");
        }
        return new InsertTarget(schema, table, mayUpdate);
    }

    /** False for a view and for a table WITHOUT ROWID. */
    public boolean hasRowid(SQLiteConnection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(QUERY)) {
            query.setString(1, table);
            query.setString(2, schema);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }
}
