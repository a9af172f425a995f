/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.testkit;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.server.DoSqlMain;
import io.dolake.engine.server.config.Limit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The engine in a process of its own, which can be killed. */
public final class EngineProcess implements AutoCloseable {
    private static final String READY = "DoSQL listens on port ";

    private final Process process;
    private final DoSqlClient client;
    private final URI uri;

    private EngineProcess(Process process, int port) {
        this.process = process;
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
                drain(output);
                return new EngineProcess(process, Integer.parseInt(line.substring(READY.length())));
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

    /** What it logs from here on is of no interest, but must not fill the pipe. */
    private static void drain(BufferedReader output) {
        Thread drain = new Thread(
                () -> {
                    try {
                        output.transferTo(Writer.nullWriter());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                "engine output");
        drain.setDaemon(true);
        drain.start();
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
