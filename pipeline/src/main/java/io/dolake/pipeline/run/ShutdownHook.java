/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the pipeline when the process is asked to end. Kafka and Jetty wait for minutes in some places; a stop that
 * takes longer than {@link #LIMIT} leaves the stacks of all threads in the log and ends the process as it is, which
 * loses nothing: the next start recovers as from a crash.
 */
public final class ShutdownHook {
    static final Duration LIMIT = Duration.ofSeconds(40);

    private ShutdownHook() {}

    /** The latch is counted down when the pipeline has stopped. */
    public static void install(Pipeline pipeline, CountDownLatch stopped) {
        install(
                () -> {
                    pipeline.close();
                    stopped.countDown();
                },
                LIMIT);
    }

    static void install(Runnable stop, Duration limit) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            Thread watch = new Thread(() -> endAt(limit), "pipeline-stop-limit");
                            watch.setDaemon(true);
                            watch.start();
                            stop.run();
                        },
                        "pipeline-stop"));
    }

    private static void endAt(Duration limit) {
        try {
            Thread.sleep(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        Logger logger = LoggerFactory.getLogger(ShutdownHook.class);
        logger.error("The stop took longer than {} s; the process ends without the rest of it", limit.toSeconds());
        Thread.getAllStackTraces().forEach((thread, stack) -> logger.error("{}", text(thread, stack)));
        Runtime.getRuntime().halt(1);
    }

    private static String text(Thread thread, StackTraceElement[] stack) {
        StringBuilder text = new StringBuilder("Thread " + thread.getName() + ", " + thread.getState());
        for (StackTraceElement element : stack) {
            text.append("\n    at ").append(element);
        }
        return text.toString();
    }
}
