/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a worker a connector and waits until it is clear whether that does its work. One that does not is no reason to
 * stop: it is told where states are shown, and the rest goes on.
 */
final class ConnectorStart {
    /** How long a worker may take to join its group and to take a configuration. */
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(90);
    /** An answer that is an error of the worker's may pass while it starts, but not for longer. */
    private static final Duration ERRORS_PASS = Duration.ofSeconds(5);
    /** How long tasks may take to start, of one connector. */
    private static final Duration SETTLE_TIMEOUT = Duration.ofSeconds(60);
    /**
     * After a restart a task is asked for so long before it is believed to run: it may fail at its first step again.
     */
    private static final Duration STEADY = Duration.ofSeconds(6);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    private final ConnectRest rest;
    private final Progress progress;
    private final Map<String, DoLakeException> refused = new HashMap<>();
    private final Map<String, Map<String, String>> outdated = new HashMap<>();

    ConnectorStart(ConnectRest rest, Progress progress) {
        this.rest = rest;
        this.progress = progress;
    }

    /** Hands over the configuration; a refused one leaves the connector with that of before, if it had one. */
    void configure(String connector, Path file) {
        try {
            ObjectNode config = ConnectorFile.read(file);
            JsonNode before = before(connector);
            long start = System.nanoTime();
            await("configure connector " + connector, READY_TIMEOUT, () -> {
                try {
                    rest.configure(connector, config.toString());
                    return true;
                } catch (DoLakeException e) {
                    boolean mayPass =
                            e.code() == ErrorCode.INTERNAL_ERROR && System.nanoTime() - start < ERRORS_PASS.toNanos();
                    if (mayPass) {
                        return false;
                    }
                    throw e;
                }
            });
            outdated.put(connector, outdated(before, config));
        } catch (DoLakeException e) {
            logger().error("Connector {} does not get the configuration in {}", connector, file, e);
            refused.put(connector, e);
        }
    }

    /** What the connector is configured with at present; an object without fields if there is no such connector. */
    private JsonNode before(String connector) {
        JsonNode[] found = new JsonNode[1];
        await("list connectors", READY_TIMEOUT, () -> {
            found[0] = rest.describe().stream()
                    .filter(each -> each.state().name().equals(connector))
                    .map(ConnectRest.Described::config)
                    .findFirst()
                    .orElse(JsonNodeFactory.instance.objectNode());
            return true;
        });
        return found[0];
    }

    /** Settings of before that are others now, or gone. */
    private static Map<String, String> outdated(JsonNode before, ObjectNode now) {
        Map<String, String> outdated = new HashMap<>();
        before.properties().forEach(setting -> {
            boolean isSame =
                    setting.getKey().equals("name") || setting.getValue().equals(now.get(setting.getKey()));
            if (!isSame) {
                outdated.put(setting.getKey(), setting.getValue().asText());
            }
        });
        return outdated;
    }

    /** Whether a task still runs, or has failed, with a setting that its connector no longer has. */
    private boolean hasOutdatedTask(String connector) {
        Map<String, String> settings = outdated.getOrDefault(connector, Map.of());
        return !settings.isEmpty()
                && rest.taskConfigs(connector).values().stream()
                        .anyMatch(task -> settings.entrySet().stream()
                                .anyMatch(setting -> setting.getValue()
                                        .equals(task.path(setting.getKey()).asText(null))));
    }

    /** Waits until it is clear of each connector that the worker has, and of those it should have, whether it runs. */
    void settle() {
        Set<String> known = new TreeSet<>();
        await("list connectors", READY_TIMEOUT, () -> {
            known.addAll(rest.connectors());
            return true;
        });
        refused.forEach((connector, error) -> progress.say("connector   " + connector
                + " HAS A CONFIGURATION THAT IS REFUSED: " + error.code() + ": " + error.getMessage()));
        known.forEach(this::settle);
    }

    /**
     * Waits until the connector and its tasks run, or do not. States of failure may be those of the last run of the
     * worker, which keeps them: what has failed is started once more, and believed then. Nor is a task believed that
     * has the configuration of before.
     */
    private void settle(String connector) {
        boolean[] isRestarted = new boolean[1];
        long[] believedFrom = new long[] {System.nanoTime()};
        try {
            await("start connector " + connector, SETTLE_TIMEOUT, () -> {
                ConnectorState state = rest.state(connector);
                if (!state.connector().equals("FAILED") && hasOutdatedTask(connector)) {
                    return false;
                }
                if (state.isFailed() && !isRestarted[0]) {
                    isRestarted[0] = true;
                    rest.restartFailed(connector);
                    believedFrom[0] = System.nanoTime() + STEADY.toNanos();
                    return false;
                }
                boolean isBelieved = System.nanoTime() - believedFrom[0] >= 0;
                return isBelieved && (state.isRunning() || state.isFailed() || state.isHeldByUser());
            });
            ConnectorState state = rest.state(connector);
            boolean isPartly = state.tasks().stream().anyMatch(ConnectorState.Task::isRunning);
            progress.say("connector   " + connector
                    + (state.isRunning() ? " runs" : (isPartly ? " RUNS IN PART: " : " DOES NOT RUN: ") + why(state)));
        } catch (DoLakeException e) {
            logger().error("Connector {} does not run", connector, e);
            progress.say("connector   " + connector + " DOES NOT RUN: " + e.code() + ": " + e.getMessage());
        }
    }

    private static String why(ConnectorState state) {
        Optional<TraceCause> failure = state.failure();
        return failure.map(cause -> cause.code() + ": " + cause.reason()).orElse("it is " + state.connector());
    }

    /** Repeats what a worker refuses while it joins its group or rebalances. */
    private static void await(String what, Duration timeout, BooleanSupplier attempt) {
        long deadline = System.nanoTime() + timeout.toNanos();
        String last = "it is not running yet";
        while (System.nanoTime() - deadline < 0) {
            try {
                if (attempt.getAsBoolean()) {
                    return;
                }
                last = "it is not running yet";
            } catch (DoLakeException e) {
                if (e.code() != ErrorCode.CONNECTION_ERROR) {
                    throw e;
                }
                last = e.getMessage();
            }
            sleep();
        }
        throw new DoLakeException(ErrorCode.TIMEOUT, "Cannot " + what + " in " + timeout.toSeconds() + " s: " + last);
    }

    private static void sleep() {
        try {
            Thread.sleep(POLL_INTERVAL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DoLakeException(ErrorCode.TIMEOUT, "Cannot wait for the pipeline: interrupted", e);
        }
    }

    /** Made late: the place of the log must be set first. */
    private static Logger logger() {
        return LoggerFactory.getLogger(ConnectorStart.class);
    }
}
