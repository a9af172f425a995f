/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.testkit;

import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** Ways to damage the files of the database {@code sick} while the engine is down. */
public enum FileDamage {
    MAIN_HEADER_OVERWRITTEN(ErrorCode.INVALID_DATABASE_FILE) {
        @Override
        public void make(Path directory) throws IOException {
            write(directory.resolve("sick.db"), 0, "something else!!".getBytes());
        }
    },
    MAIN_OF_ANOTHER_PAGE_SIZE(ErrorCode.INVALID_DATABASE_FILE) {
        @Override
        public void make(Path directory) throws IOException {
            write(directory.resolve("sick.db"), 16, new byte[] {3, 3});
        }
    },
    ROOT_PAGE_DAMAGED(null) {
        @Override
        public void make(Path directory) throws IOException {
            write(directory.resolve("sick.db"), 4096, new byte[] {77});
        }
    },
    SCHEMA_DAMAGED(null) {
        @Override
        public void make(Path directory) throws IOException {
            write(directory.resolve("sick.db"), 100, new byte[] {77});
        }
    },
    MAIN_TRUNCATED(null) {
        @Override
        public void make(Path directory) throws IOException {
            truncate(directory.resolve("sick.db"), 8192);
        }
    },
    MAIN_CUT_IN_A_PAGE(null) {
        @Override
        public void make(Path directory) throws IOException {
            truncate(directory.resolve("sick.db"), 10_000);
        }
    },
    MAIN_EMPTY(ErrorCode.INVALID_DATABASE_FILE) {
        @Override
        public void make(Path directory) throws IOException {
            truncate(directory.resolve("sick.db"), 0);
        }
    },
    MAIN_DELETED(ErrorCode.INVALID_DATABASE_FILE) {
        @Override
        public void make(Path directory) throws IOException {
            Files.delete(directory.resolve("sick.db"));
        }
    },
    MAIN_IS_A_DIRECTORY(ErrorCode.INVALID_DATABASE_FILE) {
        @Override
        public void make(Path directory) throws IOException {
            Files.delete(directory.resolve("sick.db"));
            Files.createDirectory(directory.resolve("sick.db"));
            Files.writeString(directory.resolve("sick.db/note"), "not ours");
        }
    },
    MAIN_IS_A_LINK(ErrorCode.INVALID_DATABASE_FILE) {
        @Override
        public void make(Path directory) throws IOException {
            Path elsewhere = directory.resolve("elsewhere");
            Files.move(directory.resolve("sick.db"), elsewhere);
            Files.createSymbolicLink(directory.resolve("sick.db"), elsewhere);
        }
    },
    LOG_HEADER_OVERWRITTEN(ErrorCode.CHANGE_LOG_CORRUPT) {
        @Override
        public void make(Path directory) throws IOException {
            write(directory.resolve("sick.log.db"), 0, "something else!!".getBytes());
        }
    },
    LOG_SCHEMA_DAMAGED(ErrorCode.CHANGE_LOG_CORRUPT) {
        @Override
        public void make(Path directory) throws IOException {
            write(directory.resolve("sick.log.db"), 100, new byte[] {77});
        }
    },
    LOG_TRUNCATED(ErrorCode.CHANGE_LOG_CORRUPT) {
        @Override
        public void make(Path directory) throws IOException {
            truncate(directory.resolve("sick.log.db"), 8192);
        }
    },
    LOG_OF_A_LATER_VERSION(ErrorCode.CHANGE_LOG_CORRUPT) {
        @Override
        public void make(Path directory) throws Exception {
            try (var connection =
                            java.sql.DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("sick.log.db"));
                    var statement = connection.createStatement()) {
                statement.execute("UPDATE _dosql_state SET format = 99");
            }
        }
    },
    LOG_IS_A_DIRECTORY(ErrorCode.IO_ERROR) {
        @Override
        public void make(Path directory) throws IOException {
            Files.delete(directory.resolve("sick.log.db"));
            Files.createDirectory(directory.resolve("sick.log.db"));
        }
    };

    /** Null where it depends on who notices first. */
    private final ErrorCode code;

    FileDamage(ErrorCode code) {
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    public abstract void make(Path directory) throws Exception;

    public static void write(Path file, long at, byte[] bytes) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(at);
            raw.write(bytes);
        }
    }

    static void truncate(Path file, long size) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(size);
        }
    }
}
