/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Tells a process from a later one that was given its process id. The time of its start would do, but the system works
 * it out from the wall clock, and that may be set: Linux also counts from its own start, which nobody sets.
 */
final class ProcessIdentity {
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    /** Of the fields behind the name in {@code /proc/PID/stat}: the start, in ticks since the system's own. */
    private static final int START_FIELD = 19;

    private ProcessIdentity() {}

    /** Equal as long as the process lives, and for no other; empty if there is no such process. */
    static String of(long pid) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(ProcessIdentity::of)
                .orElse("");
    }

    private static String of(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Files.readString(BOOT).strip() + "/" + fields[START_FIELD];
        } catch (IOException e) {
            // Another system than Linux, or the process has just ended.
            return process.info()
                    .startInstant()
                    .map(Instant::getEpochSecond)
                    .map(String::valueOf)
                    .orElse("");
        }
    }
}
