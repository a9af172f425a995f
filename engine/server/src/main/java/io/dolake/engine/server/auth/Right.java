/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a caller may do with a database. ADMIN includes the others, WRITE includes READ. */
public enum Right {
    /** Statements that only read, status, schema. */
    READ,
    /** Statements that change rows or the schema. */
    WRITE,
    /** The change stream. */
    CDC,
    /** Creating, importing, dropping, resuming; checkpoints and verification of the log. */
    ADMIN;

    /** Whether who has this right may do what the other one allows. */
    boolean includes(Right other) {
        return this == other || this == ADMIN || this == WRITE && other == READ;
    }

    /** As it is written in keys, tokens and errors. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Null if there is none of that name. */
    static Right of(String word) {
        return Arrays.stream(values())
                .filter(right -> right.word().equals(word))
                .findFirst()
                .orElse(null);
    }

    static String words() {
        return Arrays.stream(values()).map(Right::word).collect(Collectors.joining(", "));
    }
}
