/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.config.EnumeratedValue;

/**
 * The handling of a table with a row or a definition that cannot be turned into an event: Debezium's modes, and one
 * more.
 */
enum FailureMode implements EnumeratedValue {
    /** The table is suspended: its changes are left out until it is resumed, all other tables continue. */
    SUSPEND("suspend"),
    /** The task fails, with all its databases. */
    FAIL("fail"),
    /** The change is left out with a warning; the table continues, marked as not equal to its source. */
    WARN("warn"),
    /** The same without a warning. */
    SKIP("skip");

    private final String value;

    FailureMode(String value) {
        this.value = value;
    }

    @Override
    public String getValue() {
        return value;
    }

    static FailureMode parse(String text) {
        for (FailureMode mode : values()) {
            if (mode.value.equalsIgnoreCase(text.trim())) {
                return mode;
            }
        }
        throw new IllegalArgumentException("event.processing.failure.handling.mode is '" + text + "'");
    }
}
