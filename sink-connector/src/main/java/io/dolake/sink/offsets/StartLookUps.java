/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.offsets;

import io.dolake.sink.support.DaemonThreads;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks up where partitions start, several in parallel and not on the task's thread: Iceberg retries for minutes to
 * read a table whose files are damaged, and the other partitions, and the consumer's group, cannot wait for that long.
 * Used by the task's thread.
 */
public final class StartLookUps implements AutoCloseable {
    private static final int THREADS = 4;

    private final StartOffsets offsets;
    private final Map<TopicPartition, CompletableFuture<StartOffsets.Found>> underWay = new HashMap<>();
    private final ExecutorService threads;
    private long deadlineNs;

    public StartLookUps(StartOffsets offsets) {
        this.offsets = offsets;
        this.threads = Executors.newFixedThreadPool(THREADS, new DaemonThreads("dolake-start"));
    }

    /** Starts the lookups that are not running, and sets the total time to wait for answers. */
    public void begin(Collection<TopicPartition> partitions, long waitMs) {
        deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs);
        underWay.values().removeIf(CompletableFuture::isCompletedExceptionally);
        for (TopicPartition partition : partitions) {
            underWay.computeIfAbsent(
                    partition, asked -> CompletableFuture.supplyAsync(() -> offsets.find(asked), threads));
        }
    }

    /** The answer; empty if it is not there yet. Throws the catalog's exception: then the lookup is to be repeated. */
    public Optional<StartOffsets.Found> of(TopicPartition partition) {
        try {
            long leftNs = Math.max(0, deadlineNs - System.nanoTime());
            StartOffsets.Found found = underWay.get(partition).get(leftNs, TimeUnit.NANOSECONDS);
            underWay.remove(partition);
            return Optional.of(found);
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    public void forget(TopicPartition partition) {
        underWay.remove(partition);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
