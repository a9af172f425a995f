/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.sql.SqlScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Determines the kind of a statement and its number of parameters without parsing it. */
public final class SqlText {
    private static final Pattern NUMBERED = Pattern.compile("\\?[0-9]{1,6}");

    /** The effect of a statement on rows and on the transaction. */
    public enum Kind {
        QUERY,
        BEGIN,
        END,
        OTHER
    }

    private final List<String> words = new ArrayList<>();
    private int depth;
    private int parameters;

    private SqlText(String sql) {
        SqlScanner tokens = new SqlScanner(sql);
        while (tokens.next() != SqlScanner.Token.END) {
            take(tokens);
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

    private void take(SqlScanner tokens) {
        switch (tokens.token()) {
            case WORD -> {
                if (depth == 0) {
                    words.add(tokens.keyword());
                }
            }
            case PARAMETER -> parameter(tokens.text());
            default -> depth += tokens.is('(') ? 1 : tokens.is(')') ? -1 : 0;
        }
    }

    /** Counts {@code ?} and {@code ?NNN}; a parameter with a name has no place in JDBC. */
    private void parameter(String text) {
        if (text.equals("?")) {
            parameters++;
        } else if (NUMBERED.matcher(text).matches()) {
            parameters = Math.max(parameters, Integer.parseInt(text.substring(1)));
        }
    }
}
