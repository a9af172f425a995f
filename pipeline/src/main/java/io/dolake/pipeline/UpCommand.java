/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.health.Ailment;
import io.dolake.pipeline.run.Detached;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.pipeline.run.Progress;
import io.dolake.pipeline.run.RunningProcess;
import io.dolake.pipeline.run.ShutdownHook;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts the pipeline, in this process or a detached one. */
@Command(
        name = "up",
        header = "Starts engine, Kafka, Connect worker and both connectors in one process.",
        description = {
            "",
            "Continues where the directory was left, also after a crash. Ports are remembered in the directory. In the"
                    + " foreground it runs until Ctrl-C.",
            "",
            "A connector, task, database or table that does not work is named, and does not keep the rest"
                    + " from running: exit status 3. Exit status 1 means that nothing can run: a port is taken, the"
                    + " directory is used by another process or cannot be written to, or the disk is full."
        })
final class UpCommand extends PipelineCommand {
    @Option(names = "--detach", description = "Runs it in the background; returns when everything is ready.")
    private boolean detach;

    @Mixin
    private PortOptions ports;

    @Override
    public Integer call() throws InterruptedException {
        ports.check();
        if (detach) {
            return detached(home()) ? 0 : Main.DEGRADED;
        }
        foreground(home());
        return 0;
    }

    /** Returns whether everything runs. */
    private boolean detached(Home home) throws InterruptedException {
        RunningProcess.lasting(home).ifPresent(process -> {
            throw new DoLakeException(
                            ErrorCode.ADDRESS_IN_USE,
                            "Cannot start the pipeline in " + home.dir() + ": process " + process.pid()
                                    + " runs it already")
                    .withHint("Use it as it is (./dolake status), stop it with ./dolake down, or take another --dir.");
        });
        boolean isWell = start(home, ports, this::say);
        RunningProcess process = RunningProcess.of(home)
                .orElseThrow(() -> new DoLakeException(
                        ErrorCode.INTERNAL_ERROR, "Cannot find the pipeline that was started: it has ended again"));
        say((isWell
                        ? "everything runs"
                        : "it runs, but NOT ALL OF IT: ./dolake status" + dirOption(home) + " shows what and why")
                + ", process " + process.pid() + "; logs in " + home.logs() + "; stop it with ./dolake down"
                + dirOption(home));
        return isWell;
    }

    /** Starts the pipeline of a home in the background; returns whether all of it runs. */
    static boolean start(Home home, PortOptions ports, Progress progress) {
        List<String> arguments = new ArrayList<>(List.of("--dir", home.dir().toString(), "up"));
        arguments.addAll(ports.arguments());
        return Detached.start(home, Installation.current(), Main.class.getName(), arguments, progress);
    }

    private void foreground(Home home) throws InterruptedException {
        long start = System.nanoTime();
        CountDownLatch stopped = new CountDownLatch(1);
        Pipeline pipeline = Pipeline.start(Installation.current(), home, ports.wish(), this::say);
        ShutdownHook.install(pipeline, stopped);
        say("warehouse   " + home.warehouse() + "  (Iceberg catalog in " + home.catalog() + ")");
        say("logs        " + home.logs());
        say("started in " + seconds(Duration.ofNanos(System.nanoTime() - start)));
        List<Ailment> ailments = health(pipeline.ports()).ailments();
        ailments.forEach(ailment -> {
            say("not well    " + ailment.line());
            if (!ailment.remedy().isEmpty()) {
                say("            " + ailment.remedy());
            }
        });
        say(ailments.isEmpty() ? Detached.READY : Detached.DEGRADED);
        stopped.await();
    }

    private void say(String line) {
        out().println(line);
        out().flush();
    }
}
