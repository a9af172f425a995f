/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.engine.client.DoSqlClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The engine in a process of its own, which can be killed. */
final class EngineProcess implements AutoCloseable {
    private static final String READY = "DoSQL listens on port ";

    private final Process process;
    private final DoSqlClient client;

    private EngineProcess(Process process, int port) {
        this.process = process;
        this.client =
                DoSqlClient.builder(URI.create("http://127.0.0.1:" + port)).build();
    }

    /** @param archive value of {@code DOSQL_ARCHIVE}; null for none */
    static EngineProcess start(Path directory, Map<Limit, Long> limits, String archive) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                DoSqlMain.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("DOSQL_DATA_DIR", directory.toString());
        builder.environment().put("DOSQL_HOST", "127.0.0.1");
        builder.environment().put("DOSQL_PORT", "0");
        if (archive != null) {
            builder.environment().put("DOSQL_ARCHIVE", archive);
        }
        limits.forEach((limit, value) -> builder.environment().put("DOSQL_" + limit, value.toString()));
        Process process = builder.start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        List<String> lines = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
            if (line.startsWith(READY)) {
                return new EngineProcess(process, Integer.parseInt(line.substring(READY.length())));
            }
        }
        throw new IllegalStateException("The engine did not start: " + lines);
    }

    DoSqlClient client() {
        return client;
    }

    /** As by kill -9. */
    void kill() {
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
