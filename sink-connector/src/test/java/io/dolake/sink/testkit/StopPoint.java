/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stops the thread of a worker process that gets to a step for the so-manieth time, and says so with a file; it goes on
 * when there is another. In the meantime the process can be killed, or frozen, or others can act.
 */
public final class StopPoint implements WatchedCatalog.Watcher, WatchedFileIO.Watcher {
    public static final String DIRECTORY = "stop.directory";
    public static final String STEP = "stop.step";
    public static final String HIT = "stop.hit";
    private static final long POLL_MS = 2;

    private final Step step;
    private final Path stopped;
    private final Path go;
    private final AtomicInteger hitsLeft;

    StopPoint(Map<String, String> settings) {
        this.step = settings.containsKey(STEP) ? Step.valueOf(settings.get(STEP)) : null;
        this.hitsLeft = new AtomicInteger(Integer.parseInt(settings.getOrDefault(HIT, "1")));
        Path directory = Path.of(settings.get(DIRECTORY));
        this.stopped = stoppedFile(directory);
        this.go = goFile(directory);
    }

    static Path stoppedFile(Path directory) {
        return directory.resolve("stopped");
    }

    static Path goFile(Path directory) {
        return directory.resolve("go");
    }

    void reached(Step reached) {
        if (reached == null || reached != step) {
            return;
        }
        int left = hitsLeft.decrementAndGet();
        // The table must not be created by the other task meanwhile: the next worker is to get there, too.
        boolean isToWait = left == 0 || left < 0 && step == Step.TABLE_CREATING;
        if (!isToWait) {
            return;
        }
        try {
            if (left == 0) {
                Files.createFile(stopped);
            }
            while (!Files.exists(go)) {
                Thread.sleep(POLL_MS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at " + step, e);
        }
    }

    @Override
    public void creating() {
        reached(Step.TABLE_CREATING);
    }

    @Override
    public void created() {
        reached(Step.TABLE_CREATED);
    }

    @Override
    public void committing() {
        reached(Step.COMMITTING);
    }

    @Override
    public void committed() {
        reached(Step.COMMITTED);
    }

    @Override
    public void creating(String location) {
        reached(Step.ofFile(location, false));
    }

    @Override
    public void closed(String location) {
        reached(Step.ofFile(location, true));
    }
}
