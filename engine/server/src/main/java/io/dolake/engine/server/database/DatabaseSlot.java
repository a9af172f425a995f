/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A name in use: its monitor guards opening, creating and removing, and the work on a log whose database is not open. */
public final class DatabaseSlot {
    private final AtomicInteger wanted = new AtomicInteger();
    private volatile IdleLogMaintenance visit;
    /** Null while it is not open. Changed by {@link #exclusively} only. */
    private volatile Database database;

    /** Why it could not be opened; null if it could, or nobody has tried. Changed by {@link #exclusively} only. */
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

    /** Says that housekeeping is under way, or is over. */
    void busy(boolean isBusy) {
        busy = isBusy;
    }

    /** Runs with the name to itself. A visit under way is cut short: who works with the database does not wait for it. */
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

    /** Runs a visit unless the database is open, or about to be. */
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
