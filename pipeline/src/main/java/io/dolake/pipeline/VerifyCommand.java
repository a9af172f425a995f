/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.pipeline.lake.Lake;
import io.dolake.pipeline.lake.SinkTools;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Ports;
import io.dolake.pipeline.sql.JsonRow;
import io.dolake.pipeline.sql.TextTable;
import io.dolake.pipeline.sync.SinkProgress;
import io.dolake.pipeline.sync.Sync;
import io.dolake.pipeline.verify.KeyVerification;
import io.dolake.pipeline.verify.Report;
import io.dolake.pipeline.verify.SourceRules;
import io.dolake.pipeline.verify.Verification;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares engine and lake. */
@Command(
        name = "verify",
        header = "Compares every table, row and value of a database with the lake, at one LSN.",
        description = {
            "",
            "With --keys: looks for primary keys that are live more than once in a lake table, in the current snapshot or in"
                    + " every one. Needs no running pipeline; all keys of a snapshot are held in memory (DOLAKE_JAVA_OPTS=-Xmx4g"
                    + " gives more).",
            "",
            "Waits for the lake first. Exit status 1 if anything differs: a row that is missing, changed or"
                    + " there twice, a table or column that is missing, a wrong type. Columns that the source"
                    + " connector masks or truncates are compared in that form, those that it leaves out must not be"
                    + " there; their values are never shown. If writers never pause, they are held off for as long as"
                    + " the lake needs to catch up, a few seconds at a time."
        })
final class VerifyCommand extends PipelineCommand {
    @Parameters(
            paramLabel = "NAME",
            description = "The database; with --keys a lake table NAMESPACE.TABLE, or a namespace for all its tables.")
    private String name;

    @ArgGroup(exclusive = false)
    private Keys keys;

    /** Options with which only keys are checked. */
    private static final class Keys {
        @Option(names = "--keys", required = true, description = "Checks that no primary key is live twice.")
        private boolean check;

        @Option(names = "--all-snapshots", description = "With --keys: in every snapshot that the table has.")
        private boolean allSnapshots;

        @Option(
                names = "--key-columns",
                split = ",",
                paramLabel = "COLUMN",
                description = "With --keys: the key, if the table names none.")
        private List<String> columns = List.of();

        @Option(
                names = "--catalog",
                paramLabel = "FILE",
                description =
                        "With --keys: a connector configuration (JSON) whose iceberg.catalog.* settings say where the"
                                + " table is.")
        private Path catalog;
    }

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
        return keys != null ? verifyKeys() : compare();
    }

    private int verifyKeys() {
        Installation installation = Installation.current();
        KeyVerification verification = new KeyVerification(
                keys.catalog == null ? SinkTools.of(installation, home()) : SinkTools.of(installation, keys.catalog));
        long duplicates = 0;
        for (String table : tables()) {
            for (Map<String, Object> finding : verification.run(table, keys.columns, keys.allSnapshots)) {
                duplicates += ((Number) finding.get("duplicates")).longValue();
                print(finding);
            }
        }
        return duplicates == 0 ? 0 : Main.FAILURE;
    }

    private List<String> tables() {
        if (name.contains(".")) {
            return List.of(name);
        }
        if (keys.catalog != null) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot check '" + name + "': with --catalog expected NAMESPACE.TABLE");
        }
        try (Lake lake = Lake.open(home())) {
            List<String> tables =
                    lake.tables(name).stream().map(table -> name + "." + table).toList();
            if (tables.isEmpty()) {
                throw new DoLakeException(
                        ErrorCode.TABLE_NOT_FOUND, "Cannot check '" + name + "': the lake has no table in it");
            }
            return tables;
        }
    }

    @SuppressWarnings("unchecked") // of KeyVerification
    private void print(Map<String, Object> finding) {
        if (json) {
            out().println(JsonRow.of(finding));
            return;
        }
        long duplicates = ((Number) finding.get("duplicates")).longValue();
        out().println(finding.get("table") + "  key " + String.join(", ", (List<String>) finding.get("keyColumns"))
                + "  snapshot " + finding.get("snapshot") + ": "
                + count(((Number) finding.get("keys")).longValue(), "key") + ", "
                + (duplicates == 0 ? "each live once" : duplicates + " live MORE THAN ONCE"));
        ((List<?>) finding.get("places")).forEach(place -> out().println("  again at " + place));
    }

    private int compare() {
        databaseName(name);
        Ports ports = running();
        try (DoSqlClient engine = engine(ports);
                SinkProgress sink = new SinkProgress(ports.bootstrapServers());
                SourceRules rules = SourceRules.of(connect(ports), Installation.current())) {
            Sync sync = sync(ports, engine, sink);
            Duration timeout = Duration.ofSeconds(timeoutSeconds);
            Report report = new Verification(engine, sync, home(), maxDifferences, timeout, rules).run(name);
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
                compared.differences() > 0 ? "DIFFERENT" : compared.compared() ? "equal" : "left out"
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
                                ? "no difference: " + count(report.compared(), "table") + ", "
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
            object.put("compared", table.compared());
            object.put("snapshot", Long.toString(table.snapshot()));
            out().println(JsonRow.of(object));
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("database", report.database());
        all.put("lsn", report.lsn().toString());
        all.put("tables", report.compared());
        all.put("rows", report.rows());
        all.put("differences", report.differences());
        out().println(JsonRow.of(all));
    }
}
