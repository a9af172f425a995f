/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Patterns of {@code DatabaseMetaData}: {@code %} any text, {@code _} any character, {@code \} takes the next as it is.
 */
final class NamePattern {
    static final String ESCAPE = "\\";

    private NamePattern() {}

    /** Names are compared as SQLite does, without regard to case. A null pattern takes every name. */
    static Predicate<String> of(String pattern) {
        if (pattern == null || pattern.equals("%")) {
            return name -> true;
        }
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '%') {
                regex.append(".*");
            } else if (c == '_') {
                regex.append('.');
            } else {
                boolean escapes = c == '\\' && i + 1 < pattern.length();
                regex.append(Pattern.quote(String.valueOf(escapes ? pattern.charAt(++i) : c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.DOTALL)
                .asMatchPredicate();
    }
}
