/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sql;

import java.util.Locale;
import java.util.Set;

/** What a statement does, by its first words: enough to know how to run and report it. */
public enum StatementKind {
    /** Only reads, and may have many rows: to be streamed. */
    QUERY,
    BEGIN,
    /** Ends a transaction. */
    END,
    OTHER;

    private static final Set<String> VERBS =
            Set.of("SELECT", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE", "MERGE");

    public static StatementKind of(String sql) {
        Words words = new Words(sql);
        String first = words.next();
        return switch (first) {
            case "SELECT", "VALUES", "EXPLAIN" -> QUERY;
            case "WITH" -> {
                String word = words.next();
                while (!word.isEmpty() && !VERBS.contains(word)) {
                    word = words.next();
                }
                yield word.equals("SELECT") || word.equals("VALUES") ? QUERY : OTHER;
            }
            case "BEGIN" -> BEGIN;
            case "COMMIT", "END" -> END;
            case "ROLLBACK" -> {
                String word = words.next();
                if (word.equals("TRANSACTION")) {
                    word = words.next();
                }
                yield word.equals("TO") ? OTHER : END;
            }
            default -> OTHER;
        };
    }

    /** Whether the statement inserts, updates or deletes, so that a number of changed rows means something. */
    public static boolean changesRows(String sql) {
        Words words = new Words(sql);
        String word = words.next();
        boolean with = word.equals("WITH");
        while (with && !word.isEmpty() && !VERBS.contains(word)) {
            word = words.next();
        }
        return VERBS.contains(word) && !word.equals("SELECT") && !word.equals("VALUES");
    }

    /** Words outside of parentheses, quotes and comments, in capitals; the empty text at the end. */
    private static final class Words {
        private final String sql;
        private int at;

        Words(String sql) {
            this.sql = sql;
        }

        String next() {
            int depth = 0;
            while (at < sql.length()) {
                char c = sql.charAt(at);
                if (c == '(') {
                    depth++;
                    at++;
                } else if (c == ')') {
                    depth--;
                    at++;
                } else if (sql.startsWith("--", at)) {
                    skipTo("\n");
                } else if (sql.startsWith("/*", at)) {
                    at += 2;
                    skipTo("*/");
                } else if (c == '\'' || c == '"' || c == '`') {
                    at++;
                    skipTo(String.valueOf(c));
                } else if (c == '[') {
                    skipTo("]");
                } else if (Character.isLetterOrDigit(c) || c == '_') {
                    int from = at;
                    while (at < sql.length() && (Character.isLetterOrDigit(sql.charAt(at)) || sql.charAt(at) == '_')) {
                        at++;
                    }
                    if (depth == 0) {
                        return sql.substring(from, at).toUpperCase(Locale.ROOT);
                    }
                } else {
                    at++;
                }
            }
            return "";
        }

        private void skipTo(String end) {
            int found = sql.indexOf(end, at);
            at = found < 0 ? sql.length() : found + end.length();
        }
    }
}
