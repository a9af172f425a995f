/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;

/**
 * The process that runs the pipeline of a home, as its process file tells. A file whose process has ended, or whose
 * process id was given to another process since, tells nothing.
 *
 * @param ready whether everything in it is up
 */
public record RunningProcess(long pid, boolean ready) {

    /** Two readings of one process's start may differ by this much. */
    private static final Duration CLOCK_GRAIN = Duration.ofSeconds(2);

    public static Optional<RunningProcess> of(Home home) {
        if (!Files.exists(home.process())) {
            return Optional.empty();
        }
        Properties file = PropertiesFile.read(home.process());
        long pid = Long.parseLong(file.getProperty("pid", "0"));
        Instant started = Instant.parse(file.getProperty("started", Instant.EPOCH.toString()));
        boolean same = ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(handle -> handle.info().startInstant())
                .map(instant -> Duration.between(instant, started).abs().compareTo(CLOCK_GRAIN) <= 0)
                .orElse(false);
        return same
                ? Optional.of(new RunningProcess(pid, Boolean.parseBoolean(file.getProperty("ready"))))
                : Optional.empty();
    }

    /** The same, unless it ends within moments, as one does that was killed just now. */
    public static Optional<RunningProcess> lasting(Home home) throws InterruptedException {
        long deadline = System.nanoTime() + RunLock.PATIENCE.toNanos();
        Optional<RunningProcess> process = of(home);
        while (process.isPresent() && System.nanoTime() - deadline < 0) {
            Thread.sleep(RunLock.POLL_INTERVAL_MS);
            process = of(home);
        }
        return process;
    }

    /** Says that the process at hand runs the pipeline of the home. */
    static void write(Home home, boolean ready) {
        ProcessHandle own = ProcessHandle.current();
        Properties file = new Properties();
        file.setProperty("pid", Long.toString(own.pid()));
        file.setProperty(
                "started", own.info().startInstant().orElse(Instant.EPOCH).toString());
        file.setProperty("ready", Boolean.toString(ready));
        PropertiesFile.write(home.process(), file);
    }

    /** Whether the last process of the home has ended without clearing up, as after a crash. */
    public static boolean isLeftBehind(Home home) {
        return Files.exists(home.process()) && of(home).isEmpty();
    }

    static void clear(Home home) throws IOException {
        Files.deleteIfExists(home.process());
    }

    /** Asks the process to end (SIGTERM). */
    public void stop() {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    }

    public boolean isAlive() {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
