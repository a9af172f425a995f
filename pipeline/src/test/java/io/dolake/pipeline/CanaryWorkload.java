/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import java.nio.charset.StandardCharsets;

/** Canaries in columns that are excluded, masked or hashed, of every type and storage class, and in keys. */
record CanaryWorkload(DoSqlClient engine) {
    void create() {
        engine.create("priv");
        run("CREATE TABLE people(id INTEGER PRIMARY KEY, ssn TEXT, ssn_int INTEGER, ssn_any, phone TEXT,"
                + " phone_int INTEGER, phone_real REAL, phone_blob BLOB, mail TEXT, mail_int INTEGER, mail_date DATE,"
                + " note TEXT, age INTEGER)");
        run("CREATE TABLE accounts(mail TEXT PRIMARY KEY, note) WITHOUT ROWID");
        run("CREATE TABLE strict(id INTEGER PRIMARY KEY, phone TEXT NOT NULL DEFAULT '" + Canary.TEXT
                + "', ssn TEXT NOT NULL DEFAULT '" + Canary.TEXT + "', note TEXT) STRICT");
        for (int id = 1; id <= 4; id++) {
            person(id);
        }
        run("INSERT INTO accounts VALUES('" + Canary.TEXT + "', '" + Canary.VISIBLE + "'), ('b', 1)");
        run("INSERT INTO strict(id, note) VALUES(1, '" + Canary.VISIBLE + "')");
    }

    void change() {
        person(5);
        run("UPDATE people SET age = '" + Canary.VISIBLE + "', phone_int = '" + Canary.TEXT + "2'");
        run("UPDATE people SET id = 50 WHERE id = 5");
        run("DELETE FROM people WHERE id = 2");
        run("UPDATE accounts SET mail = '" + Canary.TEXT + "3' WHERE mail = 'b'");
        run("DELETE FROM accounts WHERE mail = '" + Canary.TEXT + "'");
        run("ALTER TABLE people ADD COLUMN ssn_new TEXT DEFAULT '" + Canary.TEXT + "'");
        run("ALTER TABLE people ADD COLUMN phone_new INTEGER DEFAULT " + Canary.NUMBER);
        run("INSERT INTO strict(id, phone, note) VALUES(2, '" + Canary.TEXT + "', 'x')");
    }

    void rename() {
        run("UPDATE people SET note = 'before'");
        run("ALTER TABLE people RENAME COLUMN phone TO tel");
        run("UPDATE people SET tel = tel || '!'");
    }

    private void person(int id) {
        Object[] values = {Canary.TEXT, Canary.NUMBER, Canary.REAL, Canary.TEXT.getBytes(StandardCharsets.UTF_8)};
        for (int i = 0; i < 4; i++) {
            Object value = values[(id + i) % 4];
            run(
                    "INSERT INTO people VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (long) id + 100L * i,
                    value,
                    value,
                    value,
                    value,
                    value,
                    value,
                    value,
                    value,
                    value,
                    value,
                    Canary.VISIBLE,
                    "no age");
        }
    }

    private void run(String sql, Object... params) {
        engine.exec("priv", Statement.of(sql, params));
    }
}
