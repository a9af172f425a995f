/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs retention and archiving from time to time for the change logs of databases that nobody has opened since the
 * start, one after the other.
 */
final class IdleLogScheduler {
    private static final Logger LOG = LoggerFactory.getLogger(IdleLogScheduler.class);

    private final EngineResources resources;
    private final Supplier<List<String>> names;
    private final Function<String, DatabaseSlot> slots;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile long lastNanos = System.nanoTime();
    private volatile boolean closed;

    IdleLogScheduler(EngineResources resources, Supplier<List<String>> names, Function<String, DatabaseSlot> slots) {
        this.resources = resources;
        this.names = names;
        this.slots = slots;
    }

    /** Starts a round of visits if one is due. Called often. */
    void wake(long nowNanos) {
        long interval = TimeUnit.MILLISECONDS.toNanos(resources.config().limit(Limit.VISIT_INTERVAL_MS));
        if (closed || nowNanos - lastNanos < interval || !running.compareAndSet(false, true)) {
            return;
        }
        try {
            resources.archives().execute(this::visitAll);
        } catch (RejectedExecutionException e) {
            LOG.debug("Maintenance of change logs is skipped: the engine is stopping");
        }
    }

    private void visitAll() {
        try {
            for (String name : names.get()) {
                if (closed) {
                    return;
                }
                visit(new DatabaseFiles(resources.config().directory(), name));
            }
        } catch (RuntimeException e) {
            LOG.warn("Cannot maintain the change logs of databases that are not open: {}", e.toString());
        } finally {
            lastNanos = System.nanoTime();
            running.set(false);
        }
    }

    private void visit(DatabaseFiles files) {
        try {
            if (Files.exists(files.log())) {
                slots.apply(files.name()).visit(new IdleLogMaintenance(files, resources));
            }
        } catch (RuntimeException e) {
            LOG.warn("Cannot maintain the change log of database '{}', which is not open", files.name(), e);
        }
    }

    /** Stops the rounds. No visit begins afterwards, except one that is just about to begin. */
    void close() {
        closed = true;
    }
}
