/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sql;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.Locale;

/**
 * Cuts a script into statements as it is read. A statement ends at a semicolon outside of quotes, comments and the body
 * of a trigger; the body ends at {@code ; END ;}, which is SQLite's own rule for complete statements. What follows the
 * last semicolon is a statement too. Comments stay in the text; a piece of nothing but comments and semicolons is left
 * out. Nothing is checked: that is SQLite's part.
 */
public final class SqlScript {
    private static final int END_OF_INPUT = -1;

    private final Reader reader;
    private int ahead = Integer.MIN_VALUE;
    private int line = 1;

    private final StringBuilder text = new StringBuilder();
    private State state = State.START;
    private int startLine;

    public SqlScript(Reader reader) {
        this.reader = new BufferedReader(reader);
    }

    /**
     * A statement without its semicolon.
     *
     * @param line where its first word stands, from 1
     */
    public record Piece(String sql, int line) {}

    private enum State {
        /** Nothing but space and comments so far. */
        START,
        /** After EXPLAIN: CREATE may still come. */
        EXPLAIN,
        /** After CREATE, and TEMP if any. */
        CREATE,
        NORMAL,
        /** In a trigger. */
        TRIGGER,
        /** In a trigger, after a semicolon. */
        TRIGGER_SEMICOLON,
        /** In a trigger, after a semicolon and END. */
        TRIGGER_END
    }

    /** The next statement, or null at the end. */
    public Piece next() throws IOException {
        text.setLength(0);
        state = State.START;
        startLine = line;
        while (true) {
            int c = read();
            if (c == END_OF_INPUT) {
                return state == State.START ? null : piece();
            }
            if (c == ';') {
                if (state == State.TRIGGER || state == State.TRIGGER_SEMICOLON) {
                    text.append(';');
                    state = State.TRIGGER_SEMICOLON;
                } else if (state == State.START) {
                    text.setLength(0);
                } else {
                    if (state == State.TRIGGER_END) {
                        text.append(';');
                    }
                    return piece();
                }
            } else if (c == '-' && peek() == '-') {
                text.append((char) c);
                copyThrough('\n');
            } else if (c == '/' && peek() == '*') {
                text.append((char) c).append((char) read());
                copyBlockComment();
            } else if (Character.isWhitespace(c)) {
                text.append((char) c);
            } else {
                token(c);
            }
        }
    }

    private Piece piece() {
        return new Piece(text.toString().strip(), startLine);
    }

    private void token(int c) throws IOException {
        if (state == State.START) {
            startLine = line;
        }
        if (isWord(c)) {
            int from = text.length();
            text.append((char) c);
            while (isWord(peek())) {
                text.append((char) read());
            }
            word(text.substring(from).toUpperCase(Locale.ROOT));
            return;
        }
        text.append((char) c);
        switch (c) {
            case '\'', '"', '`' -> copyThrough(c);
            case '[' -> copyThrough(']');
            default -> {}
        }
        other();
    }

    /** Digits, letters, all beyond ASCII, and what SQLite allows in names. */
    private static boolean isWord(int c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_' || c == '$' || c > 127;
    }

    private void word(String word) {
        state = switch (state) {
            case START ->
                switch (word) {
                    case "CREATE" -> State.CREATE;
                    case "EXPLAIN" -> State.EXPLAIN;
                    default -> State.NORMAL;
                };
            case EXPLAIN ->
                switch (word) {
                    case "CREATE" -> State.CREATE;
                    case "QUERY", "PLAN" -> State.EXPLAIN;
                    default -> State.NORMAL;
                };
            case CREATE ->
                switch (word) {
                    case "TRIGGER" -> State.TRIGGER;
                    case "TEMP", "TEMPORARY" -> State.CREATE;
                    default -> State.NORMAL;
                };
            case TRIGGER_SEMICOLON -> word.equals("END") ? State.TRIGGER_END : State.TRIGGER;
            case TRIGGER_END -> State.TRIGGER;
            case NORMAL, TRIGGER -> state;
        };
    }

    private void other() {
        state = switch (state) {
            case START, EXPLAIN, CREATE, NORMAL -> State.NORMAL;
            case TRIGGER, TRIGGER_SEMICOLON, TRIGGER_END -> State.TRIGGER;
        };
    }

    /** A doubled quote inside is read as an end and a new beginning, with the same result. */
    private void copyThrough(int end) throws IOException {
        int c;
        do {
            c = read();
            if (c == END_OF_INPUT) {
                return;
            }
            text.append((char) c);
        } while (c != end);
    }

    private void copyBlockComment() throws IOException {
        int before = 0;
        while (true) {
            int c = read();
            if (c == END_OF_INPUT) {
                return;
            }
            text.append((char) c);
            if (before == '*' && c == '/') {
                return;
            }
            before = c;
        }
    }

    private int peek() throws IOException {
        if (ahead == Integer.MIN_VALUE) {
            ahead = reader.read();
        }
        return ahead;
    }

    private int read() throws IOException {
        int c = peek();
        ahead = Integer.MIN_VALUE;
        if (c == '\n') {
            line++;
        }
        return c;
    }
}
