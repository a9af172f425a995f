/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.index;

import io.dolake.sink.row.KeyBytes;
import io.dolake.sink.row.KeyHash;
import io.dolake.sink.support.DaemonThreads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.iceberg.FileScanTask;

/**
 * Reads the keys of data files into an index, several files in parallel. Each thread collects keys in batches; only one
 * thread at a time puts a batch into the index. An object serves one {@link #read}.
 */
public final class IndexBuild {
    /** Number of keys in a batch, 24 bytes each. In a larger batch, more keys share a page of the file. */
    private static final int BATCH = 1 << 16;

    /** A data file to read. */
    record Part(FileScanTask task, LiveFile live) {}

    /** The build was stopped on request. */
    public static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stopped(Object table) {
            super("Cannot read the keys of table " + table + ": the task is giving up its partitions");
        }
    }

    private final Object table;
    private final KeyScan scan;
    private final Function<KeyBytes, KeyHash> hash;
    private final Consumer<KeyBatch> index;
    private final IndexProgress progress;
    private final BooleanSupplier isStopped;
    private final Deque<Part> waiting = new ArrayDeque<>();
    private final Set<LiveFile> finished = new HashSet<>();
    private Throwable failure;
    private boolean isIndexIntact = true;
    private boolean isOver;

    /**
     * @param index called by one thread at a time; after it threw an exception, the index is no longer {@link
     * #isIndexIntact}
     */
    IndexBuild(
            Object table,
            KeyScan scan,
            Function<KeyBytes, KeyHash> hash,
            Consumer<KeyBatch> index,
            IndexProgress progress,
            BooleanSupplier isStopped) {
        this.table = table;
        this.scan = scan;
        this.hash = hash;
        this.index = index;
        this.progress = progress;
        this.isStopped = isStopped;
    }

    /** Reads all files, or throws the first failure; {@link Stopped} if it was stopped or interrupted. */
    void read(List<Part> parts, int threads) {
        // Large files first, so that all threads end at about the same time.
        parts.stream()
                .sorted(Comparator.comparingLong(
                                (Part part) -> part.task().file().fileSizeInBytes())
                        .reversed())
                .forEach(waiting::add);
        progress.begin(parts.size());
        try {
            List<Thread> helpers = new ArrayList<>();
            for (int i = 1; i < Math.min(threads, parts.size()); i++) {
                helpers.add(startHelper(i));
            }
            readSome();
            await(helpers);
        } finally {
            progress.end();
        }
        rethrow();
    }

    private Thread startHelper(int number) {
        Thread helper = new DaemonThreads("dolake-index-" + table + "-" + number).newThread(this::readSome);
        helper.start();
        return helper;
    }

    private void await(List<Thread> helpers) {
        try {
            for (Thread helper : helpers) {
                helper.join();
            }
        } catch (InterruptedException e) {
            // The helpers end on their own: nothing that they still read is accepted.
            Thread.currentThread().interrupt();
            end();
            fail(new Stopped(table));
        }
    }

    private void rethrow() {
        Throwable first = failure();
        if (first instanceof Error error) {
            throw error;
        }
        if (first != null) {
            throw (RuntimeException) first;
        }
    }

    /** Whether everything that was put is in the index: then it can still be used, whatever made the build fail. */
    synchronized boolean isIndexIntact() {
        return isIndexIntact;
    }

    /** Whether all keys of a file are in the index. */
    synchronized boolean isFinished(LiveFile live) {
        return finished.contains(live);
    }

    private void readSome() {
        Reader reader = new Reader();
        try {
            reader.readAll();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
        try {
            // What was read is valid, whatever ended the reading.
            reader.put();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private synchronized Part next() {
        return failure == null ? waiting.poll() : null;
    }

    private synchronized void end() {
        isOver = true;
    }

    private synchronized Throwable failure() {
        return failure;
    }

    private synchronized void fail(Throwable e) {
        if (failure == null) {
            failure = e;
        } else if (failure != e && !(e instanceof Stopped)) {
            failure.addSuppressed(e);
        }
    }

    private synchronized void put(KeyBatch batch, List<LiveFile> read) {
        if (isOver || !isIndexIntact) {
            return;
        }
        try {
            index.accept(batch);
        } catch (RuntimeException | Error e) {
            isIndexIntact = false;
            throw e;
        }
        finished.addAll(read);
    }

    private synchronized void tell(int files, int rows) {
        if (!isOver) {
            progress.read(files, rows);
        }
    }

    /** The work of one thread. Batches span several files: there may be many small ones. */
    private final class Reader {
        private final KeyBatch batch = new KeyBatch();
        private final List<LiveFile> read = new ArrayList<>();
        private int untold;

        void readAll() {
            for (Part part = next(); part != null; part = next()) {
                LiveFile live = part.live();
                checkStop();
                scan.read(part.task(), (key, position) -> {
                    batch.add(hash.apply(key), RowPosition.pack(live.id(), position));
                    untold++;
                    if (batch.size() == BATCH) {
                        put();
                        tell(0);
                        checkStop();
                    }
                    return true;
                });
                read.add(live);
                tell(1);
            }
        }

        void put() {
            IndexBuild.this.put(batch, read);
            batch.clear();
            read.clear();
        }

        private void checkStop() {
            if (isStopped.getAsBoolean()) {
                throw new Stopped(table);
            }
        }

        private void tell(int files) {
            IndexBuild.this.tell(files, untold);
            untold = 0;
        }
    }
}
