/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;

/** Hints on how to bring a suspended database back. */
final class Remedies {
    private Remedies() {}

    /** For a database that cannot be opened; the engine tries again on its own. */
    static String toOpen(DatabaseFiles files, DoLakeException error) {
        return switch (error.code()) {
            case CHANGE_LOG_CORRUPT -> log(files);
            case INVALID_DATABASE_FILE, WAL_CORRUPT, WAL_GAP -> file(files);
            case STORAGE_FULL -> "Free space on the disk. The next request opens the database.";
            case IO_ERROR, CONNECTION_ERROR ->
                "Make sure that the engine can read and write " + files.main() + " and " + files.log()
                        + ". The next request opens the database.";
            default -> error.hint().orElse("The log of the engine has details. " + file(files));
        };
    }

    /** For a database that is open and cannot continue. */
    static String toGoOn(DatabaseFiles files, DoLakeException error) {
        return switch (error.code()) {
            case CHANGE_LOG_CORRUPT -> log(files) + resume(files);
            case INVALID_DATABASE_FILE, WAL_CORRUPT, WAL_GAP -> file(files) + resume(files);
            case STORAGE_FULL -> "Free space on the disk. Capture then resumes on its own.";
            default -> "Capture is retried automatically. " + error.hint().orElse("The log of the engine has details.");
        };
    }

    private static String file(DatabaseFiles files) {
        return "Put an undamaged " + files.main()
                + " in its place, without a -wal or -journal of another file beside it; or remove the"
                + " database (DELETE /v1/databases/" + files.name() + ") and import it again.";
    }

    private static String log(DatabaseFiles files) {
        return "Put " + files.log()
                + " back from a backup, or delete it together with its -wal: the database then begins a"
                + " new epoch, and consumers take a new snapshot.";
    }

    private static String resume(DatabaseFiles files) {
        return " Then POST /v1/databases/" + files.name() + "/resume opens its files again.";
    }

    /** Whether the database stays suspended until somebody acts. */
    static boolean isLasting(ErrorCode code) {
        return switch (code) {
            case INVALID_DATABASE_FILE, WAL_CORRUPT, WAL_GAP, CHANGE_LOG_CORRUPT -> true;
            default -> false;
        };
    }
}
