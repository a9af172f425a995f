/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The directory that holds all state of one pipeline, and what lies where in it.
 *
 * @param dir absolute
 */
public record Home(Path dir) {

    public static Home of(Path dir) {
        return new Home(dir.toAbsolutePath().normalize());
    }

    /** Databases and their change logs. */
    public Path engine() {
        return dir.resolve("engine");
    }

    /** Log of the broker: topics, Connect offsets and configurations, consumer positions. */
    public Path kafka() {
        return dir.resolve("kafka");
    }

    public Path warehouse() {
        return dir.resolve("warehouse");
    }

    /** SQLite file of the Iceberg catalog. */
    public Path catalog() {
        return dir.resolve("catalog.db");
    }

    public Path logs() {
        return dir.resolve("logs");
    }

    /** What a detached pipeline prints. */
    public Path console() {
        return logs().resolve("up.log");
    }

    /** Lock, process and port files. */
    Path run() {
        return dir.resolve("run");
    }

    /** Held by the process that runs the home. */
    public Path lock() {
        return run().resolve("lock");
    }

    /** The token of {@code up}, its connector and the commands; for the owner of the directory only. */
    public Path engineToken() {
        return run().resolve("engine-token");
    }

    Path process() {
        return run().resolve("process.properties");
    }

    Path ports() {
        return run().resolve("ports.properties");
    }

    /** Makes the directories that do not exist yet. */
    public Home create() {
        for (Path path : new Path[] {engine(), kafka(), warehouse(), logs(), run()}) {
            try {
                Files.createDirectories(path);
            } catch (IOException e) {
                throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot create directory " + path + ": " + reason(e), e)
                        .withHint("Name a directory that you may write to with --dir DIR.");
            }
        }
        return this;
    }

    /** What went wrong with a file, without the path that many such messages consist of. */
    static String reason(IOException e) {
        if (e instanceof java.nio.file.AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof java.nio.file.NoSuchFileException) {
            return "no such file or directory";
        }
        if (e instanceof java.nio.file.FileAlreadyExistsException) {
            return "a file is in the way";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
