/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/**
 * What programs that measure databases do, in random order: numbers in words go into tables with and without indexes,
 * in and out of order, and are updated, deleted by ranges, copied, replaced and filled in again.
 */
final class SpeedWorkload {
    private static final String[] UNITS = {
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen"
    };
    private static final String[] TENS = {
        "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"
    };
    private static final String[] TABLES = {"plain", "ordered", "unordered", "keyed"};

    private final Connection connection;
    private final Random random;
    private final int rows;

    SpeedWorkload(Connection connection, Random random, int rows) {
        this.connection = connection;
        this.random = random;
        this.rows = rows;
    }

    void start() throws SQLException {
        run(
                "CREATE TABLE plain(a INTEGER, b INTEGER, c TEXT)",
                "CREATE TABLE ordered(a INTEGER PRIMARY KEY, b INTEGER, c TEXT)",
                "CREATE TABLE unordered(a INTEGER, b INTEGER UNIQUE, c TEXT)",
                "CREATE INDEX unordered_c ON unordered(c)",
                "CREATE TABLE keyed(a INTEGER, b INTEGER, c TEXT PRIMARY KEY) WITHOUT ROWID");
        for (String table : TABLES) {
            fill(table);
        }
    }

    /** One transaction. */
    void step() throws SQLException {
        String table = TABLES[random.nextInt(TABLES.length)];
        int from = random.nextInt(rows);
        int to = from + random.nextInt(rows / 10);
        String range = " WHERE b BETWEEN " + from + " AND " + to;
        switch (random.nextInt(13)) {
            case 0, 1 -> insert(table, from, random.nextInt(50));
            case 2 -> run("UPDATE OR IGNORE " + table + " SET a = a * 2 % 1000003" + range);
            case 3 -> run("UPDATE OR IGNORE " + table + " SET c = c || ' more'" + range);
            case 4 -> run("UPDATE OR REPLACE " + table + " SET b = b + 1" + range);
            case 5 -> single(table, from);
            case 6 -> run("DELETE FROM " + table + range);
            case 7 -> run("DELETE FROM " + table + " WHERE c LIKE '%seven%' AND a % 3 = 0");
            case 8 -> copy(table, TABLES[random.nextInt(TABLES.length)], range);
            case 9 -> run("REPLACE INTO " + table + "(a, b, c) SELECT a, b, c FROM " + table + range);
            case 10 -> refill(table);
            case 11 -> run("UPDATE OR REPLACE " + table + " SET a = a + 1");
            default -> index(table);
        }
    }

    private void fill(String table) throws SQLException {
        run("BEGIN");
        insert(table, 0, rows);
        run("COMMIT");
    }

    private void refill(String table) throws SQLException {
        run("DELETE FROM " + table);
        fill(table);
    }

    private void insert(String table, int first, int count) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT OR REPLACE INTO " + table + "(a, b, c) VALUES (?, ?, ?)")) {
            for (int i = first; i < first + count; i++) {
                int number = table.equals("ordered") ? i : scrambled(i);
                insert.setInt(1, number);
                insert.setInt(2, scrambled(number));
                insert.setString(3, words(number));
                insert.execute();
            }
        }
    }

    private void single(String table, int from) throws SQLException {
        run("BEGIN");
        for (int i = from; i < from + 20; i++) {
            run("UPDATE OR IGNORE " + table + " SET c = '" + words(i) + "' WHERE b = " + i);
        }
        run(random.nextInt(4) == 0 ? "ROLLBACK" : "COMMIT");
    }

    private void copy(String to, String from, String range) throws SQLException {
        run("INSERT OR IGNORE INTO " + to + "(a, b, c) SELECT a, b, c FROM " + from + range + " ORDER BY c");
    }

    private void index(String table) throws SQLException {
        run("DROP INDEX IF EXISTS extra", "CREATE INDEX extra ON " + table + "(a, c)");
    }

    private void run(String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Every number once, out of order. */
    private int scrambled(int number) {
        return (int) (number * 7919L % 1_000_003);
    }

    /** A number in words: short texts, long ones, and many that begin alike. */
    static String words(int number) {
        if (number >= 1000) {
            return words(number / 1000) + " thousand" + rest(number % 1000);
        }
        if (number >= 100) {
            return UNITS[number / 100] + " hundred" + rest(number % 100);
        }
        return number < 20 ? UNITS[number] : TENS[number / 10] + rest(number % 10);
    }

    private static String rest(int number) {
        return number == 0 ? "" : " " + words(number);
    }
}
