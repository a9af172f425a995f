/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.testkit.PackageRules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rooms of the sink and the doors between them. */
class SinkArchitectureTest extends PackageRules {
    SinkArchitectureTest() {
        super("io.dolake.sink", mayUse());
    }

    private static Map<String, List<String>> mayUse() {
        Map<String, List<String>> table = new LinkedHashMap<>();
        table.put("rest", List.of("status"));
        table.put(
                "task",
                List.of(
                        "offsets",
                        "status",
                        "commit",
                        "record",
                        "index",
                        "maintenance",
                        "buffer",
                        "table",
                        "row",
                        "types",
                        "catalog",
                        "config",
                        "support"));
        table.put("offsets", List.of("status", "record", "table", "config", "support"));
        table.put("status", List.of("commit", "index", "buffer", "config"));
        table.put(
                "commit",
                List.of("write", "record", "index", "buffer", "table", "row", "types", "catalog", "config", "support"));
        table.put("write", List.of("record", "index", "maintenance", "buffer", "table", "row", "types"));
        table.put("check", List.of("index", "table", "row", "catalog", "config"));
        table.put("record", List.of("table", "row", "types", "config"));
        table.put("index", List.of("buffer", "table", "row", "config", "support"));
        table.put("maintenance", List.of("table", "catalog", "config"));
        table.put("takeover", List.of("table", "catalog"));
        table.put("buffer", List.of("row", "config"));
        table.put("table", List.of("row", "types", "catalog", "config"));
        table.put("row", List.of("types", "config"));
        table.put("types", List.of("config"));
        table.put("catalog", List.of("config", "support"));
        table.put("config", List.of("support"));
        table.put("support", List.of());
        return table;
    }
}
