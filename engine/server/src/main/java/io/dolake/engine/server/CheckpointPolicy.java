/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Says when the WAL is to be checkpointed without being asked: when it is large, when there were many commits, when a
 * commit has been in it for long, or when nobody writes. Thread-safe.
 */
final class CheckpointPolicy {
    private final ServerConfig config;
    private final AtomicLong commits = new AtomicLong();
    private volatile long lastCommitNanos;
    /** Of the first commit since the last attempt. */
    private volatile long firstCommitNanos;

    /** What is in the WAL at the start counts as committed now. */
    CheckpointPolicy(ServerConfig config, long nowNanos) {
        this.config = config;
        lastCommitNanos = nowNanos;
        firstCommitNanos = nowNanos;
    }

    /** Called with the write lock held. */
    void committed(long nowNanos) {
        lastCommitNanos = nowNanos;
        if (commits.getAndIncrement() == 0) {
            firstCommitNanos = nowNanos;
        }
    }

    boolean isDue(long frames, long walBytes, long nowNanos) {
        return frames > 0
                && (walBytes > config.limit(Limit.CHECKPOINT_WAL_BYTES)
                        || commits.get() >= config.limit(Limit.CHECKPOINT_COMMITS)
                        || isOver(Limit.CHECKPOINT_IDLE_MS, lastCommitNanos, nowNanos)
                        || isOver(Limit.CHECKPOINT_AGE_MS, firstCommitNanos, nowNanos));
    }

    private boolean isOver(Limit limit, long sinceNanos, long nowNanos) {
        return nowNanos - sinceNanos > TimeUnit.MILLISECONDS.toNanos(config.limit(limit));
    }

    /** Says that a checkpoint begins. If readers keep it from its end, commits and age count from here again. */
    void attempted(long nowNanos) {
        commits.set(0);
        firstCommitNanos = nowNanos;
    }
}
