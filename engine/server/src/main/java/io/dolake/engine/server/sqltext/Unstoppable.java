/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqltext;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The calls of a statement that SQLite cannot interrupt, and the limit on values with which they still end in seconds.
 * The time of LIKE and GLOB grows with the length of the text times that of the pattern, the time of {@code json_patch}
 * with the members of one object times those of the other. They cannot be replaced by the engine's own functions, as
 * {@code TextFunctions} replaces others: an index would no longer serve a LIKE, and the next function would no longer
 * accept the result of {@code json_patch} as JSON.
 *
 * @param patterns number of uses of LIKE and GLOB
 * @param patternBytes the longest of their literal patterns, {@value #MAX_PATTERN_BYTES} if a pattern is computed
 * @param byParameter whether a pattern is a parameter
 * @param mergesJson whether it calls {@code json_patch}
 */
public record Unstoppable(int patterns, int patternBytes, boolean byParameter, boolean mergesJson) {
    public static final Unstoppable NOTHING = new Unstoppable(0, 0, false, false);

    /** The longest pattern. */
    public static final int MAX_PATTERN_BYTES = 1_000;

    /** Patterns up to this length do not lower the limit on values. */
    private static final int MIN_PATTERN_BYTES = 50;

    /** Largest product of the bytes of all patterns and the bytes of a value; it takes some seconds. */
    private static final long PATTERN_WORK = (64L << 20) * MIN_PATTERN_BYTES;

    private static final int MIN_VALUE_BYTES = 64 << 10;

    /** Two objects of this many bytes take some seconds to merge. */
    private static final int MERGED_BYTES = 128 << 10;

    /** The same calls, with the length of the patterns that are parameters. */
    public Unstoppable with(List<Object> parameters) {
        if (!byParameter) {
            return this;
        }
        int longest = patternBytes;
        for (Object value : parameters) {
            if (value instanceof String text) {
                longest = Math.max(longest, utf8Bytes(text));
            } else if (value != null && !(value instanceof Number)) {
                longest = MAX_PATTERN_BYTES;
            }
        }
        return new Unstoppable(patterns, Math.min(longest, MAX_PATTERN_BYTES), false, mergesJson);
    }

    /** The UTF-8 length of a text; for a text that is too long for a pattern, any larger number. */
    static int utf8Bytes(String text) {
        return text.length() > MAX_PATTERN_BYTES ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** The calls of both; uses in a schema count once, however many objects have them. */
    public Unstoppable and(Unstoppable other) {
        return new Unstoppable(
                Math.max(patterns, other.patterns),
                Math.max(patternBytes, other.patternBytes),
                byParameter || other.byParameter,
                mergesJson || other.mergesJson);
    }

    /** The calls as part of a schema, for later statements: how often those use them is unknown. */
    public Unstoppable kept() {
        return new Unstoppable(Math.min(patterns, 1), patternBytes, byParameter, mergesJson);
    }

    /** The longest pattern that SQLite may accept. */
    public int maxPatternBytes() {
        return Math.max(MIN_PATTERN_BYTES, Math.min(patternBytes, MAX_PATTERN_BYTES));
    }

    /** The largest value, given the limit that applies otherwise. */
    public int maxValueBytes(int most) {
        long bytes = mergesJson ? Math.min(most, MERGED_BYTES) : most;
        if (patterns > 0) {
            long fitting = PATTERN_WORK / ((long) patterns * maxPatternBytes());
            bytes = Math.min(bytes, Math.max(fitting, MIN_VALUE_BYTES));
        }
        return (int) bytes;
    }
}
