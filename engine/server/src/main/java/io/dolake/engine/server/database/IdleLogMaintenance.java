/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.archive.SegmentArchive;
import io.dolake.engine.server.changelog.Archiver;
import io.dolake.engine.server.changelog.ChangeLog;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import java.nio.file.Files;

/**
 * Retention and archiving for the change log of a database that is not open. Only the log is opened: the database file
 * and its WAL are not needed, and opening them may take long.
 */
final class IdleLogMaintenance {
    private final DatabaseFiles files;
    private final EngineResources resources;
    private volatile boolean stopped;
    private volatile Archiver archiver;

    IdleLogMaintenance(DatabaseFiles files, EngineResources resources) {
        this.files = files;
        this.resources = resources;
    }

    /** Runs the maintenance; needs the name exclusively. */
    void run() {
        ServerConfig config = resources.config();
        if (!Files.exists(files.log())) {
            // Removed since it was listed; opening it would create it.
            return;
        }
        try (ChangeLog log =
                ChangeLog.open(files, config, new SegmentArchive(files.name(), resources.archiveStore()))) {
            if (log.state() == null) {
                return;
            }
            if (!log.archive().isConfigured()) {
                log.retain(System.currentTimeMillis(), null);
                return;
            }
            Archiver starting = new Archiver(files.name(), config, log, () -> null, Runnable::run);
            archiver = starting;
            if (!stopped) {
                starting.run();
            }
        }
    }

    /** Makes the run end after the object that it is archiving. */
    void stop() {
        stopped = true;
        Archiver running = archiver;
        if (running != null) {
            running.stop();
        }
    }
}
