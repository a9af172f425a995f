/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks;

import java.util.concurrent.TimeUnit;

/** A process that a benchmark has started. */
public final class ChildProcess {
    private static final int STOP_SECONDS = 60;

    private ChildProcess() {}

    /** Waits for the end of a process that was asked to end; kills it if it does not. */
    public static void awaitEnd(Process process) {
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
