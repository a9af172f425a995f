/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas.sql;

/**
 * Splits SQL text into tokens exactly as SQLite does, skipping white space and comments. It does not know the grammar.
 */
public final class SqlScanner {
    /** The kind of a token. */
    public enum Token {
        WORD,
        /** {@code "a"}, {@code [a]}, or a in backquotes. */
        QUOTED_NAME,
        STRING,
        BLOB,
        NUMBER,
        /** {@code ?}, {@code ?1}, {@code :a}, {@code @a} or {@code $a}. */
        PARAMETER,
        SEMICOLON,
        OTHER,
        /**
         * A parameter in Tcl's form, {@code $a(b)} or {@code $a::b}. SQLite treats anything in the parentheses, even
         * quotes, as part of its name; splitting it in another way would hide text that SQLite runs.
         */
        TCL_PARAMETER,
        /** A string or name without a closing quote. */
        UNTERMINATED,
        END
    }

    private static final char VERTICAL_TAB = '\u000B';

    private final String sql;
    private int at;
    private int start;
    private Token token;

    public SqlScanner(String sql) {
        this.sql = sql;
    }

    /** Moves to the next token; at the end it returns {@link Token#END} again and again. */
    public Token next() {
        skipBlank();
        start = at;
        token = at == sql.length() ? Token.END : scan(sql.charAt(at));
        return token;
    }

    public Token token() {
        return token;
    }

    /** Offset of the first character of the token. */
    public int start() {
        return start;
    }

    /** Offset after the last character of the token. */
    public int end() {
        return at;
    }

    public String text() {
        return sql.substring(start, at);
    }

    /** The token in upper case if it is a word, else the empty text. */
    public String keyword() {
        return token == Token.WORD ? upper(text()) : "";
    }

    /** The token as a name in upper case, without its quotes; the empty text if it cannot be a name. */
    public String name() {
        return switch (token) {
            case WORD -> upper(text());
            case QUOTED_NAME, STRING -> upper(unquoted());
            default -> "";
        };
    }

    private String unquoted() {
        char quote = sql.charAt(start);
        String inner = sql.substring(start + 1, at - 1);
        String once = String.valueOf(quote);
        return quote == '[' || inner.indexOf(quote) < 0 ? inner : inner.replace(once + once, once);
    }

    /** Whether the token is this one character. */
    public boolean is(char c) {
        return token == Token.OTHER && at == start + 1 && sql.charAt(start) == c;
    }

    /** Upper case as SQLite folds names and keywords: only the ASCII letters. */
    public static String upper(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 'a' && text.charAt(i) <= 'z' || text.charAt(i) > 127) {
                return upperFrom(i, text);
            }
        }
        return text;
    }

    private static String upperFrom(int first, String text) {
        char[] chars = text.toCharArray();
        for (int i = first; i < chars.length; i++) {
            if (chars[i] >= 'a' && chars[i] <= 'z') {
                chars[i] -= 'a' - 'A';
            }
        }
        return new String(chars);
    }

    private void skipBlank() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (isBlank(c) || c == '\uFEFF' || c == VERTICAL_TAB && at > 0 && isBlankOrTab(sql.charAt(at - 1))) {
                at++;
            } else if (c == '-' && peek(1) == '-') {
                int line = sql.indexOf('\n', at);
                at = line < 0 ? sql.length() : line + 1;
            } else if (c == '/' && peek(1) == '*') {
                int close = sql.indexOf("*/", at + 2);
                // SQLite treats an unclosed comment as one up to the end of the text.
                at = close < 0 ? sql.length() : close + 2;
            } else {
                return;
            }
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
    }

    /** SQLite does not let blanks begin with a vertical tab, but go on with one. */
    private static boolean isBlankOrTab(char c) {
        return isBlank(c) || c == VERTICAL_TAB;
    }

    private char peek(int ahead) {
        return at + ahead < sql.length() ? sql.charAt(at + ahead) : '\0';
    }

    private Token scan(char c) {
        switch (c) {
            case ';':
                at++;
                return Token.SEMICOLON;
            case '\'':
                return quoted('\'', Token.STRING);
            case '"', '`':
                return quoted(c, Token.QUOTED_NAME);
            case '[':
                return bracketed();
            case '?':
                at++;
                takeWhileWord();
                return Token.PARAMETER;
            case ':', '@', '$', '#':
                at++;
                return named();
            default:
                return scanWord(c);
        }
    }

    private Token named() {
        boolean word = takeWhileWord();
        if (word && peek(0) == '(' || peek(0) == ':' && peek(1) == ':') {
            return Token.TCL_PARAMETER;
        }
        return word ? Token.PARAMETER : Token.OTHER;
    }

    private Token scanWord(char c) {
        if ((c == 'x' || c == 'X') && peek(1) == '\'') {
            return blob();
        }
        if (c >= '0' && c <= '9' || c == '.' && peek(1) >= '0' && peek(1) <= '9') {
            at++;
            takeNumber();
            return Token.NUMBER;
        }
        if (isWord(c)) {
            takeWhileWord();
            return Token.WORD;
        }
        at++;
        return Token.OTHER;
    }

    /** A sign belongs to the exponent of a decimal number: in {@code 0x1e+f(1)} it begins an expression. */
    private void takeNumber() {
        boolean isHex = (peek(0) == 'x' || peek(0) == 'X') && sql.charAt(at - 1) == '0';
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (!isWord(c) && c != '.' && (isHex || !isSignOfExponent(c))) {
                return;
            }
            at++;
        }
    }

    private boolean isSignOfExponent(char c) {
        boolean isAfterE = sql.charAt(at - 1) == 'e' || sql.charAt(at - 1) == 'E';
        return (c == '+' || c == '-') && isAfterE && peek(1) >= '0' && peek(1) <= '9';
    }

    private boolean takeWhileWord() {
        int from = at;
        while (at < sql.length() && isWord(sql.charAt(at))) {
            at++;
        }
        return at > from;
    }

    private Token quoted(char quote, Token type) {
        at++;
        while (true) {
            int close = sql.indexOf(quote, at);
            if (close < 0) {
                at = sql.length();
                return Token.UNTERMINATED;
            }
            at = close + 1;
            if (peek(0) != quote) {
                return type;
            }
            at++;
        }
    }

    private Token blob() {
        int close = sql.indexOf('\'', at + 2);
        at = close < 0 ? sql.length() : close + 1;
        return close < 0 ? Token.UNTERMINATED : Token.BLOB;
    }

    /** Reads a name in brackets; unlike a string it has no doubled quotes. */
    private Token bracketed() {
        int close = sql.indexOf(']', at);
        at = close < 0 ? sql.length() : close + 1;
        return close < 0 ? Token.UNTERMINATED : Token.QUOTED_NAME;
    }

    private static boolean isWord(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c > 127;
    }
}
