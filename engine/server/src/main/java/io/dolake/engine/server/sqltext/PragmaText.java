/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqltext;

import io.dolake.schemas.sql.SqlScanner;
import io.dolake.schemas.sql.SqlScanner.Token;

/**
 * A PRAGMA statement.
 *
 * @param name in upper case, without schema
 * @param hasArgument whether {@code =} or {@code (} follows the name, even with nothing after it: SQLite accepts an
 *     empty argument
 * @param argument first token of its argument in upper case, unquoted; the empty text if it has none
 */
public record PragmaText(String name, boolean hasArgument, String argument) {

    public static PragmaText of(String sql) {
        SqlScanner scanner = new SqlScanner(sql);
        Token token = scanner.next();
        while (token != Token.END && !scanner.keyword().equals("PRAGMA")) {
            token = scanner.next();
        }
        scanner.next();
        String name = scanner.name();
        scanner.next();
        if (scanner.is('.')) {
            scanner.next();
            name = scanner.name();
            scanner.next();
        }
        if (scanner.token() == Token.END) {
            return new PragmaText(name, false, "");
        }
        // Any token that follows is accepted: if SQLite refuses it there, that does no harm.
        scanner.next();
        String argument = scanner.token() == Token.NUMBER ? scanner.text() : scanner.name();
        return new PragmaText(name, true, argument);
    }

    /** Whether the argument switches something on, as SQLite reads it. */
    public boolean isOn() {
        return switch (argument) {
            case "ON", "YES", "TRUE" -> true;
            default -> argument.matches("[0-9]{1,9}") && Integer.parseInt(argument) != 0;
        };
    }
}
