/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Random;

/**
 * Logs to decode. Rows have 38 bytes where nothing else is said: about 99 of them fill a page of 4,096 bytes. 300,000 of them (12 MiB) fit the
 * decoder's cache, 1,000,000 do not.
 */
enum WalWorkload {
    AUTOCOMMIT("updates of one row, autocommit", 100_000) {
        @Override
        void write(SourceDatabase database) throws SQLException {
            update(database, 1, events());
        }
    },
    HUNDRED("updates of 100 random rows a transaction", 100_000) {
        @Override
        void write(SourceDatabase database) throws SQLException {
            update(database, 100, events());
        }
    },
    LARGE_TABLE("updates of one row, table of 2.5 x the cache", 100_000) {
        @Override
        int initialRows() {
            return 1_000_000;
        }

        @Override
        void write(SourceDatabase database) throws SQLException {
            update(database, 1, events());
        }
    },
    BULK("bulk insert, 10,000 rows a transaction", 2_000_000) {
        @Override
        int initialRows() {
            return 0;
        }

        @Override
        void write(SourceDatabase database) throws SQLException {
            insert(database, 1, (int) events(), 10_000);
        }
    },
    BULK_90("bulk insert of 90-byte rows, 5,000 a transaction", 1_000_000) {
        @Override
        int initialRows() {
            return 0;
        }

        @Override
        int textLength() {
            return 77;
        }

        @Override
        void write(SourceDatabase database) throws SQLException {
            insert(database, 1, (int) events(), 5_000);
        }
    },
    BULK_ONE("bulk insert, one transaction", 2_000_000) {
        @Override
        int initialRows() {
            return 0;
        }

        @Override
        void write(SourceDatabase database) throws SQLException {
            insert(database, 1, (int) events(), (int) events());
        }
    },
    BULK_1000("inserts, 1,000 rows a transaction", 1_000_000) {
        @Override
        int initialRows() {
            return 0;
        }

        @Override
        void write(SourceDatabase database) throws SQLException {
            insert(database, 1, (int) events(), 1_000);
        }
    },
    INDEXED("updates of one row, two secondary indexes", 30_000) {
        @Override
        void schema(SourceDatabase database) throws SQLException {
            super.schema(database);
            database.execute("CREATE INDEX t_n ON t (n)");
            database.execute("CREATE INDEX t_v ON t (v)");
        }

        @Override
        void write(SourceDatabase database) throws SQLException {
            update(database, 1, events());
        }
    };

    private static final int ROWS = 300_000;
    private static final long SEED = 4711;

    private final String title;
    private final long events;

    WalWorkload(String title, long events) {
        this.title = title;
        this.events = events;
    }

    String title() {
        return title;
    }

    /** Row changes in the log. */
    long events() {
        return events;
    }

    int initialRows() {
        return ROWS;
    }

    int textLength() {
        return 25;
    }

    void schema(SourceDatabase database) throws SQLException {
        database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, v TEXT)");
    }

    abstract void write(SourceDatabase database) throws SQLException;

    /** Makes the database, empties the log, and writes into it what is to be decoded. */
    void prepare(SourceDatabase database) throws SQLException {
        schema(database);
        insert(database, 1, initialRows(), Math.max(1, initialRows()));
        database.checkpoint();
        write(database);
    }

    void insert(SourceDatabase database, int first, int count, int perTransaction) throws SQLException {
        Random random = new Random(SEED);
        database.autoCommit(false);
        try (PreparedStatement statement = database.prepare("INSERT INTO t VALUES (?, ?, ?)")) {
            for (int i = 0; i < count; i++) {
                statement.setInt(1, first + i);
                statement.setInt(2, random.nextInt());
                statement.setString(3, text(random, textLength()));
                statement.executeUpdate();
                if ((i + 1) % perTransaction == 0) {
                    database.commit();
                }
            }
        }
        database.commit();
        database.autoCommit(true);
    }

    void update(SourceDatabase database, int perTransaction, long count) throws SQLException {
        Random random = new Random(SEED + 1);
        database.autoCommit(perTransaction == 1);
        int[] rows = new int[perTransaction];
        try (PreparedStatement statement = database.prepare("UPDATE t SET n = ?, v = ? WHERE id = ?")) {
            for (long done = 0; done < count; done += perTransaction) {
                // Distinct rows, so that there are as many events as updates.
                int base = random.nextInt(initialRows() / perTransaction);
                for (int i = 0; i < perTransaction; i++) {
                    rows[i] = 1 + base + i * (initialRows() / perTransaction);
                }
                for (int row : rows) {
                    statement.setInt(1, random.nextInt());
                    statement.setString(2, text(random, textLength()));
                    statement.setInt(3, row);
                    statement.executeUpdate();
                }
                if (perTransaction > 1) {
                    database.commit();
                }
            }
        }
        database.autoCommit(true);
    }

    private static String text(Random random, int length) {
        char[] characters = new char[length];
        for (int i = 0; i < characters.length; i++) {
            characters[i] = (char) ('a' + random.nextInt(26));
        }
        return new String(characters);
    }
}
