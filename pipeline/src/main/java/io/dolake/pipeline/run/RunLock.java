/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** Makes sure that one process runs the pipeline of a home. The system drops the lock with the process. */
final class RunLock implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(2);
    static final long POLL_INTERVAL_MS = 100;

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    static RunLock take(Home home) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(home.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!lock(channel)) {
                channel.close();
                throw inUse(home);
            }
            return new RunLock(channel);
        } catch (IOException e) {
            throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot lock " + home.lock() + ": " + Home.reason(e), e);
        }
    }

    /** A process that was killed a moment ago holds its lock until its memory is given back. */
    private static boolean lock(FileChannel channel) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (tryLock(channel) == null) {
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

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held in this very process
        }
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
    }
}
