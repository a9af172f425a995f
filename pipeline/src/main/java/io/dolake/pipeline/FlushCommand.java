/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Has the sink commit its buffers. */
@Command(
        name = "flush",
        header = "Has the sink commit everything it has buffered, without waiting for the commit interval.")
final class FlushCommand extends PipelineCommand {
    private static final int MAX_TIMEOUT_SECONDS = 60;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long to wait, at most 60. Default 30.")
    private int timeoutSeconds;

    @Option(
            names = "--connector",
            paramLabel = "NAME",
            defaultValue = Pipeline.SINK,
            description = "The sink connector. Default ${DEFAULT-VALUE}.")
    private String connector;

    @Override
    public Integer call() {
        if (timeoutSeconds < 0 || timeoutSeconds > MAX_TIMEOUT_SECONDS) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot flush: --timeout must be 0 to " + MAX_TIMEOUT_SECONDS);
        }
        ConnectRest connect = connect(running());
        if (!connect.flush(connector, Duration.ofSeconds(timeoutSeconds))) {
            throw new DoLakeException(
                            ErrorCode.TIMEOUT,
                            "Cannot flush " + connector + ": not everything was committed within " + timeoutSeconds
                                    + " s")
                    .withHint("The commits continue; './dolake status' shows the last error of each task.");
        }
        out().println("committed everything that " + connector + " had buffered");
        return 0;
    }
}
