/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqltext;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a statement calls that SQLite does not interrupt, and how large values may be so that it ends in seconds all the same.
 * LIKE and GLOB take as long as the text is times the pattern, {@code json_patch} as the members of one object times those of
 * the other. They cannot be replaced by functions of ours, as {@code TextFunctions} does with others: an index would no longer
 * serve a LIKE, and what {@code json_patch} returns would no longer be JSON to the next function.
 *
 * @param patterns uses of LIKE and GLOB
 * @param patternBytes the longest of their patterns that stands in the text, {@value #MAX_PATTERN_BYTES} if one is computed
 * @param byParameter whether a pattern is a parameter
 * @param mergesJson whether it calls {@code json_patch}
 */
public record Unstoppable(int patterns, int patternBytes, boolean byParameter, boolean mergesJson) {
    public static final Unstoppable NOTHING = new Unstoppable(0, 0, false, false);

    /** The longest pattern. */
    public static final int MAX_PATTERN_BYTES = 1_000;

    /** A short pattern leaves values of the usual limit as they are. */
    private static final int MIN_PATTERN_BYTES = 50;

    /** Bytes of all patterns of a statement times those of a value: some seconds. */
    private static final long PATTERN_WORK = (64L << 20) * MIN_PATTERN_BYTES;

    private static final int MIN_VALUE_BYTES = 64 << 10;

    /** Two objects of so many bytes take some seconds to merge. */
    private static final int MERGED_BYTES = 128 << 10;

    /** The same with the parameters of one call. */
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

    /** Of a text that is not longer than a pattern may be; else more than that. */
    static int utf8Bytes(String text) {
        return text.length() > MAX_PATTERN_BYTES ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** What both call; uses in a schema count once, however many objects have them. */
    public Unstoppable and(Unstoppable other) {
        return new Unstoppable(
                Math.max(patterns, other.patterns),
                Math.max(patternBytes, other.patternBytes),
                byParameter || other.byParameter,
                mergesJson || other.mergesJson);
    }

    /** What the schema keeps of it for statements to come: there is no telling how often they use it. */
    public Unstoppable kept() {
        return new Unstoppable(Math.min(patterns, 1), patternBytes, byParameter, mergesJson);
    }

    /** The longest pattern that SQLite is to take. */
    public int maxPatternBytes() {
        return Math.max(MIN_PATTERN_BYTES, Math.min(patternBytes, MAX_PATTERN_BYTES));
    }

    /** The largest value, where it could otherwise be so large. */
    public int maxValueBytes(int most) {
        long bytes = mergesJson ? Math.min(most, MERGED_BYTES) : most;
        if (patterns > 0) {
            long fitting = PATTERN_WORK / ((long) patterns * maxPatternBytes());
            bytes = Math.min(bytes, Math.max(fitting, MIN_VALUE_BYTES));
        }
        return (int) bytes;
    }
}
