/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.deployment;

import io.dolake.benchmarks.ChildProcess;
import io.dolake.pipeline.run.Detached;
import io.dolake.pipeline.run.Home;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The pipeline as shipped: {@code ./dolake up} in a process of its own. */
public record UpProcess(Home home, Process process, double startSeconds) implements Deployment {

    /** Starts it; returns when it says that everything runs. @param jvm more options of its JVM, with blanks between */
    public static UpProcess start(Home home, String jvm) throws IOException {
        long begin = System.nanoTime();
        ProcessBuilder builder = new ProcessBuilder(
                Deployment.command(home, "up", "--engine-port=0", "--kafka-port=0", "--connect-port=0"));
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

    @Override
    public List<Long> pids() {
        return List.of(process.pid());
    }

    @Override
    public void close() {
        process.destroy();
        ChildProcess.awaitEnd(process);
    }
}
