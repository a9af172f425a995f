/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.engine.server.SqlScanner.Token;
import java.util.Locale;

/**
 * A PRAGMA statement.
 *
 * @param name in upper case, without schema
 * @param argument first token of its argument, unquoted; the empty text if it has none
 */
record PragmaText(String name, String argument) {

    boolean hasArgument() {
        return !argument.isEmpty();
    }

    static PragmaText of(String sql) {
        SqlScanner scanner = new SqlScanner(sql);
        Token token = scanner.next();
        while (token != Token.END && !scanner.keyword().equals("PRAGMA")) {
            token = scanner.next();
        }
        scanner.next();
        String name = unquoted(scanner);
        scanner.next();
        if (scanner.token() == Token.OTHER && scanner.text().equals(".")) {
            scanner.next();
            name = unquoted(scanner);
            scanner.next();
        }
        if (scanner.token() != Token.OTHER) {
            return new PragmaText(name, "");
        }
        scanner.next();
        return new PragmaText(name, unquoted(scanner));
    }

    private static String unquoted(SqlScanner scanner) {
        String text = scanner.text().toUpperCase(Locale.ROOT);
        return switch (scanner.token()) {
            case QUOTED_NAME, STRING -> text.substring(1, text.length() - 1);
            case END -> "";
            default -> text;
        };
    }
}
