/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;

/** Errors of the driver itself. */
final class Unsupported {
    private static final String FEATURE_NOT_SUPPORTED = "0A000";

    private Unsupported() {}

    static SQLFeatureNotSupportedException method(String name) {
        return feature("Cannot call " + name + ": the DoSQL driver does not support it");
    }

    static SQLFeatureNotSupportedException feature(String message) {
        return new SQLFeatureNotSupportedException(message, FEATURE_NOT_SUPPORTED);
    }

    /** {@code Wrapper.unwrap}: the object itself or, if it has that type, what it wraps. */
    static <T> T unwrap(Class<T> type, Object... candidates) throws SQLException {
        for (Object candidate : candidates) {
            if (type.isInstance(candidate)) {
                return type.cast(candidate);
            }
        }
        throw new SQLException("Cannot unwrap " + type.getName() + ": the object does not wrap one");
    }
}
