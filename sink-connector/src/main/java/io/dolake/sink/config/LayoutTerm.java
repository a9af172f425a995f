/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.Term;

/**
 * A column or a transform of one, in the notation of partition specs and sort orders: {@code region}, {@code
 * day(created)}, {@code bucket(id, 16)}.
 *
 * @param number number of buckets, or the width of a truncation
 */
record LayoutTerm(Transform transform, String column, int number) {
    /** The supported transforms. */
    enum Transform {
        IDENTITY(false),
        YEAR(false),
        MONTH(false),
        DAY(false),
        HOUR(false),
        BUCKET(true),
        TRUNCATE(true);

        private final boolean takesNumber;

        Transform(boolean takesNumber) {
            this.takesNumber = takesNumber;
        }
    }

    private static final Pattern CALL = Pattern.compile("(\\w+)\\s*\\((.+)\\)");

    /** Parses a term; {@link IllegalArgumentException} if it is invalid. */
    static LayoutTerm parse(String text) {
        Matcher call = CALL.matcher(text.strip());
        if (!call.matches()) {
            if (text.isBlank() || text.contains("(") || text.contains(")")) {
                throw new IllegalArgumentException(
                        "'" + text.strip() + "' is neither a column nor a transform(column)");
            }
            return new LayoutTerm(Transform.IDENTITY, text.strip(), 0);
        }
        Transform transform = transform(call.group(1));
        String argument = call.group(2).strip();
        if (!transform.takesNumber) {
            return new LayoutTerm(transform, argument, 0);
        }
        int comma = argument.lastIndexOf(',');
        String column = argument.substring(0, Math.max(comma, 0)).strip();
        if (column.isEmpty()) {
            throw new IllegalArgumentException("'" + text.strip() + "' needs a column and a number");
        }
        return new LayoutTerm(transform, column, number(text, argument.substring(comma + 1)));
    }

    private static Transform transform(String name) {
        String singular = name.toUpperCase(Locale.ROOT).replaceFirst("^(YEAR|MONTH|DAY|HOUR)S$", "$1");
        for (Transform transform : Transform.values()) {
            if (transform.name().equals(singular)) {
                return transform;
            }
        }
        throw new IllegalArgumentException(
                "there is no transform " + name + " (identity, year, month, day, hour, bucket and truncate are there)");
    }

    private static int number(String term, String text) {
        try {
            int number = Integer.parseInt(text.strip());
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, as is a number that is too small.
        }
        throw new IllegalArgumentException("'" + term.strip() + "' needs a whole number above 0 behind the column");
    }

    /** Splits a list at the commas outside parentheses; blank text has no items. */
    static List<String> split(String text) {
        List<String> items = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                items.add(text.substring(start, i).strip());
                start = i + 1;
            }
        }
        if (!items.isEmpty() || !text.isBlank()) {
            items.add(text.substring(start).strip());
        }
        return items;
    }

    void addTo(PartitionSpec.Builder spec) {
        switch (transform) {
            case IDENTITY -> spec.identity(column);
            case YEAR -> spec.year(column);
            case MONTH -> spec.month(column);
            case DAY -> spec.day(column);
            case HOUR -> spec.hour(column);
            case BUCKET -> spec.bucket(column, number);
            case TRUNCATE -> spec.truncate(column, number);
        }
    }

    Term toTerm() {
        return switch (transform) {
            case IDENTITY -> Expressions.ref(column);
            case YEAR -> Expressions.year(column);
            case MONTH -> Expressions.month(column);
            case DAY -> Expressions.day(column);
            case HOUR -> Expressions.hour(column);
            case BUCKET -> Expressions.bucket(column, number);
            case TRUNCATE -> Expressions.truncate(column, number);
        };
    }
}
