/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqltext;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.sql.SqlScanner;
import io.dolake.schemas.sql.SqlScanner.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One SQL statement, with the few facts that the engine must know before SQLite runs it.
 *
 * @param sql the statement, without what follows its semicolon
 * @param head its first words in upper case, comments skipped: at most {@value #HEAD_WORDS}, up to the first token that
 *     is not a word
 * @param kind the kind of statement, by its first word
 * @param parameters 1-based index of each named parameter, by name with its prefix
 * @param parameterCount number of parameters
 * @param verb the verb of the statement: its first word after EXPLAIN and the tables of WITH, if there are any
 * @param returns whether it has a RETURNING clause, or a word that may begin one
 * @param calls number of function calls: SQLite may hold the results of all of them at once
 * @param unstoppable its calls that cannot be interrupted
 * @param finding a forbidden part anywhere in the text; null if there is none
 * @param shadows names, in upper case, of tables that it writes to and that may belong to a virtual table
 */
public record SqlText(
        String sql,
        List<String> head,
        Kind kind,
        Map<String, Integer> parameters,
        int parameterCount,
        String verb,
        boolean returns,
        int calls,
        Unstoppable unstoppable,
        SqlTokens.Finding finding,
        List<String> shadows) {
    /**
     * Largest parameter number, SQLite's own default: the highest number is the length of an array, in SQLite and here.
     */
    public static final int MAX_PARAMETERS = 32_766;

    private static final int HEAD_WORDS = 6;
    private static final char DELETE = 0x7f;

    /** The kind of a statement. */
    public enum Kind {
        READ,
        WRITE,
        BEGIN,
        COMMIT,
        ROLLBACK,
        ROLLBACK_TO,
        SAVEPOINT,
        RELEASE,
        PRAGMA,
        EMPTY
    }

    /**
     * Reads one statement.
     *
     * @throws DoLakeException SYNTAX_ERROR if it contains no statement or more than one
     */
    public static SqlText of(String sql) {
        SqlText text = new Reader(sql).read();
        if (text.kind == Kind.EMPTY) {
            throw new DoLakeException(ErrorCode.SYNTAX_ERROR, "Cannot run statement: the text contains no statement");
        }
        return text;
    }

    /**
     * Whether it is a statement that sets SQLite's counter of changed rows; after others the counter keeps its last
     * value.
     */
    public boolean isCounted() {
        return switch (firstWord()) {
            case "INSERT", "REPLACE", "UPDATE", "DELETE" -> true;
            default -> false;
        };
    }

    /** Whether it cannot insert a row, and so leaves the connection's last rowid unchanged. */
    public boolean insertsNothing() {
        return firstWord().equals("UPDATE") || firstWord().equals("DELETE");
    }

    /** Whether the rows that it counts are, or may be, inserted rows. */
    public boolean inserts() {
        return kind == Kind.WRITE && (verb.equals("INSERT") || verb.equals("REPLACE"));
    }

    private String firstWord() {
        return head.isEmpty() ? "" : head.get(0);
    }

    private static final class Reader {
        private final String sql;
        private final SqlScanner scanner;
        private final List<String> head = new ArrayList<>();
        private final Map<String, Integer> parameters = new HashMap<>();
        private final SqlTokens tokens = new SqlTokens();
        private int parameterCount;
        private boolean returns;
        private boolean headOpen = true;
        private String mainVerb = "";
        private int depth;
        private String previous = "";
        private String beforePrevious = "";

        Reader(String sql) {
            this.sql = sql;
            this.scanner = new SqlScanner(sql);
        }

        SqlText read() {
            if (sql.indexOf('\0') >= 0) {
                throw refused("it contains U+0000, where SQLite would stop reading", sql.indexOf('\0'))
                        .withHint("Send texts that contain it as a parameter.");
            }
            int end = 0;
            boolean trigger = false;
            for (Token token = scanner.next(); token != Token.END; token = scanner.next()) {
                if (token == Token.SEMICOLON && head.isEmpty() && end == 0) {
                    continue;
                }
                if (token == Token.SEMICOLON && (!trigger || isTriggerEnd())) {
                    refuseMore();
                    break;
                }
                end = scanner.end();
                take(token);
                trigger = trigger || isTriggerHead();
            }
            String verb = mainVerb.isEmpty() || !tokens.verb().equals("WITH") ? tokens.verb() : mainVerb;
            return new SqlText(
                    sql.substring(0, end),
                    List.copyOf(head),
                    kind(),
                    Map.copyOf(parameters),
                    parameterCount,
                    verb,
                    returns,
                    tokens.calls(),
                    tokens.unstoppable(),
                    tokens.finding(),
                    tokens.shadows());
        }

        private void take(Token token) {
            String keyword = scanner.keyword();
            tokens.take(scanner, keyword);
            returns |= keyword.equals("RETURNING");
            if (headOpen && token == Token.WORD && head.size() < HEAD_WORDS) {
                head.add(keyword);
            } else if (token != Token.WORD) {
                headOpen = false;
            }
            if (token == Token.PARAMETER) {
                parameter(scanner.text());
            } else if (token == Token.TCL_PARAMETER) {
                throw refused("a parameter is followed by parentheses or colons", scanner.start())
                        .withHint("The name of a parameter is letters, digits and underscores.");
            } else if (token == Token.OTHER) {
                requirePrintable(scanner.text().charAt(0));
                depth += scanner.text().equals("(") ? 1 : scanner.text().equals(")") ? -1 : 0;
            } else if (depth == 0 && mainVerb.isEmpty() && isVerb(keyword)) {
                mainVerb = keyword;
            }
            beforePrevious = previous;
            previous = token == Token.SEMICOLON ? ";" : keyword;
        }

        /** SQLite refuses it too; here, so that no two readings of a text can differ by it. */
        private void requirePrintable(char c) {
            if (c < ' ' || c == DELETE) {
                throw refused("it contains a control character", scanner.start())
                        .withHint("Leave it out, or send the text that contains it as a parameter.");
            }
        }

        /** Numbers the parameters as SQLite does. */
        private void parameter(String text) {
            if (text.equals("?")) {
                parameterCount++;
            } else if (text.charAt(0) == '?') {
                parameterCount = Math.max(parameterCount, number(text));
            } else if (!parameters.containsKey(text)) {
                parameterCount++;
                parameters.put(text, parameterCount);
            }
            if (parameterCount > MAX_PARAMETERS) {
                throw tooMany();
            }
        }

        private int number(String text) {
            int number;
            try {
                number = Integer.parseInt(text.substring(1));
            } catch (NumberFormatException e) {
                throw tooMany();
            }
            if (number < 1 || number > MAX_PARAMETERS) {
                throw tooMany();
            }
            return number;
        }

        private DoLakeException tooMany() {
            return refused("parameter numbers must be from 1 to " + MAX_PARAMETERS, scanner.start());
        }

        private static DoLakeException refused(String reason, int position) {
            return new DoLakeException(ErrorCode.SYNTAX_ERROR, "Cannot run statement: " + reason)
                    .withDetail("position", position);
        }

        private boolean isTriggerHead() {
            return head.size() >= 2
                    && head.get(0).equals("CREATE")
                    && (head.get(1).equals("TRIGGER")
                            || head.size() >= 3
                                    && head.get(1).startsWith("TEMP")
                                    && head.get(2).equals("TRIGGER"));
        }

        /** The body of a trigger ends with a semicolon, END, a semicolon. */
        private boolean isTriggerEnd() {
            return previous.equals("END") && beforePrevious.equals(";");
        }

        private void refuseMore() {
            for (Token token = scanner.next(); token != Token.END; token = scanner.next()) {
                if (token != Token.SEMICOLON) {
                    throw new DoLakeException(
                                    ErrorCode.SYNTAX_ERROR, "Cannot run statement: there is more text after its end")
                            .withHint("Send one statement at a time, or several as a batch.")
                            .withDetail("position", scanner.start());
                }
            }
        }

        private static boolean isVerb(String keyword) {
            return switch (keyword) {
                case "SELECT", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE" -> true;
                default -> false;
            };
        }

        private Kind kind() {
            if (head.isEmpty()) {
                return previous.isEmpty() && depth == 0 && beforePrevious.isEmpty() ? Kind.EMPTY : Kind.WRITE;
            }
            return switch (head.get(0)) {
                case "SELECT", "VALUES" -> Kind.READ;
                case "EXPLAIN" -> head.contains("PRAGMA") ? Kind.PRAGMA : Kind.READ;
                case "WITH" -> mainVerb.equals("SELECT") || mainVerb.equals("VALUES") ? Kind.READ : Kind.WRITE;
                case "BEGIN" -> Kind.BEGIN;
                case "COMMIT", "END" -> Kind.COMMIT;
                case "ROLLBACK" -> head.contains("TO") ? Kind.ROLLBACK_TO : Kind.ROLLBACK;
                case "SAVEPOINT" -> Kind.SAVEPOINT;
                case "RELEASE" -> Kind.RELEASE;
                case "PRAGMA" -> Kind.PRAGMA;
                default -> Kind.WRITE;
            };
        }
    }
}
