/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.pipeline.run.Ports;
import io.dolake.pipeline.sql.JsonRow;
import io.dolake.pipeline.sync.SinkProgress;
import io.dolake.pipeline.sync.Sync;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Waits for the lake. */
@Command(name = "sync", header = "Returns when all that was committed before the call is visible in the lake.")
final class SyncCommand extends PipelineCommand {
    @Parameters(paramLabel = "NAME", description = "The database.")
    private String name;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "How long to wait. Default 300.")
    private int timeoutSeconds;

    @Option(names = "--json", description = "Prints {\"database\", \"lsn\", \"seconds\"}.")
    private boolean json;

    @Override
    public Integer call() {
        databaseName(name);
        Ports ports = running();
        try (DoSqlClient engine = engine(ports);
                SinkProgress sink = new SinkProgress(ports.bootstrapServers())) {
            Sync.Result result = sync(ports, engine, sink)
                    .await(name, Duration.ofSeconds(timeoutSeconds))
                    .orThrow();
            if (json) {
                Map<String, Object> object = new LinkedHashMap<>();
                object.put("database", name);
                object.put("lsn", result.lsn().toString());
                object.put("seconds", result.took().toMillis() / 1000.0);
                out().println(JsonRow.of(object));
            } else {
                out().println("LSN " + result.lsn() + " is in the lake after " + seconds(result.took()));
            }
        }
        return 0;
    }
}
