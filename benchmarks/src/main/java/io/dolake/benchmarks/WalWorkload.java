/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Random;

/**
 * Logs to decode. Rows have 38 bytes where nothing else is said: about 99 of them fill a page of 4,096 bytes. 300,000 of
 * them (12 MiB) fit the decoder's cache, 1,000,000 do not.
 */
enum WalWorkload {
    AUTOCOMMIT("updates of one row, autocommit", Shape.updates(300_000, 1), 100_000),
    HUNDRED("updates of 100 random rows a transaction", Shape.updates(300_000, 100), 100_000),
    LARGE_TABLE("updates of one row, table of 2.5 x the cache", Shape.updates(1_000_000, 1), 100_000),
    INDEXED(
            "updates of one row, two secondary indexes",
            Shape.updates(300_000, 1).withIndexes(),
            30_000),
    BULK("bulk insert, 10,000 rows a transaction", Shape.inserts(10_000), 2_000_000),
    BULK_ONE("bulk insert, one transaction", Shape.inserts(2_000_000), 2_000_000),
    BULK_1000("inserts, 1,000 rows a transaction", Shape.inserts(1_000), 1_000_000),
    BULK_90(
            "bulk insert of 90-byte rows, 5,000 a transaction",
            Shape.inserts(5_000).withText(77),
            1_000_000);

    private static final long SEED = 4711;

    private final String title;
    private final Shape shape;
    private final int events;

    /**
     * What the table and the transactions are like.
     *
     * @param rows in the table before; 0 if rows are inserted
     * @param textLength characters of the text in a row
     */
    private record Shape(int rows, int perTransaction, int textLength, boolean isIndexed) {
        static Shape updates(int rows, int perTransaction) {
            return new Shape(rows, perTransaction, 25, false);
        }

        static Shape inserts(int perTransaction) {
            return new Shape(0, perTransaction, 25, false);
        }

        Shape withIndexes() {
            return new Shape(rows, perTransaction, textLength, true);
        }

        Shape withText(int length) {
            return new Shape(rows, perTransaction, length, isIndexed);
        }
    }

    WalWorkload(String title, Shape shape, int events) {
        this.title = title;
        this.shape = shape;
        this.events = events;
    }

    String title() {
        return title;
    }

    /** Row changes in the log. */
    long events() {
        return events;
    }

    /** Makes the database, empties the log, and writes into it what is to be decoded. */
    void prepare(SourceDatabase database) throws SQLException {
        database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, v TEXT)");
        if (shape.isIndexed) {
            database.execute("CREATE INDEX t_n ON t (n)");
            database.execute("CREATE INDEX t_v ON t (v)");
        }
        insert(database, shape.rows, Math.max(1, shape.rows));
        database.checkpoint();
        if (shape.rows == 0) {
            insert(database, events, shape.perTransaction);
        } else {
            update(database);
        }
    }

    private void insert(SourceDatabase database, int count, int perTransaction) throws SQLException {
        Random random = new Random(SEED);
        database.autoCommit(false);
        try (PreparedStatement statement = database.prepare("INSERT INTO t VALUES (?, ?, ?)")) {
            for (int i = 1; i <= count; i++) {
                statement.setInt(1, i);
                statement.setInt(2, random.nextInt());
                statement.setString(3, text(random));
                statement.executeUpdate();
                if (i % perTransaction == 0) {
                    database.commit();
                }
            }
        }
        database.commit();
        database.autoCommit(true);
    }

    private void update(SourceDatabase database) throws SQLException {
        Random random = new Random(SEED + 1);
        database.autoCommit(shape.perTransaction == 1);
        int step = shape.rows / shape.perTransaction;
        try (PreparedStatement statement = database.prepare("UPDATE t SET n = ?, v = ? WHERE id = ?")) {
            for (int done = 0; done < events; done += shape.perTransaction) {
                // Distinct rows, so that there are as many events as updates.
                int row = 1 + random.nextInt(step);
                for (int i = 0; i < shape.perTransaction; i++, row += step) {
                    statement.setInt(1, random.nextInt());
                    statement.setString(2, text(random));
                    statement.setInt(3, row);
                    statement.executeUpdate();
                }
                if (shape.perTransaction > 1) {
                    database.commit();
                }
            }
        }
        database.autoCommit(true);
    }

    private String text(Random random) {
        char[] characters = new char[shape.textLength];
        for (int i = 0; i < characters.length; i++) {
            characters[i] = (char) ('a' + random.nextInt(26));
        }
        return new String(characters);
    }
}
