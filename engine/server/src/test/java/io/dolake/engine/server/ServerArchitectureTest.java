/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.schemas.testkit.PackageRules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tests the dependencies between the packages of the server. */
class ServerArchitectureTest extends PackageRules {
    ServerArchitectureTest() {
        super("io.dolake.engine.server", mayUse());
    }

    private static Map<String, List<String>> mayUse() {
        Map<String, List<String>> table = new LinkedHashMap<>();
        table.put(
                "http",
                List.of(
                        "auth",
                        "database",
                        "capture",
                        "cdc",
                        "changelog",
                        "sql",
                        "sqltext",
                        "json",
                        "config",
                        "support"));
        table.put("auth", List.of("config", "support"));
        table.put(
                "database",
                List.of("capture", "cdc", "changelog", "archive", "sql", "sqlite", "sqltext", "config", "support"));
        table.put("capture", List.of("changelog", "archive", "sqlite", "config", "support"));
        table.put("cdc", List.of("changelog", "archive", "json", "config", "support"));
        table.put("changelog", List.of("archive", "sqlite", "config", "support"));
        table.put("sql", List.of("sqlite", "sqltext", "json", "config", "support"));
        table.put("archive", List.of("sqlite", "config"));
        table.put("sqlite", List.of("sqltext", "config", "support"));
        table.put("json", List.of("support"));
        table.put("config", List.of("support"));
        table.put("sqltext", List.of());
        table.put("support", List.of());
        return table;
    }
}
