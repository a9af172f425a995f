/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.RunningProcess;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Stops the pipeline. */
@Command(name = "down", header = "Stops the pipeline; what is committed stays and is continued by the next up.")
final class DownCommand extends PipelineCommand {
    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to wait for it to end. Default 60.")
    private int timeoutSeconds;

    @Override
    public Integer call() throws InterruptedException {
        Home home = home();
        Optional<RunningProcess> running = RunningProcess.of(home);
        if (running.isEmpty() && RunningProcess.isSomewhere(home)) {
            throw new DoLakeException(
                            ErrorCode.IO_ERROR,
                            "Cannot stop the pipeline in " + home.dir()
                                    + ": a process runs it, and the file that says which is missing")
                    .withHint("It may just be starting: try again. Else end the process that has " + home.lock()
                            + " open.");
        }
        if (running.isEmpty()) {
            out().println("nothing runs in " + home.dir());
            return 0;
        }
        long start = System.nanoTime();
        RunningProcess process = running.get();
        out().println("stopping process " + process.pid() + " ...");
        out().flush();
        process.stop();
        while (process.isAlive()) {
            if (Duration.ofNanos(System.nanoTime() - start).toSeconds() >= timeoutSeconds) {
                throw new DoLakeException(
                                ErrorCode.TIMEOUT,
                                "Cannot stop process " + process.pid() + " in " + timeoutSeconds
                                        + " s: it is still stopping")
                        .withHint("Wait, or kill -9 " + process.pid()
                                + ": the next up recovers without loss. The part that"
                                + " it waits for is named last in "
                                + home.logs().resolve("pipeline.log") + ".");
            }
            Thread.sleep(100);
        }
        out().println("stopped after " + seconds(Duration.ofNanos(System.nanoTime() - start)));
        if (RunningProcess.isLeftBehind(home) && !process.ready()) {
            out().println("it had not started completely; the next up recovers as from a crash");
        } else if (RunningProcess.isLeftBehind(home)) {
            out().println("it was ended before it had stopped completely; the next up recovers as from a"
                    + " crash. What delayed it is in "
                    + home.logs().resolve("pipeline.log"));
        }
        return 0;
    }
}
