/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.Affinity;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.RawText;
import io.dolake.schemas.SqliteNames;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * How the values of a column appear in events, chosen by the declared type. SQLite types values, not columns, so a
 * value may not fit; {@link #fit} then returns empty and the value is sent elsewhere.
 */
enum ColumnType {
    BOOLEAN,
    INT64,
    FLOAT64,
    /** Declared DECIMAL or NUMERIC: a double, or text if {@code decimal.handling.mode} is string. */
    DECIMAL,
    STRING,
    /**
     * No declared type, or ANY: any value, numbers as text. A text that reads like such a number is also sent
     * elsewhere, so that the two can be distinguished.
     */
    ANY_TEXT,
    /**
     * A type with NUMERIC affinity such as DATE. SQLite turns numeric text into numbers there, so a number and its
     * text are the same value.
     */
    NUMERIC_TEXT,
    BYTES;

    /** The type of a column of an ordinary or a STRICT table. */
    static ColumnType of(ColumnSchema column, boolean strict) {
        String type = SqliteNames.fold(column.declaredType()).trim();
        if (strict) {
            return ofStrict(type);
        }
        if (type.contains("bool")) {
            return BOOLEAN;
        }
        return switch (Affinity.of(type)) {
            case INTEGER -> INT64;
            case REAL -> FLOAT64;
            case TEXT -> STRING;
            case BLOB -> type.isEmpty() ? ANY_TEXT : BYTES;
            case NUMERIC -> type.contains("decimal") || type.contains("numeric") ? DECIMAL : NUMERIC_TEXT;
        };
    }

    private static ColumnType ofStrict(String type) {
        return switch (type) {
            case "int", "integer" -> INT64;
            case "real" -> FLOAT64;
            case "blob" -> BYTES;
            case "any" -> ANY_TEXT;
            default -> STRING;
        };
    }

    /**
     * The value in this type, exactly; empty if the type cannot hold it.
     *
     * @param value Long, Double, String, RawText or byte[], not null
     */
    Optional<Object> fit(Object value) {
        return Optional.ofNullable(
                switch (this) {
                    case BOOLEAN -> booleanOf(value);
                    case INT64 -> value instanceof Long ? value : null;
                    case FLOAT64, DECIMAL -> doubleOf(value);
                    case STRING -> value instanceof String ? value : null;
                    case ANY_TEXT, NUMERIC_TEXT -> textOf(value);
                    case BYTES -> value instanceof byte[] ? value : null;
                });
    }

    private static Object booleanOf(Object value) {
        if (value instanceof Long number && (number == 0 || number == 1)) {
            return number == 1;
        }
        return null;
    }

    /** JSON, which most workers write, has no infinities: they are sent elsewhere. */
    private static Object doubleOf(Object value) {
        if (value instanceof Double number) {
            return number.isInfinite() ? null : number;
        }
        if (value instanceof Long number) {
            double converted = number.doubleValue();
            boolean exact = new BigDecimal(converted).compareTo(BigDecimal.valueOf(number)) == 0;
            return exact ? converted : null;
        }
        return null;
    }

    private static Object textOf(Object value) {
        boolean isInfinite = value instanceof Double number && number.isInfinite();
        return isInfinite || value instanceof byte[] || value instanceof RawText ? null : String.valueOf(value);
    }

    /** Whether the result of {@link #fit} for this value is also the result for another value. */
    boolean isAmbiguous(Object value) {
        return this == ANY_TEXT && value instanceof String text && readsLikeNumber(text);
    }

    private static boolean readsLikeNumber(String text) {
        try {
            return text.equals(Double.toString(Double.parseDouble(text)))
                    || text.equals(Long.toString(Long.parseLong(text)));
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
