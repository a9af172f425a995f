/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.sink;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.ConnectorState;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Connectors of a worker: created, watched, deleted. */
final class Connectors {
    private static final long START_SECONDS = 60;
    private static final long POLL_MS = 50;

    private final ConnectRest rest;

    Connectors(String url) {
        this.rest = new ConnectRest(url);
    }

    /** Repeats what a worker refuses while it joins its group. */
    void create(String name, Map<String, String> config) throws Exception {
        String text = new ObjectMapper().writeValueAsString(config);
        long deadline = System.nanoTime() + START_SECONDS * 1_000_000_000L;
        while (true) {
            try {
                rest.configure(name, text);
                return;
            } catch (DoLakeException e) {
                if (e.code() != ErrorCode.CONNECTION_ERROR || System.nanoTime() - deadline > 0) {
                    throw e;
                }
                Thread.sleep(POLL_MS);
            }
        }
    }

    /** Waits until the connector has done what {@code isDone} asks for; fails when it fails or takes too long. */
    void await(String name, long seconds, Callable<Boolean> isDone) throws Exception {
        long deadline = System.nanoTime() + seconds * 1_000_000_000L;
        long nextCheck = System.nanoTime();
        while (!isDone.call()) {
            long now = System.nanoTime();
            if (now - deadline > 0) {
                throw new IllegalStateException("Cannot measure " + name + ": not done in " + seconds + " s");
            }
            if (now - nextCheck > 0) {
                checkHealth(name);
                nextCheck = now + 2_000_000_000L;
            }
            Thread.sleep(POLL_MS);
        }
    }

    /** Waits until its only task runs. */
    void awaitRunning(String name, long seconds) throws Exception {
        await(name, seconds, () -> {
            try {
                List<ConnectorState.Task> tasks = rest.state(name).tasks();
                return !tasks.isEmpty() && tasks.get(0).state().equals("RUNNING");
            } catch (DoLakeException e) {
                if (e.code() != ErrorCode.CONNECTION_ERROR) {
                    throw e;
                }
                return false;
            }
        });
    }

    private void checkHealth(String name) {
        try {
            rest.state(name).failure().ifPresent(failure -> {
                throw new IllegalStateException("Cannot measure " + name + ": it failed: " + failure.reason());
            });
        } catch (DoLakeException e) {
            // Its state is not known before its task has begun.
            if (e.code() != ErrorCode.CONNECTION_ERROR) {
                throw e;
            }
        }
    }

    void delete(String name) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(rest.worker() + "/connectors/" + name))
                .DELETE()
                .build();
        int status = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
        if (status != 204) {
            throw new IllegalStateException("Cannot delete connector " + name + ": status " + status);
        }
    }
}
