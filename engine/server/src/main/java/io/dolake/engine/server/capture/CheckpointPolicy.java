/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.capture;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Says when the WAL is to be checkpointed without being asked: when it is large, when there were many commits, when a
 * commit has been in it for long, or when nobody writes. Only the last empties it: while there are commits, SQLite begins
 * again at the start of the file, and a commit that need not make the file longer is several times faster to flush.
 * Thread-safe.
 */
public final class CheckpointPolicy {
    private final ServerConfig config;
    private final AtomicLong commits = new AtomicLong();
    private volatile long lastCommitNanos;
    /** Of the first commit since the last attempt. */
    private volatile long firstCommitNanos;
    /** Whether everything was in the main file after the last attempt. */
    private volatile boolean complete;

    /** What is in the WAL at the start counts as committed now. */
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

    /** How far to go now; empty if there is nothing to do. */
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

    /** Says that a checkpoint begins. If readers keep it from its end, commits and age count from here again. */
    public void attempted(long nowNanos) {
        commits.set(0);
        firstCommitNanos = nowNanos;
        complete = false;
    }

    /** Says how it ended. */
    public void ended(Checkpointer.Result result) {
        complete = result.isComplete();
    }
}
