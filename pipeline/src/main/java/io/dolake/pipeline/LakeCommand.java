/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.lake.Lake;
import io.dolake.pipeline.sql.JsonRow;
import io.dolake.pipeline.sql.TextTable;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads a table of the lake. */
@Command(
        name = "lake",
        header = "Prints the rows of an Iceberg table, read with Iceberg's own generic reader.",
        description = {"", "Works whether the pipeline runs or not. Rows come in no particular order."})
final class LakeCommand extends PipelineCommand {
    @Parameters(paramLabel = "NAMESPACE.TABLE", description = "The table; the namespace is the database's name.")
    private String table;

    @Option(names = "--json", description = "One JSON object per row.")
    private boolean json;

    @Option(names = "--limit", paramLabel = "N", description = "Stops after N rows.")
    private Long limit;

    @Override
    public Integer call() {
        int dot = table.indexOf('.');
        if (dot <= 0 || dot == table.length() - 1) {
            throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT, "Cannot read '" + table + "': expected NAMESPACE.TABLE")
                    .withHint("For table orders of database shop: ./dolake lake shop.orders");
        }
        try (Lake lake = Lake.open(home())) {
            Lake.Snapshot snapshot = lake.table(table.substring(0, dot), table.substring(dot + 1));
            print(snapshot);
        }
        return 0;
    }

    private void print(Lake.Snapshot snapshot) {
        List<String> columns = snapshot.columns();
        long[] rows = new long[1];
        TextTable text = json ? null : new TextTable(out(), columns);
        if (limit == null || limit > 0) {
            snapshot.forEach(values -> {
                if (json) {
                    out().print(JsonRow.of(JsonRow.object(columns, values)) + "\n");
                } else {
                    text.add(values);
                }
                rows[0]++;
                return (limit == null || rows[0] < limit) && (rows[0] % 1_000 != 0 || !out().checkError());
            });
        }
        if (!json) {
            text.end();
            out().println(rows[0] + (rows[0] == 1 ? " row" : " rows"));
        }
    }
}
