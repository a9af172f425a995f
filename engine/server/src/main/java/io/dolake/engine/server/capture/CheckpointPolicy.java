/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.capture;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Decides when the engine checkpoints the WAL on its own: when it is large, after many commits, when a commit has been
 * in it for long, or when there are no writes. Only the last case empties the WAL: while there are commits, SQLite
 * restarts at the beginning of the file, and flushing a commit that does not extend the file is several times faster.
 * Thread-safe.
 */
public final class CheckpointPolicy {
    private final ServerConfig config;
    private final AtomicLong commits = new AtomicLong();
    private volatile long lastCommitNanos;
    /** Time of the first commit since the last attempt. */
    private volatile long firstCommitNanos;
    /** Whether the whole WAL was in the main file after the last attempt. */
    private volatile boolean complete;

    /** Frames that are in the WAL at the start count as committed now. */
    public CheckpointPolicy(ServerConfig config, long nowNanos) {
        this.config = config;
        lastCommitNanos = nowNanos;
        firstCommitNanos = nowNanos;
    }

    /** Called with the write lock held. */
    public void committed(long nowNanos) {
        lastCommitNanos = nowNanos;
        if (commits.getAndIncrement() == 0) {
            firstCommitNanos = nowNanos;
        }
    }

    /** The checkpoint that is due now; empty if none is. */
    public Optional<Checkpointer.Mode> due(long frames, long walBytes, long nowNanos) {
        if (frames == 0) {
            return Optional.empty();
        }
        if (isOver(Limit.CHECKPOINT_IDLE_MS, lastCommitNanos, nowNanos)) {
            return Optional.of(Checkpointer.Mode.TRUNCATE);
        }
        boolean isNew = commits.get() > 0 || !complete;
        boolean isDue = walBytes > config.limit(Limit.CHECKPOINT_WAL_BYTES)
                || commits.get() >= config.limit(Limit.CHECKPOINT_COMMITS)
                || isOver(Limit.CHECKPOINT_AGE_MS, firstCommitNanos, nowNanos);
        return isNew && isDue ? Optional.of(Checkpointer.Mode.FULL) : Optional.empty();
    }

    private boolean isOver(Limit limit, long sinceNanos, long nowNanos) {
        return nowNanos - sinceNanos > TimeUnit.MILLISECONDS.toNanos(config.limit(limit));
    }

    /**
     * Records that a checkpoint begins. If readers keep it from completing, commits and age are counted from here
     * again.
     */
    public void attempted(long nowNanos) {
        commits.set(0);
        firstCommitNanos = nowNanos;
        complete = false;
    }

    /** Records how the checkpoint ended. */
    public void ended(Checkpointer.Result result) {
        complete = result.isComplete();
    }
}
