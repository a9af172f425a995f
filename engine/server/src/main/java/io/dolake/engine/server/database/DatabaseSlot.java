/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The state of one database name. Its monitor guards opening, creating and removing the database, and the maintenance
 * of its change log while it is not open.
 */
public final class DatabaseSlot {
    private final AtomicInteger wanted = new AtomicInteger();
    private volatile IdleLogMaintenance visit;
    /** The open database; null while it is not open. Changed by {@link #exclusively} only. */
    private volatile Database database;

    /**
     * Why the database could not be opened; null if it could, or nobody has tried. Changed by {@link #exclusively}
     * only.
     */
    private volatile OpenFailure failure;

    private volatile boolean busy;

    public Database database() {
        return database;
    }

    void database(Database newDatabase) {
        database = newDatabase;
    }

    public OpenFailure failure() {
        return failure;
    }

    void failure(OpenFailure newFailure) {
        failure = newFailure;
    }

    boolean isBusy() {
        return busy;
    }

    /** Records that housekeeping has begun, or has ended. */
    void busy(boolean isBusy) {
        busy = isBusy;
    }

    /**
     * Runs work that needs the name exclusively. A maintenance visit under way is cut short, so that users of the
     * database do not wait for it.
     */
    <T> T exclusively(Supplier<T> work) {
        wanted.incrementAndGet();
        try {
            IdleLogMaintenance running = visit;
            if (running != null) {
                running.stop();
            }
            synchronized (this) {
                return work.get();
            }
        } finally {
            wanted.decrementAndGet();
        }
    }

    /** Runs a maintenance visit unless the database is open or about to be opened. */
    void visit(IdleLogMaintenance newVisit) {
        visit = newVisit;
        try {
            synchronized (this) {
                if (database == null && wanted.get() == 0) {
                    newVisit.run();
                }
            }
        } finally {
            visit = null;
        }
    }
}
