/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.SqliteNames;

/**
 * Distinguishes CREATE statements that may be replayed from other text. A file can hold any text in its schema:
 * statements that write files or never end ({@code VACUUM INTO}, {@code CREATE TABLE ... AS SELECT}). SQLite itself
 * stores nothing but {@code CREATE TABLE name (...)} and {@code CREATE VIRTUAL TABLE}.
 */
final class CreateText {
    private final String sql;
    private int at;

    private CreateText(String sql) {
        this.sql = sql;
    }

    /** Whether it is a CREATE TABLE with columns: running it makes an empty table and does nothing else. */
    static boolean isTable(String sql) {
        CreateText text = new CreateText(sql);
        return text.word("CREATE") && text.word("TABLE") && text.name() && text.isAtColumns();
    }

    static boolean isVirtualTable(String sql) {
        CreateText text = new CreateText(sql);
        return text.word("CREATE") && text.word("VIRTUAL") && text.word("TABLE");
    }

    private boolean word(String word) {
        skipSpace();
        int from = at;
        skipLetters();
        return SqliteNames.equal(sql.substring(from, at), word);
    }

    private boolean name() {
        skipSpace();
        int from = at;
        if (from < sql.length() && "\"`'[".indexOf(sql.charAt(from)) >= 0) {
            char quote = sql.charAt(from) == '[' ? ']' : sql.charAt(from);
            int end = sql.indexOf(quote, from + 1);
            while (end >= 0 && quote != ']' && end + 1 < sql.length() && sql.charAt(end + 1) == quote) {
                end = sql.indexOf(quote, end + 2);
            }
            at = end + 1;
            return end >= 0;
        }
        skipLetters();
        return at > from;
    }

    private boolean isAtColumns() {
        skipSpace();
        return at < sql.length() && sql.charAt(at) == '(';
    }

    private void skipLetters() {
        while (at < sql.length() && isLetter(sql.charAt(at))) {
            at++;
        }
    }

    private static boolean isLetter(char c) {
        return c >= 0x80 || c == '_' || c == '$' || Character.isLetterOrDigit(c);
    }

    private void skipSpace() {
        while (at < sql.length()) {
            if (" \t\n\f\r".indexOf(sql.charAt(at)) >= 0) {
                at++;
            } else if (sql.startsWith("--", at)) {
                int end = sql.indexOf('\n', at);
                at = end < 0 ? sql.length() : end + 1;
            } else if (sql.startsWith("/*", at)) {
                int end = sql.indexOf("*/", at + 2);
                at = end < 0 ? sql.length() : end + 2;
            } else {
                return;
            }
        }
    }
}
