/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Suspension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Why a database could not be opened. It is valid until one of the files changes or some time has passed; the next
 * request for the database then tries again. Until then requests get the failure at once and do not wait for another
 * attempt.
 *
 * @param since when the first of several failures with the same code happened
 * @param files the fingerprints of the files
 * @param againNanos when to try again even if the files have not changed
 */
public record OpenFailure(DoLakeException error, Instant since, String files, long againNanos) {
    /** The wait between two attempts is at least the duration of the last attempt times this factor. */
    private static final int REST_FACTOR = 10;

    /** @param before the failure of the attempt before; null if there was none */
    static OpenFailure of(
            DatabaseFiles files, ServerConfig config, Throwable cause, OpenFailure before, long startNanos) {
        DoLakeException error = named(files, cause);
        boolean isSame = before != null && before.error.code() == error.code();
        long now = System.nanoTime();
        long rest = Math.max(
                TimeUnit.MILLISECONDS.toNanos(config.limit(Limit.REOPEN_INTERVAL_MS)),
                REST_FACTOR * (now - startNanos));
        return new OpenFailure(error, isSame ? before.since : Instant.now(), traces(files), now + rest);
    }

    /** The error with the names of the database and its file, and a remedy. */
    private static DoLakeException named(DatabaseFiles files, Throwable cause) {
        DoLakeException known = cause instanceof DoLakeException e
                ? e
                : new DoLakeException(ErrorCode.INTERNAL_ERROR, String.valueOf(cause), cause);
        String prefix = "Cannot open database '" + files.name() + "'";
        String reason = String.valueOf(known.getMessage());
        String rest = reason.startsWith(prefix + ": ") ? reason.substring(prefix.length() + 2) : reason;
        boolean isNamed = rest.contains(files.main().toString())
                || rest.contains(files.log().toString());
        String message = prefix + (isNamed ? ": " : " (" + files.main() + "): ") + rest;
        return new DoLakeException(known.code(), message, cause)
                .withHint(Remedies.toOpen(files, known))
                .withDetail("database", files.name())
                .withDetail("file", files.main().toString());
    }

    boolean stillStands(DatabaseFiles at) {
        return System.nanoTime() - againNanos < 0 && files.equals(traces(at));
    }

    public Suspension suspension() {
        return Suspension.of(error, "", since, "");
    }

    private static String traces(DatabaseFiles files) {
        StringBuilder traces = new StringBuilder();
        for (Path file : new Path[] {files.main(), files.wal(), files.log(), files.logWal()}) {
            traces.append(trace(file)).append('\n');
        }
        return traces.toString();
    }

    private static String trace(Path file) {
        try {
            boolean isUnix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
            return Files.readAttributes(file, isUnix ? "unix:ino,size,mode,lastModifiedTime,ctime" : "*")
                    .toString();
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        }
    }
}
