/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.sql.SqlScanner;

/**
 * Distinguishes CREATE statements that may be replayed from other text. A file can hold any text in its schema:
 * statements that write files or never end ({@code VACUUM INTO}, {@code CREATE TABLE ... AS SELECT}). SQLite itself
 * stores nothing but {@code CREATE TABLE name (...)} and {@code CREATE VIRTUAL TABLE}.
 */
final class CreateText {
    private CreateText() {}

    /** Whether it is a CREATE TABLE with columns: running it makes an empty table and does nothing else. */
    static boolean isTable(String sql) {
        SqlScanner tokens = new SqlScanner(sql);
        return isWord(tokens, "CREATE") && isWord(tokens, "TABLE") && isName(tokens.next()) && isAtColumns(tokens);
    }

    static boolean isVirtualTable(String sql) {
        SqlScanner tokens = new SqlScanner(sql);
        return isWord(tokens, "CREATE") && isWord(tokens, "VIRTUAL") && isWord(tokens, "TABLE");
    }

    private static boolean isWord(SqlScanner tokens, String word) {
        tokens.next();
        return tokens.keyword().equals(word);
    }

    private static boolean isName(SqlScanner.Token token) {
        return token == SqlScanner.Token.WORD
                || token == SqlScanner.Token.QUOTED_NAME
                || token == SqlScanner.Token.STRING;
    }

    private static boolean isAtColumns(SqlScanner tokens) {
        tokens.next();
        return tokens.is('(');
    }
}
