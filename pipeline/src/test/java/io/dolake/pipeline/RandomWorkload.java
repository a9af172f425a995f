/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random transactions on tables of every kind. The same seed gives the same statements; which of them are committed
 * when the engine is stopped in the middle is known to the engine only.
 */
final class RandomWorkload {
    private static final List<String> SCHEMA = List.of(
            "CREATE TABLE keyed(id INTEGER PRIMARY KEY, a TEXT, b REAL, c BLOB, d NUMERIC(10,2), e, f BOOLEAN, g DATE)",
            "CREATE TABLE named(code TEXT PRIMARY KEY, n INTEGER, t TEXT)",
            "CREATE TABLE heap(a INTEGER, b TEXT, c REAL)",
            "CREATE TABLE pairs(x INTEGER, y TEXT, z REAL, PRIMARY KEY (x, y)) WITHOUT ROWID",
            "CREATE TABLE exact(id INTEGER PRIMARY KEY, i INT NOT NULL, r REAL, t TEXT, b BLOB, v ANY) STRICT");

    private static final int KEYS = 400;
    private static final int MAX_STATEMENTS = 12;

    private final Random random;
    private final List<String> added = new ArrayList<>();

    RandomWorkload(long seed) {
        random = new Random(seed);
    }

    static void createTables(DoSqlClient engine, String database) {
        engine.create(database);
        for (String table : SCHEMA) {
            engine.exec(database, Statement.of(table));
        }
    }

    /** One transaction, sometimes rolled back. */
    void transaction(Session session) {
        session.begin(Session.Mode.IMMEDIATE);
        int statements = 1 + random.nextInt(MAX_STATEMENTS);
        for (int i = 0; i < statements; i++) {
            session.exec(statement());
        }
        if (random.nextInt(15) == 0) {
            session.rollback();
        } else {
            session.commit();
        }
    }

    /** Adds a column to one of the tables; rows written later fill it. */
    void addColumn(Session session) {
        String column = "extra" + added.size();
        session.exec(Statement.of("ALTER TABLE keyed ADD COLUMN " + column + " TEXT"));
        added.add(column);
    }

    private Statement statement() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> putKeyed();
            case 3 -> Statement.of("DELETE FROM keyed WHERE id = ?", key());
            case 4 ->
                Statement.of(
                        "INSERT INTO named VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + 1, t = excluded.t",
                        "code " + key(),
                        any(0),
                        text());
            case 5 -> Statement.of("DELETE FROM named WHERE code = ?", "code " + key());
            case 6 -> Statement.of("INSERT INTO heap VALUES (?, ?, ?)", key(), text(), random.nextDouble());
            case 7 -> Statement.of("UPDATE heap SET b = ? WHERE a % 7 = ?", text(), key() % 7);
            case 8 -> Statement.of("DELETE FROM heap WHERE a = ?", key());
            case 9 ->
                Statement.of(
                        "REPLACE INTO pairs VALUES (?, ?, ?)", key() % 20, "y" + key() % 20, random.nextGaussian());
            case 10 -> Statement.of("UPDATE OR IGNORE pairs SET x = x + 1 WHERE x = ?", key() % 20);
            default ->
                Statement.of(
                        "REPLACE INTO exact VALUES (?, ?, ?, ?, ?, ?)",
                        key(),
                        random.nextLong(),
                        random.nextInt(5) == 0 ? null : random.nextDouble() * 1e10,
                        text(),
                        blob(),
                        any(random.nextInt(4)));
        };
    }

    private Statement putKeyed() {
        List<Object> values = new ArrayList<>();
        values.add(key());
        values.add(any(random.nextInt(5)));
        values.add(any(random.nextInt(5)));
        values.add(any(random.nextInt(5)));
        values.add(random.nextInt(10_000) / 100.0);
        values.add(any(random.nextInt(5)));
        values.add((long) random.nextInt(3));
        values.add("2026-0" + (1 + random.nextInt(9)) + "-11");
        added.forEach(column -> values.add(text()));
        String marks = "?, ".repeat(values.size()).replaceAll(", $", "");
        StringBuilder columns = new StringBuilder("id, a, b, c, d, e, f, g");
        added.forEach(column -> columns.append(", ").append(column));
        return new Statement("REPLACE INTO keyed(" + columns + ") VALUES (" + marks + ")", values);
    }

    private long key() {
        return random.nextInt(KEYS);
    }

    private Object any(int storageClass) {
        return switch (storageClass) {
            case 0 -> random.nextLong();
            case 1 -> random.nextGaussian();
            case 2 -> text();
            case 3 -> blob();
            default -> null;
        };
    }

    /** Now and then longer than a page. */
    private String text() {
        int length = random.nextInt(40) == 0 ? 9_000 : random.nextInt(30);
        return random.ints(length, 0, 5)
                .mapToObj(i -> List.of("a", "Z", "ß", "漢", "\uD83D\uDE00").get(i))
                .reduce("", String::concat);
    }

    private byte[] blob() {
        byte[] bytes = new byte[random.nextInt(60) == 0 ? 12_000 : random.nextInt(20)];
        random.nextBytes(bytes);
        return bytes;
    }
}
