/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes sure that one process runs the pipeline of a home. The system drops the lock with the process. It also drops it
 * when the process closes any other channel of the file, so homes that are locked by this process are kept in mind and
 * their files left alone.
 */
final class RunLock implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(2);
    static final long POLL_INTERVAL_MS = 100;

    private static final Set<Object> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final FileChannel channel;
    private final Object file;

    private RunLock(FileChannel channel, Object file) {
        this.channel = channel;
        this.file = file;
    }

    static RunLock take(Home home) {
        try {
            Object file = identity(home.lock());
            if (!HELD_HERE.add(file)) {
                throw inUse(home);
            }
            try {
                return new RunLock(locked(home), file);
            } catch (IOException | RuntimeException e) {
                HELD_HERE.remove(file);
                throw e;
            }
        } catch (IOException e) {
            throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot lock " + home.lock() + ": " + Home.reason(e), e);
        }
    }

    private static FileChannel locked(Home home) throws IOException {
        FileChannel channel = FileChannel.open(home.lock(), StandardOpenOption.WRITE);
        if (lock(channel)) {
            return channel;
        }
        channel.close();
        throw inUse(home);
    }

    /** Whether some process holds the lock now, whatever the process file says. */
    static boolean isHeld(Home home) {
        if (!Files.exists(home.lock())) {
            return false;
        }
        try {
            if (HELD_HERE.contains(identity(home.lock()))) {
                return true;
            }
            try (FileChannel channel = FileChannel.open(home.lock(), StandardOpenOption.WRITE)) {
                return channel.tryLock() == null;
            }
        } catch (IOException e) {
            throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot read " + home.lock() + ": " + Home.reason(e), e);
        }
    }

    /** The same for every path that leads to the file. */
    private static Object identity(Path file) throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            // It stays where it is: the lock is on the file, not on its name.
        }
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key != null ? key : file.toRealPath();
    }

    /** A process that was killed a moment ago holds its lock until its memory is given back. */
    private static boolean lock(FileChannel channel) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (channel.tryLock() == null) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            try {
                Thread.sleep(POLL_INTERVAL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    static DoLakeException inUse(Home home) {
        String who = RunningProcess.of(home)
                .map(process -> "process " + process.pid() + " runs it already")
                .orElse("another process runs it already");
        return new DoLakeException(ErrorCode.ADDRESS_IN_USE, "Cannot start the pipeline in " + home.dir() + ": " + who)
                .withHint("Use it as it is (./dolake status), stop it with ./dolake down, or take another --dir.");
    }

    @Override
    public void close() throws IOException {
        channel.close();
        HELD_HERE.remove(file);
    }
}
