/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.Locale;

/** What becomes of a value that its type in the lake does not hold: past its ends, or with more digits than it has. */
enum Inexact {
    REFUSE,
    /** Null, where null may be. */
    NULL,
    /** The end of the type that is nearest, or the value without the digits that are too many. */
    NEAREST;

    static final String SETTING = "dolake.types.inexact";
    static final String HINT =
            "Send such records to " + DeadLetterConfig.TABLE + ", or set " + SETTING + "=null or nearest";

    static Inexact of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** The value to take where {@code nearest} is the nearest that the type holds. */
    <T> T choose(String reason, T nearest) {
        if (this == NEAREST) {
            return nearest;
        }
        throw ValueFault.inexact(reason);
    }
}
