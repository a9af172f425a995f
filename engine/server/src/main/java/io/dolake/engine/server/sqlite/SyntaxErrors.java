/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqlite;

import io.dolake.engine.server.support.Suggestions;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.sql.SqlScanner;
import io.dolake.schemas.sql.SqlScanner.Token;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the position of a syntax error, which the driver does not report, and the keyword that was probably meant. */
final class SyntaxErrors {
    private static final Pattern NEAR = Pattern.compile("near \"(.*)\": syntax error", Pattern.DOTALL);
    /** The position is not looked for in longer texts. */
    private static final int MAX_LENGTH = 100_000;
    /** Most positions that are tried. */
    private static final int MAX_TRIES = 50;

    private SyntaxErrors() {}

    static DoLakeException of(DoLakeException error, String reason, String sql, Connection connection) {
        if (reason.equals("incomplete input")) {
            return error.withDetail("position", sql.length()).withHint(isBalancedHint(sql));
        }
        Matcher near = NEAR.matcher(reason);
        if (!near.matches() || sql.length() > MAX_LENGTH) {
            return error;
        }
        return locate(error, near.group(1), sql, connection);
    }

    private static String isBalancedHint(String sql) {
        int depth = 0;
        SqlScanner scanner = new SqlScanner(sql);
        while (scanner.next() != Token.END) {
            if (scanner.token() == Token.OTHER) {
                depth += scanner.text().equals("(") ? 1 : scanner.text().equals(")") ? -1 : 0;
            }
        }
        return depth > 0 ? "A closing parenthesis is missing." : "The statement ends too early.";
    }

    /**
     * Finds the first token that the parser cannot accept: the text up to and including that token fails in the same
     * way.
     */
    private static DoLakeException locate(DoLakeException error, String token, String sql, Connection connection) {
        SqlScanner scanner = new SqlScanner(sql);
        String previous = "";
        int tries = 0;
        while (scanner.next() != Token.END && tries < MAX_TRIES) {
            if (scanner.text().equals(token)) {
                tries++;
                if (failsNear(token, sql.substring(0, scanner.end()), connection)) {
                    String suggestion = NameSuggestions.keyword(token);
                    if (suggestion == null) {
                        suggestion = NameSuggestions.keyword(previous);
                    }
                    return Suggestions.add(error.withDetail("position", scanner.start()), suggestion);
                }
            }
            previous = scanner.token() == Token.WORD ? scanner.text() : "";
        }
        return error;
    }

    private static boolean failsNear(String token, String sql, Connection connection) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return statement.isClosed();
        } catch (SQLException e) {
            Matcher near = NEAR.matcher(SqlErrors.nativeMessage(e));
            return near.matches() && near.group(1).equals(token);
        }
    }
}
