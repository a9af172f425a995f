/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Determines the kind of a statement and its number of parameters without parsing it. */
public final class SqlText {

    /** The effect of a statement on rows and on the transaction. */
    public enum Kind {
        QUERY,
        BEGIN,
        END,
        OTHER
    }

    private final String sql;
    private final List<String> words = new ArrayList<>();
    private int at;
    private int depth;
    private int parameters;

    private SqlText(String sql) {
        this.sql = sql;
        while (at < sql.length()) {
            step();
        }
    }

    public static Kind kind(String sql) {
        List<String> words = new SqlText(sql).words;
        String first = words.isEmpty() ? "" : words.get(0);
        return switch (first) {
            case "SELECT", "VALUES", "PRAGMA", "EXPLAIN" -> Kind.QUERY;
            case "WITH" -> writes(words) ? Kind.OTHER : Kind.QUERY;
            case "BEGIN" -> Kind.BEGIN;
            case "COMMIT", "END" -> Kind.END;
            case "ROLLBACK" -> words.contains("TO") ? Kind.OTHER : Kind.END;
            default -> Kind.OTHER;
        };
    }

    /** Whether the statement certainly changes nothing. False for PRAGMA, of which some do. */
    public static boolean onlyReads(String sql) {
        List<String> words = new SqlText(sql).words;
        return kind(sql) == Kind.QUERY && !words.get(0).equals("PRAGMA");
    }

    /** Whether the statement may return rows: it is a query, or has a word that may be a RETURNING clause. */
    public static boolean mayReturnRows(String sql) {
        return kind(sql) == Kind.QUERY || new SqlText(sql).words.contains("RETURNING");
    }

    /** Whether the statement inserts, updates or deletes, so that a number of changed rows means something. */
    public static boolean changesRows(String sql) {
        return writes(new SqlText(sql).words);
    }

    /** Number of {@code ?} parameters; with {@code ?NNN}, the largest number. */
    public static int parameters(String sql) {
        return new SqlText(sql).parameters;
    }

    /** Quotes a name as an identifier, whatever characters it has. */
    public static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** The kind of a WITH statement: the first word of a statement outside of parentheses. */
    private static boolean writes(List<String> words) {
        boolean isWith = !words.isEmpty() && words.get(0).equals("WITH");
        for (String word : words) {
            switch (word) {
                case "INSERT", "UPDATE", "DELETE", "REPLACE" -> {
                    return true;
                }
                default -> {
                    if (!isWith || word.equals("SELECT") || word.equals("VALUES")) {
                        return false;
                    }
                }
            }
        }
        return false;
    }

    private void step() {
        char c = sql.charAt(at);
        if (c == '\'' || c == '"' || c == '`') {
            skipPast(c, at + 1);
        } else if (c == '[') {
            skipPast(']', at + 1);
        } else if (sql.startsWith("--", at)) {
            skipPast('\n', at + 2);
        } else if (sql.startsWith("/*", at)) {
            int end = sql.indexOf("*/", at + 2);
            at = end < 0 ? sql.length() : end + 2;
        } else if (Character.isLetter(c) || c == '_') {
            word();
        } else {
            at++;
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == '?') {
                parameter();
            }
        }
    }

    private void skipPast(char end, int from) {
        int found = sql.indexOf(end, from);
        at = found < 0 ? sql.length() : found + 1;
    }

    private void word() {
        int start = at;
        while (at < sql.length() && (Character.isLetterOrDigit(sql.charAt(at)) || sql.charAt(at) == '_')) {
            at++;
        }
        if (depth == 0) {
            words.add(sql.substring(start, at).toUpperCase(Locale.ROOT));
        }
    }

    private void parameter() {
        int start = at;
        while (at < sql.length() && at - start < 6 && Character.isDigit(sql.charAt(at))) {
            at++;
        }
        parameters = at == start ? parameters + 1 : Math.max(parameters, Integer.parseInt(sql.substring(start, at)));
    }
}
