/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.deployment;

import io.dolake.benchmarks.Options;
import io.dolake.benchmarks.ThreadTimes;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A pipeline that runs with the shipped configuration. */
public interface Deployment extends AutoCloseable {

    /** In one process, or with option {@code processes=3} in three: engine, broker, worker. */
    static Deployment start(Home home, Options options) throws IOException, InterruptedException {
        String jvm = options.text("jvm", "");
        return options.number("processes", 1) == 1 ? UpProcess.start(home, jvm) : ThreeProcesses.start(home, jvm);
    }

    Home home();

    /** The worker's process is the first. */
    List<Long> pids();

    /** Until every connector ran. */
    double startSeconds();

    @Override
    void close();

    default Ports ports() {
        return Ports.last(home());
    }

    default DoSqlClient client() {
        return DoSqlClient.builder(URI.create(ports().engineUrl())).build();
    }

    /** CPU of all threads of all processes. */
    default ThreadTimes cpu() throws IOException {
        return ThreadTimes.of(pids());
    }

    /** Compares a database with the lake, row by row; fails when they differ. */
    default void verify(String database) throws IOException, InterruptedException {
        Process verify = new ProcessBuilder(command(home(), "verify", database))
                .redirectErrorStream(true)
                .start();
        String said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (verify.waitFor() != 0) {
            throw new IOException("Cannot trust the figures: verify " + database + " says " + said);
        }
        System.out.println("verify " + database + ": no difference");
    }

    /** A command of {@code ./dolake} on this directory. */
    static List<String> command(Home home, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Installation.current().root().resolve("dolake").toString());
        command.addAll(List.of("--dir", home.dir().toString()));
        command.addAll(List.of(arguments));
        return command;
    }
}
