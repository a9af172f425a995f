/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import static io.dolake.pipeline.contagion.Fault.Scope.NOTHING;
import static io.dolake.pipeline.contagion.Fault.Scope.TABLE;

import io.dolake.pipeline.run.Pipeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** Others at the catalog, which concern all tables for a while, and nobody afterwards. */
final class CatalogFaults {
    /** Longer than a commit waits for the catalog's lock at a time. */
    private static final int LOCKED_SECONDS = 12;

    private CatalogFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.of("C commits of others", TABLE, site -> {
                    for (int i = 0; i < 10; i++) {
                        String value = "commit " + i;
                        LakeFaults.with(
                                site,
                                table -> table.updateProperties()
                                        .set("foreign", value)
                                        .commit());
                        site.mark();
                    }
                }),
                Fault.of("C catalog locked by another", NOTHING, CatalogFaults::lock),
                Fault.of("C catalog moved away for a while", NOTHING, CatalogFaults::moveCatalog));
    }

    /** Nothing can be committed to the lake meanwhile, and is after it. */
    private static void lock(Site site) throws Exception {
        try (Connection other =
                        DriverManager.getConnection("jdbc:sqlite:" + site.home().catalog() + "?busy_timeout=30000");
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            site.mark();
            site.world().workload().awaitMore(site.world().well(), 15, Duration.ofSeconds(LOCKED_SECONDS));
            Site.pause(LOCKED_SECONDS - 2);
            statement.execute("ROLLBACK");
        }
        site.awaitMark();
    }

    /** Nothing reads the lake meanwhile: SQLite would make a new file. */
    private static void moveCatalog(Site site) throws Exception {
        Path away = site.home().catalog().resolveSibling("catalog-away.db");
        Files.move(site.home().catalog(), away);
        try {
            site.mark();
            site.awaitTrue(
                    "the sink tells",
                    () -> site.world().connect().sinkTables(Pipeline.SINK).stream()
                            .anyMatch(table -> table.path("lastError").asText().contains("has been moved")));
        } finally {
            Files.move(away, site.home().catalog());
        }
        site.awaitMark();
    }
}
