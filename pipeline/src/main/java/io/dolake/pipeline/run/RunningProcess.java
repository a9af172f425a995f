/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.Properties;

/**
 * The process that runs the pipeline of a home, as its process file tells. A file whose process has ended, or whose
 * process id was given to another process since, tells nothing.
 *
 * @param ready whether everything in it is up
 */
public record RunningProcess(long pid, boolean ready) {

    public static Optional<RunningProcess> of(Home home) {
        return PropertiesFile.find(home.process()).flatMap(file -> {
            long pid = number(file.getProperty("pid", ""));
            String identity = ProcessIdentity.of(pid);
            boolean same = !identity.isEmpty() && identity.equals(file.getProperty("identity"));
            return same
                    ? Optional.of(new RunningProcess(pid, Boolean.parseBoolean(file.getProperty("ready"))))
                    : Optional.empty();
        });
    }

    private static long number(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
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
        file.setProperty("identity", ProcessIdentity.of(own.pid()));
        file.setProperty("ready", Boolean.toString(ready));
        PropertiesFile.write(home.process(), file);
    }

    /** Whether the last process of the home has ended without clearing up, as after a crash. */
    public static boolean isLeftBehind(Home home) {
        return Files.exists(home.process()) && of(home).isEmpty();
    }

    /** Whether some process runs the home now, also one that its process file does not tell of. */
    public static boolean isSomewhere(Home home) {
        return RunLock.isHeld(home);
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
