/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import io.dolake.schemas.Affinity;
import io.dolake.schemas.SqliteNames;
import java.sql.Types;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * JDBC types of declared types. SQLite stores any value in any column, so the type follows the declaration, and a row
 * may hold a value of another type. The consumers of the change stream derive types in the same way.
 */
final class SqlTypes {
    /** The size of types without a limit. */
    static final int UNKNOWN_SIZE = Integer.MAX_VALUE;

    private static final int BIGINT_DIGITS = 19;
    private static final int DOUBLE_DIGITS = 17;
    private static final Pattern SIZE = Pattern.compile("\\(\\s*(\\d{1,9})\\s*(?:,\\s*(\\d{1,9})\\s*)?\\)");

    private SqlTypes() {}

    static int of(String declaredType) {
        String type = SqliteNames.fold(declaredType);
        if (type.contains("bool")) {
            return Types.BOOLEAN;
        }
        return switch (Affinity.of(declaredType)) {
            case INTEGER -> Types.BIGINT;
            case REAL -> Types.DOUBLE;
            case TEXT -> Types.VARCHAR;
            case BLOB -> type.isEmpty() ? Types.VARCHAR : Types.VARBINARY;
            case NUMERIC -> type.contains("decimal") || type.contains("numeric") ? Types.DOUBLE : Types.VARCHAR;
        };
    }

    /** Type of a value, for a column that is an expression. */
    static int ofValue(Object value) {
        if (value instanceof Long) {
            return Types.BIGINT;
        }
        if (value instanceof Double) {
            return Types.DOUBLE;
        }
        return value instanceof byte[] ? Types.VARBINARY : Types.VARCHAR;
    }

    /** The class of the object that {@code getObject} returns if the value fits the declaration. */
    static String className(int type) {
        return switch (type) {
            case Types.BIGINT, Types.BOOLEAN -> Long.class.getName();
            case Types.DOUBLE -> Double.class.getName();
            case Types.VARBINARY -> byte[].class.getName();
            default -> String.class.getName();
        };
    }

    /** The declared type without size and scale, which JDBC gives apart. */
    static String name(String declaredType) {
        return SIZE.matcher(declaredType).replaceFirst("").strip();
    }

    /** The size in parentheses, else that of the type. */
    static int size(String declaredType) {
        Matcher declared = SIZE.matcher(declaredType);
        if (declared.find()) {
            return Integer.parseInt(declared.group(1));
        }
        return switch (of(declaredType)) {
            case Types.BOOLEAN -> 1;
            case Types.BIGINT -> BIGINT_DIGITS;
            case Types.DOUBLE -> DOUBLE_DIGITS;
            default -> UNKNOWN_SIZE;
        };
    }

    /** The second number in the parentheses; null if there is none. */
    static Integer scale(String declaredType) {
        Matcher declared = SIZE.matcher(declaredType);
        return declared.find() && declared.group(2) != null ? Integer.valueOf(declared.group(2)) : null;
    }
}
