/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.engine.client.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random transactions over a few tables, some of them schema changes. */
final class Workload {
    private final EngineFixture engine;
    private final String database;
    private final Random random;
    private final List<String> keyed = new ArrayList<>();
    private int names;

    Workload(EngineFixture engine, String database, Random random) {
        this.engine = engine;
        this.database = database;
        this.random = random;
    }

    void create() {
        engine.client().create(database);
        engine.exec(database, "CREATE TABLE notes(text TEXT, n INTEGER)");
        for (int i = 0; i < 3; i++) {
            createTable();
        }
    }

    private void createTable() {
        String table = "t" + names++;
        engine.exec(database, "CREATE TABLE " + table + "(id INTEGER PRIMARY KEY, v TEXT, n INTEGER)");
        keyed.add(table);
    }

    /** One transaction of several rows. */
    void transaction() {
        List<Statement> statements = new ArrayList<>();
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            statements.add(row());
        }
        engine.client().batch(database, statements);
    }

    private Statement row() {
        if (random.nextInt(5) == 0) {
            return notes();
        }
        String table = keyed.get(random.nextInt(keyed.size()));
        long id = random.nextInt(40);
        return switch (random.nextInt(5)) {
            case 0 -> Statement.of("DELETE FROM " + table + " WHERE id = ?", id);
            case 1 -> Statement.of("UPDATE " + table + " SET n = n + 1 WHERE id < ?", id);
            case 2 -> Statement.of("UPDATE OR IGNORE " + table + " SET id = id + 100 WHERE id = ?", id);
            default ->
                Statement.of("INSERT OR REPLACE INTO " + table + "(id, v, n) VALUES (?, ?, ?)", id, text(), number());
        };
    }

    private Statement notes() {
        return switch (random.nextInt(3)) {
            case 0 -> Statement.of("DELETE FROM notes WHERE rowid % 3 = ?", (long) random.nextInt(3));
            case 1 -> Statement.of("UPDATE notes SET n = ? WHERE rowid % 2 = 0", number());
            default -> Statement.of("INSERT INTO notes VALUES (?, ?)", text(), number());
        };
    }

    private String text() {
        return "x".repeat(random.nextInt(random.nextInt(20) == 0 ? 6_000 : 40)) + random.nextInt();
    }

    private long number() {
        return random.nextInt(1_000);
    }

    /** One schema change. */
    void schemaChange() {
        int which = random.nextInt(keyed.size());
        String table = keyed.get(which);
        switch (random.nextInt(6)) {
            case 0 -> createTable();
            case 1 -> engine.exec(database, "ALTER TABLE " + table + " ADD COLUMN c" + names++ + " TEXT");
            case 2 -> engine.exec(database, "ALTER TABLE " + table + " ADD COLUMN c" + names++ + " INTEGER DEFAULT 5");
            case 3 -> {
                String renamed = "t" + names++;
                engine.exec(database, "ALTER TABLE " + table + " RENAME TO " + renamed);
                keyed.set(which, renamed);
            }
            case 4 -> {
                engine.exec(database, "DROP TABLE " + table);
                keyed.remove(which);
                createTable();
            }
            default -> {
                engine.exec(database, "ALTER TABLE " + table + " ADD COLUMN d" + names + " TEXT");
                engine.exec(database, "ALTER TABLE " + table + " RENAME COLUMN d" + names + " TO e" + names);
                names++;
            }
        }
    }
}
