/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Transactions on a table of 7 columns, about 90 bytes a row. */
enum WriteWorkload {
    UPDATE_1("update, autocommit", true, 1, 1_000),
    UPDATE_100("update, 100 rows a transaction", true, 100, 100),
    INSERT_1("insert, autocommit", false, 1, 1_000),
    INSERT_1000("insert, 1,000 rows a transaction", false, 1_000, 30);

    private static final int ROWS = 100_000;
    private static final String UPDATE = "UPDATE t SET quantity = ?, price = ?, note = ? WHERE id = ?";
    private static final String INSERT =
            "INSERT INTO t (customer, quantity, price, status, note, changed) VALUES (?, ?, ?, ?, ?, ?)";

    private final String title;
    private final boolean updates;
    private final int perTransaction;
    private final int transactions;
    private long seed = 4711;

    WriteWorkload(String title, boolean updates, int perTransaction, int transactions) {
        this.title = title;
        this.updates = updates;
        this.perTransaction = perTransaction;
        this.transactions = transactions;
    }

    String title() {
        return title;
    }

    long rows() {
        return (long) perTransaction * transactions;
    }

    void prepare(RowWriter writer) throws Exception {
        writer.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL, quantity INTEGER,"
                + " price REAL, status TEXT, note TEXT, changed INTEGER)");
        Random random = new Random(seed);
        for (int i = 0; i < ROWS / 1_000; i++) {
            writer.transaction(INSERT, inserts(random, 1_000));
        }
    }

    /** Frames that one round adds. */
    long frames(RowWriter writer) throws Exception {
        writer.count();
        write(writer, new Random(seed));
        return writer.counted();
    }

    double seconds(RowWriter writer) throws Exception {
        Random random = new Random(seed++);
        long begin = System.nanoTime();
        write(writer, random);
        return (System.nanoTime() - begin) / 1e9;
    }

    private void write(RowWriter writer, Random random) throws Exception {
        for (int i = 0; i < transactions; i++) {
            if (updates) {
                writer.transaction(UPDATE, updates(random, perTransaction));
            } else {
                writer.transaction(INSERT, inserts(random, perTransaction));
            }
        }
    }

    private static List<List<Object>> inserts(Random random, int count) {
        List<List<Object>> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rows.add(List.of(
                    (long) random.nextInt(10_000),
                    (long) random.nextInt(100),
                    random.nextDouble(),
                    "shipped",
                    text(random),
                    1_795_000_000_000L + random.nextInt()));
        }
        return rows;
    }

    private static List<List<Object>> updates(Random random, int count) {
        List<List<Object>> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rows.add(List.of((long) random.nextInt(100), random.nextDouble(), text(random), 1L + random.nextInt(ROWS)));
        }
        return rows;
    }

    /** 40 characters. */
    private static String text(Random random) {
        char[] characters = new char[40];
        for (int i = 0; i < characters.length; i++) {
            characters[i] = (char) ('a' + random.nextInt(26));
        }
        return new String(characters);
    }
}
