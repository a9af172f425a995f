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
 * What keeps an open database from being used, or its changes from being captured. Three cases: its files are others now,
 * and nobody may use it; capture fails until somebody sees to it, and nobody may write; capture fails for the moment.
 */
final class SetAside {
    private static final Logger LOG = LoggerFactory.getLogger(SetAside.class);

    private final DatabaseFiles files;
    private final ChangeLog log;
    private final Capture capture;
    private final FileWatch watch;
    /** What is wrong with the files; null if nothing is. */
    private volatile Capture.Failure fault;

    SetAside(DatabaseFiles files, ChangeLog log, Capture capture) {
        this.files = files;
        this.log = log;
        this.capture = capture;
        watch = new FileWatch(files, log);
    }

    /** Looks at the files; what is wrong now, null if nothing is. */
    Capture.Failure look() {
        DoLakeException seen = watch.look();
        Capture.Failure before = fault;
        if (seen == null) {
            fault = null;
        } else if (before == null) {
            fault = new Capture.Failure(seen, Instant.now());
            LOG.error("Database '{}' is set aside: {}", files.name(), seen.getMessage());
        }
        Capture.Failure known = fault;
        return known != null ? known : capture.failureSince();
    }

    /** Whether, at the last look, the files were not those that are open. */
    boolean isOfOtherFiles() {
        return fault != null;
    }

    /** Whether it stays until somebody sees to it. Then waiting is in vain, and a checkpoint would do harm. */
    static boolean isLasting(Capture.Failure failure) {
        return failure != null && Remedies.isLasting(failure.error().code());
    }

    void refuseWrites() {
        refuseUse();
        Capture.Failure known = capture.failureSince();
        if (isLasting(known)) {
            throw refused("write to", "Reads go on. ", known.error());
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
                        "Cannot " + verb + " database '" + files.name() + "': it is set aside: " + cause.getMessage(),
                        cause)
                .withHint(hint + Remedies.toGoOn(files, cause))
                .withDetail("database", files.name());
    }

    Suspension suspension(Capture.Failure failure) {
        return new Suspension(
                failure.error().code(),
                String.valueOf(failure.error().getMessage()),
                "LSN " + log.durable(),
                failure.since(),
                Remedies.toGoOn(files, failure.error()));
    }
}
