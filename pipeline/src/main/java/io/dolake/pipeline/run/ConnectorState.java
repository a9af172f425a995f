/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * State of a connector and its tasks as Connect names it (RUNNING, PAUSED, FAILED...), with the trace of what failed.
 *
 * @param trace empty unless failed
 */
public record ConnectorState(String name, String connector, List<Task> tasks, String trace) {
    private static final String RUNNING = "RUNNING";
    private static final String FAILED = "FAILED";

    /** @param trace empty unless failed */
    public record Task(int id, String state, String trace) {
        public boolean isFailed() {
            return state.equals(FAILED);
        }

        public boolean isRunning() {
            return state.equals(RUNNING);
        }
    }

    /** @param status as the worker's REST interface tells it */
    static ConnectorState of(String name, JsonNode status) {
        List<Task> tasks = new ArrayList<>();
        for (JsonNode task : status.path("tasks")) {
            tasks.add(new Task(
                    task.path("id").asInt(),
                    task.path("state").asText(),
                    task.path("trace").asText()));
        }
        JsonNode own = status.path("connector");
        return new ConnectorState(
                name, own.path("state").asText(), tasks, own.path("trace").asText());
    }

    /** Whether it and all of its tasks do their work; it has at least one. */
    public boolean isRunning() {
        return connector.equals(RUNNING) && !tasks.isEmpty() && tasks.stream().allMatch(Task::isRunning);
    }

    /** Whether a user has stopped it for a while. */
    public boolean isHeldByUser() {
        return connector.equals("PAUSED") || connector.equals("STOPPED");
    }

    public boolean isFailed() {
        return connector.equals(FAILED) || tasks.stream().anyMatch(Task::isFailed);
    }

    /** Why it does not work: of itself, or of the first task that failed. */
    public Optional<TraceCause> failure() {
        if (connector.equals(FAILED)) {
            return Optional.of(TraceCause.of(trace));
        }
        return tasks.stream()
                .filter(Task::isFailed)
                .map(task -> TraceCause.of(task.trace()))
                .findFirst();
    }
}
