/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.deployment;

import io.dolake.benchmarks.ChildProcess;
import io.dolake.engine.client.DoSqlClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An engine in a process of its own, with the collector of {@code ./dolake up}. */
public final class EngineProcess implements AutoCloseable {
    private static final String MAIN = "io.dolake.engine.server.DoSqlMain";
    private static final String STARTED = "DoSQL listens on port ";

    private final Process process;
    private final int port;

    private EngineProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts it; returns when it listens. @param jvm more options of its JVM, with blanks between */
    public static EngineProcess start(Path directory, String jvm) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseG1GC", "-Xms128m", "-Xmx512m"));
        if (!jvm.isBlank()) {
            command.addAll(List.of(jvm.trim().split(" +")));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("DOSQL_PORT", "0");
        builder.environment().put("DOSQL_DATA_DIR", directory.toString());
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(STARTED)) {
                return new EngineProcess(process, Integer.parseInt(line.substring(STARTED.length())));
            }
        }
        throw new IOException("Cannot measure the engine: it did not start; what it said is above");
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    public DoSqlClient client() {
        return DoSqlClient.builder(URI.create("http://127.0.0.1:" + port)).build();
    }

    @Override
    public void close() {
        process.destroy();
        ChildProcess.awaitEnd(process);
    }
}
