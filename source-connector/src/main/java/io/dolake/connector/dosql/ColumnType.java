/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.Affinity;
import io.dolake.schemas.ColumnSchema;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;

/**
 * How the values of a column appear in events, chosen by the declared type. SQLite types values, not columns, so a
 * value can fail to fit; {@link #fit} then says so and the value is carried elsewhere.
 */
enum ColumnType {
    BOOLEAN,
    INT64,
    FLOAT64,
    /** Declared DECIMAL or NUMERIC: a double, or text if {@code decimal.handling.mode} says so. */
    DECIMAL,
    STRING,
    /**
     * A type with NUMERIC affinity such as DATE. SQLite turns numeric text into numbers there, so a number and its
     * text are the same value.
     */
    NUMERIC_TEXT,
    BYTES;

    /** The type of a column of an ordinary or a STRICT table. */
    static ColumnType of(ColumnSchema column, boolean strict) {
        String type = column.declaredType().toUpperCase(Locale.ROOT).trim();
        if (strict) {
            return ofStrict(type);
        }
        if (type.contains("BOOL")) {
            return BOOLEAN;
        }
        return switch (Affinity.of(type)) {
            case INTEGER -> INT64;
            case REAL -> FLOAT64;
            case TEXT -> STRING;
            case BLOB -> type.isEmpty() ? STRING : BYTES;
            case NUMERIC -> type.contains("DECIMAL") || type.contains("NUMERIC") ? DECIMAL : NUMERIC_TEXT;
        };
    }

    private static ColumnType ofStrict(String type) {
        return switch (type) {
            case "INT", "INTEGER" -> INT64;
            case "REAL" -> FLOAT64;
            case "BLOB" -> BYTES;
            default -> STRING; // TEXT and ANY
        };
    }

    /**
     * The value as this type holds it, exactly; empty if it cannot.
     *
     * @param value Long, Double, String or byte[], not null
     */
    Optional<Object> fit(Object value) {
        return Optional.ofNullable(
                switch (this) {
                    case BOOLEAN -> booleanOf(value);
                    case INT64 -> value instanceof Long ? value : null;
                    case FLOAT64, DECIMAL -> doubleOf(value);
                    case STRING -> value instanceof String ? value : null;
                    case NUMERIC_TEXT -> value instanceof byte[] ? null : text(value);
                    case BYTES -> value instanceof byte[] ? value : null;
                });
    }

    private static Object booleanOf(Object value) {
        if (value instanceof Long number && (number == 0 || number == 1)) {
            return number == 1;
        }
        return null;
    }

    private static Object doubleOf(Object value) {
        if (value instanceof Double) {
            return value;
        }
        if (value instanceof Long number) {
            double converted = number.doubleValue();
            boolean exact = new BigDecimal(converted).compareTo(BigDecimal.valueOf(number)) == 0;
            return exact ? converted : null;
        }
        return null;
    }

    private static String text(Object value) {
        return String.valueOf(value);
    }
}
