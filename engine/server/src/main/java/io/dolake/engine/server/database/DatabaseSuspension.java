/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.capture.Capture;
import io.dolake.engine.server.changelog.ChangeLog;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Suspension;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reason why an open database is suspended or its changes are not captured. Three cases: its files were replaced,
 * and nobody may use it; capture fails until somebody repairs it, and nobody may write; capture fails for the moment.
 */
final class DatabaseSuspension {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseSuspension.class);

    private final DatabaseFiles files;
    private final ChangeLog log;
    private final WriteSide writing;
    private final FileWatch watch;
    /** The fault of the files; null if there is none. */
    private volatile Capture.Failure fault;

    DatabaseSuspension(DatabaseFiles files, ChangeLog log, WriteSide writing) {
        this.files = files;
        this.log = log;
        this.writing = writing;
        watch = new FileWatch(files, log);
    }

    /** Checks the files and returns their fault; null if there is none. */
    Capture.Failure look() {
        DoLakeException seen = watch.look();
        Capture.Failure before = fault;
        if (seen == null) {
            fault = null;
        } else if (before == null) {
            fault = new Capture.Failure(seen, Instant.now());
            LOG.error("Database '{}' is suspended: {}", files.name(), seen.getMessage());
        }
        Capture.Failure known = fault;
        return known != null ? known : writing.failure();
    }

    /** Checks the files, and returns whether the database is suspended. */
    boolean isSuspended() {
        return look() != null;
    }

    /** Checks the files, and returns whether the database stays suspended until somebody repairs it. */
    boolean isLasting() {
        return isLasting(look());
    }

    /** Whether the last check found that the files are not those that are open. */
    boolean isOfOtherFiles() {
        return fault != null;
    }

    /**
     * Whether the database stays suspended until somebody repairs it. Then waiting is useless, and a checkpoint would
     * do harm.
     */
    private static boolean isLasting(Capture.Failure failure) {
        return failure != null && Remedies.isLasting(failure.error().code());
    }

    void refuseWrites() {
        refuseUse();
        Capture.Failure known = writing.failure();
        if (isLasting(known)) {
            throw refused("write to", "Reads still work. ", known.error());
        }
    }

    void refuseUse() {
        Capture.Failure known = fault;
        if (known != null) {
            throw refused("use", "", known.error());
        }
    }

    private DoLakeException refused(String verb, String hint, DoLakeException cause) {
        return new DoLakeException(
                        cause.code(),
                        "Cannot " + verb + " database '" + files.name() + "': it is suspended: " + cause.getMessage(),
                        cause)
                .withHint(hint + Remedies.toGoOn(files, cause))
                .withDetail("database", files.name());
    }

    Suspension describe(Capture.Failure failure) {
        return new Suspension(
                failure.error().code(),
                String.valueOf(failure.error().getMessage()),
                "LSN " + log.durable(),
                failure.since(),
                Remedies.toGoOn(files, failure.error()));
    }
}
