/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.pipeline.run.Ports;
import io.dolake.pipeline.sql.JsonRow;
import io.dolake.pipeline.sql.TextTable;
import io.dolake.pipeline.sync.SinkProgress;
import io.dolake.pipeline.sync.Sync;
import io.dolake.pipeline.verify.Report;
import io.dolake.pipeline.verify.Verification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares engine and lake. */
@Command(
        name = "verify",
        header = "Compares every table, row and value of a database with the lake, at one LSN.",
        description = {
            "",
            "Waits for the lake first. Exit status 1 if anything differs: a row missing, changed or there twice, a table or"
                    + " column missing, a wrong type. Writers that never rest are held off for as long as the lake needs to"
                    + " catch up."
        })
final class VerifyCommand extends PipelineCommand {
    @Parameters(paramLabel = "NAME", description = "The database.")
    private String name;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "How long to wait for the lake. Default 300.")
    private int timeoutSeconds;

    @Option(
            names = "--max-differences",
            paramLabel = "N",
            defaultValue = "10",
            description = "Differences to show per table. Default 10.")
    private int maxDifferences;

    @Option(names = "--json", description = "Prints one JSON object per table, and one for all.")
    private boolean json;

    @Override
    public Integer call() {
        databaseName(name);
        Ports ports = running();
        try (DoSqlClient engine = engine(ports);
                SinkProgress sink = new SinkProgress(ports.bootstrapServers())) {
            Sync sync = new Sync(engine, connect(ports), sink);
            Report report = new Verification(engine, sync, home(), maxDifferences, Duration.ofSeconds(timeoutSeconds))
                    .run(name);
            if (json) {
                printJson(report);
            } else {
                print(report);
            }
            return report.differences() == 0 ? 0 : Main.FAILURE;
        }
    }

    private void print(Report report) {
        TextTable table = new TextTable(out(), List.of("table", "engine rows", "lake rows", "differences", "result"));
        List<String> remarks = new ArrayList<>();
        for (Report.Table compared : report.tables()) {
            table.add(new Object[] {
                compared.name(),
                compared.engineRows(),
                compared.lakeRows(),
                compared.differences(),
                compared.differences() == 0 ? "equal" : "DIFFERENT"
            });
            compared.examples().forEach(example -> remarks.add(compared.name() + ": " + example));
            long more = compared.differences() - compared.examples().size();
            if (more > 0) {
                remarks.add(compared.name() + ": and " + more + " more");
            }
            compared.notes().forEach(note -> remarks.add(compared.name() + ": note: " + note));
        }
        table.end();
        remarks.forEach(out()::println);
        out().println(
                        report.differences() == 0
                                ? "no difference: " + count(report.tables().size(), "table") + ", "
                                        + count(report.rows(), "row") + " of "
                                        + report.database() + " at LSN " + report.lsn()
                                : count(report.differences(), "difference") + " in " + report.database() + " at LSN "
                                        + report.lsn());
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private void printJson(Report report) {
        for (Report.Table table : report.tables()) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("table", table.name());
            object.put("engineRows", table.engineRows());
            object.put("lakeRows", table.lakeRows());
            object.put("differences", table.differences());
            object.put("examples", table.examples());
            object.put("notes", table.notes());
            object.put("snapshot", Long.toString(table.snapshot()));
            out().println(JsonRow.of(object));
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("database", report.database());
        all.put("lsn", report.lsn().toString());
        all.put("tables", report.tables().size());
        all.put("rows", report.rows());
        all.put("differences", report.differences());
        out().println(JsonRow.of(all));
    }
}
