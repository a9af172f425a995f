/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import io.dolake.benchmarks.ChildProcess;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.pipeline.run.Detached;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The pipeline as shipped: {@code ./dolake up} in a process of its own. */
final class UpProcess implements AutoCloseable {
    private final Home home;
    private final Process process;
    private final double startSeconds;

    private UpProcess(Home home, Process process, double startSeconds) {
        this.home = home;
        this.process = process;
        this.startSeconds = startSeconds;
    }

    /** Starts it; returns when it says that everything runs. @param jvm more options of its JVM, with blanks between */
    static UpProcess start(Home home, String jvm) throws IOException {
        long begin = System.nanoTime();
        ProcessBuilder builder =
                new ProcessBuilder(command(home, "up", "--engine-port=0", "--kafka-port=0", "--connect-port=0"));
        builder.environment().put("DOLAKE_JAVA_OPTS", jvm);
        Process process = builder.redirectErrorStream(true).start();
        List<String> said = new ArrayList<>();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            said.add(line);
            if (line.equals(Detached.READY)) {
                return new UpProcess(home, process, (System.nanoTime() - begin) / 1e9);
            }
        }
        throw new IOException("Cannot measure the pipeline: it did not start: " + String.join("; ", said));
    }

    private static List<String> command(Home home, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Installation.current().root().resolve("dolake").toString());
        command.addAll(List.of("--dir", home.dir().toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Compares a database with the lake, row by row; fails when they differ. */
    void verify(String database) throws IOException, InterruptedException {
        Process verify = new ProcessBuilder(command(home, "verify", database))
                .redirectErrorStream(true)
                .start();
        String said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (verify.waitFor() != 0) {
            throw new IOException("Cannot trust the figures: verify " + database + " says " + said);
        }
    }

    double startSeconds() {
        return startSeconds;
    }

    long pid() {
        return process.pid();
    }

    Home home() {
        return home;
    }

    Ports ports() {
        return Ports.last(home);
    }

    DoSqlClient client() {
        return DoSqlClient.builder(URI.create(ports().engineUrl())).build();
    }

    @Override
    public void close() {
        process.destroy();
        ChildProcess.awaitEnd(process);
    }
}
