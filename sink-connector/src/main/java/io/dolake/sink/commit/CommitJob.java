/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.buffer.RowsRejectedException;
import io.dolake.sink.catalog.CommitConflict;
import io.dolake.sink.catalog.FailureClassifier;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.index.IndexBuild;
import io.dolake.sink.support.Backoff;
import io.dolake.sink.table.HeadValidator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commit of one buffer to its table, on a thread of its own. It is tried until it succeeds, is cancelled, or fails
 * in a way that waiting does not mend. Transient faults of the catalog, the store and the disk ({@link
 * FailureClassifier}) are waited out, however long they last.
 */
public final class CommitJob implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(CommitJob.class);
    // Short: a commit that loses again and again claims the next commit (see CommitClaim).
    private static final long CONFLICT_FIRST_MS = 10;
    private static final long CONFLICT_LONGEST_MS = 100;
    private static final long FIRST_WAIT_MS = 50;
    private static final int CONFLICTS_TO_TELL = 20;

    private final TableCommitter committer;
    private final CommitRequest request;
    private final CommitListener listener;
    private final Backoff faultBackoff;
    private final CommitJob first;
    private final int unknownRetries;
    /** Consecutive faults of which it is not known whether they are transient. */
    private int unknown;

    private final Backoff conflictBackoff = new Backoff(CONFLICT_FIRST_MS, CONFLICT_LONGEST_MS);
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile DoLakeException failure;
    private volatile RowsRejectedException refused;
    private volatile boolean isCommitted;
    private volatile boolean isAbandoned;
    private volatile boolean isHeldUp;

    /** @param first a commit that has to succeed before this one is tried; null if there is none */
    public CommitJob(
            TableCommitter committer,
            CommitRequest request,
            CommitListener listener,
            SinkConfig config,
            CommitJob first) {
        this.first = first;
        this.unknownRetries = config.unknownFailureRetries();
        this.committer = committer;
        this.request = request;
        this.listener = listener;
        this.faultBackoff = new Backoff(config.retryBackoffMs(), config.retryBackoffMaxMs());
    }

    @Override
    public void run() {
        try {
            boolean isCancelled = !awaitFirst();
            while (!isCancelled && !isCommitted && failure == null) {
                long delayMs = attempt();
                isCancelled = cancelled.await(delayMs, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            finished.countDown();
            closeIfAbandoned();
        }
    }

    /** Whether this commit may be tried. */
    private boolean awaitFirst() {
        while (first != null && !isCancelled() && !first.await(FIRST_WAIT_MS)) {
            LOG.trace("Table {} waits for another commit", request.buffer().table());
        }
        boolean isIn = first == null || first.isCommitted();
        isHeldUp = !isIn;
        return isIn && !isCancelled();
    }

    /** Whether it was not tried because the commit that precedes it did not succeed. */
    public boolean isHeldUp() {
        return isHeldUp && isFinished();
    }

    /** Reports that nobody else uses the committer any more: it is closed when the attempt under way has ended. */
    public void abandon() {
        isAbandoned = true;
        closeIfAbandoned();
    }

    private synchronized void closeIfAbandoned() {
        if (isAbandoned && isFinished()) {
            committer.close();
        }
    }

    /** Tries once; returns how long to wait before the next attempt, in ms. */
    private long attempt() {
        Object table = request.buffer().table();
        long startedNs = System.nanoTime();
        try {
            TableCommitter.Outcome outcome = committer.attempt(request, this::isCancelled);
            isCommitted = true;
            listener.committed(
                    outcome, request.buffer().table(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs));
            return 0;
        } catch (IndexBuild.Stopped e) {
            LOG.debug("Table {}: commit given up while its keys were read", table, e);
            return 0;
        } catch (CommitConflict e) {
            if (HeadValidator.isDoubtful(e) && ++unknown > unknownRetries) {
                return fault(FailureClassifier.of(table, e.getCause()));
            }
            listener.conflict();
            long delayMs = conflictBackoff.nextMs();
            if (conflictBackoff.failures() % CONFLICTS_TO_TELL == 0) {
                LOG.warn(
                        "Table {}: {} attempts to commit met those of others, trying again: {}",
                        table,
                        conflictBackoff.failures(),
                        e.getMessage());
            }
            LOG.debug("Table {} changed while a commit was prepared, trying again", table, e);
            return delayMs;
        } catch (RowsRejectedException e) {
            listener.fault(request.buffer().table(), e.first());
            refused = e;
            failure = e.first();
            return 0;
        } catch (RuntimeException | Error e) {
            committer.reset();
            return fault(FailureClassifier.of(table, e));
        }
    }

    /**
     * Returns how long to wait before the next attempt, in ms. If there is to be no other attempt, {@code failure} is
     * set.
     */
    private long fault(FailureClassifier fault) {
        DoLakeException error = fault.error();
        listener.fault(request.buffer().table(), error);
        unknown = fault.kind() == FailureClassifier.Kind.UNKNOWN ? unknown + 1 : 0;
        if (fault.kind() == FailureClassifier.Kind.PERMANENT || unknown > unknownRetries) {
            failure = error;
            return 0;
        }
        long delayMs = faultBackoff.nextMs();
        LOG.warn("{}; attempt {}, next in {} ms", error, faultBackoff.failures(), delayMs);
        LOG.debug("Cause", error);
        return delayMs;
    }

    /** Ends the attempts; one under way still runs to its end. */
    public void cancel() {
        cancelled.countDown();
    }

    private boolean isCancelled() {
        return cancelled.getCount() == 0;
    }

    public boolean isFinished() {
        return finished.getCount() == 0;
    }

    public boolean isCommitted() {
        return isCommitted;
    }

    /** Waits for the end; false if it has not come in time. */
    public boolean await(long timeoutMs) {
        try {
            return finished.await(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Why the buffer will not be committed; null if it still may be. */
    public DoLakeException failure() {
        return failure;
    }

    /** The rows that the table refuses, if that is why the commit failed; null otherwise. */
    public RowsRejectedException refused() {
        return refused;
    }

    public CommitRequest request() {
        return request;
    }
}
