/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.changelog.ChangeLog;
import io.dolake.engine.server.changelog.LogState;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.sqlite.MainFile;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects that the files at the paths of an open database are no longer those that it has open: commits made after that
 * would be lost with the next start. It does not detect another program's write to the main file between the begin and
 * the end of a checkpoint.
 */
final class FileWatch {
    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

    private final DatabaseFiles files;
    private final ChangeLog log;
    private final Object mainKey;
    private final Object logKey;

    /** Must be called when both files are open. */
    FileWatch(DatabaseFiles files, ChangeLog log) {
        this.files = files;
        this.log = log;
        mainKey = key(files.main());
        logKey = key(files.log());
    }

    /** The fault of the files; null if there is none. */
    DoLakeException look() {
        Object main = key(files.main());
        if (main == null || !main.equals(mainKey)) {
            return fault(ErrorCode.INVALID_DATABASE_FILE, files.main(), main);
        }
        Object logNow = key(files.log());
        if (logNow == null || !logNow.equals(logKey)) {
            return fault(ErrorCode.CHANGE_LOG_CORRUPT, files.log(), logNow);
        }
        String noted = log.state().fingerprint();
        if (!noted.isEmpty()
                && !noted.equals(LogState.UNSOUND)
                && isOther(noted)
                && noted.equals(log.state().fingerprint())) {
            return new DoLakeException(
                    ErrorCode.INVALID_DATABASE_FILE,
                    "Cannot use database '" + files.name() + "': " + files.main()
                            + " was written to by another program while the engine had it open");
        }
        return null;
    }

    private boolean isOther(String noted) {
        try {
            return !noted.equals(MainFile.fingerprint(files.main()));
        } catch (DoLakeException e) {
            LOG.debug("{} disappeared while it was checked", files.main(), e);
            return false; // the next check decides
        }
    }

    private DoLakeException fault(ErrorCode code, Path file, Object now) {
        return new DoLakeException(
                code,
                "Cannot use database '" + files.name() + "': " + file + " was "
                        + (now == null ? "deleted or moved away" : "replaced") + " while the engine had it open");
    }

    private static Object key(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            Object key = attributes.fileKey();
            return key != null ? key : attributes.creationTime();
        } catch (IOException e) {
            return null;
        }
    }
}
