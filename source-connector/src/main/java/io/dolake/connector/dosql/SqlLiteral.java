/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.RawText;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** Constants as SQL text. Only what DEFAULT clauses hold; an expression is not a constant and gives nothing. */
final class SqlLiteral {
    private SqlLiteral() {}

    /** The constant as SQL; {@link #parse} reads it back, except for text that is not well-formed. */
    static String render(Object value) {
        if (value == null) {
            return "NULL";
        }
        if (value instanceof byte[] bytes) {
            return "x'" + HexFormat.of().formatHex(bytes) + "'";
        }
        if (value instanceof RawText text) {
            return "CAST(x'" + text.hex() + "' AS TEXT)";
        }
        if (value instanceof String text) {
            return "'" + text.replace("'", "''") + "'";
        }
        return value.toString();
    }

    /** Long, Double, String or byte[]; empty for NULL and for whatever is not a constant. */
    static Optional<Object> parse(String sql) {
        String text = sql.strip();
        while (text.startsWith("(") && text.endsWith(")")) {
            text = text.substring(1, text.length() - 1).strip();
        }
        String upper = text.toUpperCase(Locale.ROOT);
        if (upper.equals("TRUE") || upper.equals("FALSE")) {
            return Optional.of(upper.equals("TRUE") ? 1L : 0L);
        }
        if (isQuoted(text, 0)) {
            return Optional.of(unquote(text));
        }
        if (upper.startsWith("X") && isQuoted(text, 1)) {
            return blob(text.substring(2, text.length() - 1));
        }
        return number(text);
    }

    private static boolean isQuoted(String text, int from) {
        if (text.length() < from + 2) {
            return false;
        }
        char quote = text.charAt(from);
        if ((quote != '\'' && quote != '"') || text.charAt(text.length() - 1) != quote) {
            return false;
        }
        for (int i = from + 1; i < text.length() - 1; i++) {
            if (text.charAt(i) == quote) {
                i++;
                if (i >= text.length() - 1 || text.charAt(i) != quote) {
                    return false;
                }
            }
        }
        return true;
    }

    private static String unquote(String text) {
        String quote = text.substring(0, 1);
        return text.substring(1, text.length() - 1).replace(quote + quote, quote);
    }

    private static Optional<Object> blob(String hex) {
        try {
            return Optional.of(HexFormat.of().parseHex(hex));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<Object> number(String text) {
        String digits = text.replaceFirst("^([+-])\\s*", "$1");
        if (digits.matches("[+-]?\\d{1,19}")) {
            try {
                return Optional.of(Long.parseLong(digits));
            } catch (NumberFormatException e) {
                return Optional.of(Double.parseDouble(digits));
            }
        }
        if (digits.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")) {
            return Optional.of(Double.parseDouble(digits));
        }
        return Optional.empty();
    }
}
