/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.RawText;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Constants as SQL text, the form in which the framework stores the default of a column. Defaults are not parsed as
 * written by a user: the engine sends their values.
 */
final class SqlLiteral {
    private static final String CAST = "CAST(x'";

    private SqlLiteral() {}

    /** The constant as SQL; {@link #parse} reads it back. */
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

    /**
     * Parses the result of {@link #render}: Long, Double, String, RawText or byte[]; empty for NULL and for non-finite
     * numbers.
     */
    static Optional<Object> parse(String sql) {
        if (sql.startsWith("'")) {
            return Optional.of(sql.substring(1, sql.length() - 1).replace("''", "'"));
        }
        if (sql.startsWith("x'")) {
            return Optional.of(HexFormat.of().parseHex(sql.substring(2, sql.length() - 1)));
        }
        if (sql.startsWith(CAST)) {
            return Optional.of(new RawText(HexFormat.of().parseHex(sql.substring(CAST.length(), sql.indexOf("' AS")))));
        }
        if (sql.matches("-?\\d+")) {
            return Optional.of(Long.parseLong(sql));
        }
        return sql.matches("-?\\d.*") ? Optional.of(Double.parseDouble(sql)) : Optional.empty();
    }
}
