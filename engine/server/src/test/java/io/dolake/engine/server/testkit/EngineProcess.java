/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.testkit;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.server.DoSqlMain;
import io.dolake.engine.server.config.Limit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;

/** The engine in a separate process, which can be killed. */
public final class EngineProcess implements AutoCloseable {
    private static final String READY = "DoSQL listens on port ";

    private static final int LAST_LINES = 30;

    private final Process process;
    private final Deque<String> lastLines;
    private final DoSqlClient client;
    private final URI uri;

    private EngineProcess(Process process, int port, Deque<String> lastLines) {
        this.process = process;
        this.lastLines = lastLines;
        this.uri = URI.create("http://127.0.0.1:" + port);
        this.client = DoSqlClient.builder(uri).build();
    }

    public static EngineProcess start(Path directory, Map<Limit, Long> limits) throws IOException {
        return start(directory, limits, Map.of());
    }

    public static EngineProcess start(Path directory, Map<Limit, Long> limits, Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                // What runs the heap out shows, also where the request that does is the only one to notice.
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                DoSqlMain.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("DOSQL_DATA_DIR", directory.toString());
        builder.environment().put("DOSQL_HOST", "127.0.0.1");
        builder.environment().put("DOSQL_PORT", "0");
        limits.forEach((limit, value) -> builder.environment().put("DOSQL_" + limit, value.toString()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        List<String> lines = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
            if (line.startsWith(READY)) {
                return new EngineProcess(process, Integer.parseInt(line.substring(READY.length())), drain(output));
            }
        }
        throw new NotStartedException("The engine did not start: " + lines);
    }

    /** It has ended before it listened; its output is in the message. */
    public static final class NotStartedException extends IllegalStateException {
        private static final long serialVersionUID = 1;

        NotStartedException(String message) {
            super(message);
        }
    }

    /** Reads what it logs, which would fill the pipe, and keeps the end of it. */
    private static Deque<String> drain(BufferedReader output) {
        Deque<String> last = new ConcurrentLinkedDeque<>();
        Thread drain = new Thread(
                () -> output.lines().forEach(line -> {
                    last.add(line);
                    if (last.size() > LAST_LINES) {
                        last.poll();
                    }
                }),
                "engine output");
        drain.setDaemon(true);
        drain.start();
        return last;
    }

    /** How it ended, if it has, and what it logged last. */
    public String end() {
        return (process.isAlive() ? "it runs" : "exit code " + process.exitValue()) + "; it logged last: " + lastLines;
    }

    public URI uri() {
        return uri;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public DoSqlClient client() {
        return client;
    }

    /** Whether the process ends on its own within a time. */
    public boolean endsWithin(Duration time) throws InterruptedException {
        return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** As by kill -9. */
    public void kill() {
        process.destroyForcibly();
        await();
        client.close();
    }

    private void await() {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        await();
        client.close();
    }
}
