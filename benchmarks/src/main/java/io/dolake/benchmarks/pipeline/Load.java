/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** One writer on one database, over a WebSocket session: rows of 7 columns, about 90 bytes. */
final class Load implements AutoCloseable {
    static final String TABLE = "t";
    static final String CREATE = "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL,"
            + " quantity INTEGER, price REAL, status TEXT, note TEXT, changed INTEGER)";
    static final String INSERT =
            "INSERT INTO t (id, customer, quantity, price, status, note, changed) VALUES (?, ?, ?, ?, ?, ?, ?)";
    private static final String UPDATE = "UPDATE t SET quantity = ?, price = ?, note = ?, changed = ? WHERE id = ?";

    private final Session session;
    private final Random random;
    private final String database;
    private long nextId = 1;
    private long nextMark;

    Load(DoSqlClient client, String database, long seed) {
        this.database = database;
        this.random = new Random(seed);
        client.create(database);
        session = client.session(database);
        session.exec(Statement.of(CREATE));
    }

    String database() {
        return database;
    }

    /** What a round writes. */
    enum Kind {
        INSERT,
        UPDATE,
        MIXED
    }

    /** Called when a transaction has returned; {@code mark} is what its last row has in column {@code changed}. */
    interface Committed {
        void at(long mark, long sentNanos, long returnedNanos);
    }

    /**
     * Writes so many transactions.
     *
     * @param perSecond transactions; 0 is as fast as they go
     * @return the mark of the last row
     */
    long write(Kind kind, int transactions, int rows, int perSecond, Committed committed) {
        long begin = System.nanoTime();
        for (int i = 0; i < transactions; i++) {
            long due = begin + (perSecond == 0 ? 0 : i * 1_000_000_000L / perSecond);
            for (long wait = due - System.nanoTime(); perSecond > 0 && wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            List<Statement> statements = new ArrayList<>(rows);
            for (int row = 0; row < rows; row++) {
                boolean isInsert = kind == Kind.INSERT || kind == Kind.MIXED && random.nextInt(2) == 0;
                statements.add(isInsert ? insert() : update());
            }
            long sent = System.nanoTime();
            if (rows == 1) {
                session.exec(statements.get(0));
            } else {
                session.batch(statements);
            }
            committed.at(nextMark, sent, System.nanoTime());
        }
        return nextMark;
    }

    private Statement insert() {
        return Statement.of(INSERT, values(random, nextId++, ++nextMark));
    }

    /** The values of a new row. */
    static Object[] values(Random random, long id, long mark) {
        return new Object[] {
            id,
            (long) random.nextInt(10_000),
            (long) random.nextInt(100),
            random.nextDouble(),
            "shipped",
            text(random),
            mark
        };
    }

    private Statement update() {
        return Statement.of(
                UPDATE,
                (long) random.nextInt(100),
                random.nextDouble(),
                text(random),
                ++nextMark,
                1 + (long) (random.nextDouble() * (nextId - 1)));
    }

    private static String text(Random random) {
        char[] characters = new char[40];
        for (int i = 0; i < characters.length; i++) {
            characters[i] = (char) ('a' + random.nextInt(26));
        }
        return new String(characters);
    }

    @Override
    public void close() {
        session.close();
    }
}
