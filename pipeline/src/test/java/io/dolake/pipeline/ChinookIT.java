/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Chinook sample database, imported and changed, through a stop and a kill of the whole process. */
class ChinookIT {
    private static final Path FILE = Path.of(System.getProperty(
            "chinook",
            Cli.repository().resolve("../shared/data/Chinook_Sqlite.sqlite").toString()));
    private static final long ROWS = 15_607;
    private static final int TABLES = 11;
    private static final int STATEMENTS = 1_000;

    @TempDir
    Path dir;

    private Cli cli;
    private Random random;
    private long next = 1_000_000;

    @BeforeEach
    void start() {
        assumeTrue(Files.exists(FILE), () -> "no Chinook file at " + FILE + "; name one with -Dchinook=FILE");
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed=" + seed);
        random = new Random(seed);
        cli = new Cli(dir);
        cli.up().succeeded();
    }

    @AfterEach
    void stop() {
        if (cli != null) {
            cli.run("down");
        }
    }

    @Test
    void arrivesWholeAndStaysEqualThroughAStopAndAKill() {
        cli.run("import", "chinook", FILE.toString()).succeeded();
        cli.run("sync", "chinook").succeeded();
        JsonNode all = verify();
        assertThat(all.path("rows").asLong()).isEqualTo(ROWS);
        assertThat(all.path("tables").asInt()).isEqualTo(TABLES);

        change();
        cli.run("sync", "chinook").succeeded();
        verify();

        change();
        cli.run("down").succeeded();
        cli.run("up", "--detach").succeeded();
        change();
        verify();

        change();
        cli.kill();
        cli.run("up", "--detach").succeeded();
        change();
        cli.run("sync", "chinook").succeeded();
        verify();
        assertThat(cli.run("lake", "chinook.Artist", "--json").succeeded().json())
                .hasSameSizeAs(cli.run("sql", "chinook", "SELECT * FROM Artist", "--json")
                        .succeeded()
                        .json());
    }

    private JsonNode verify() {
        List<JsonNode> lines =
                cli.run("verify", "chinook", "--json").succeeded().json();
        JsonNode all = lines.get(lines.size() - 1);
        assertThat(all.path("differences").asLong()).isZero();
        return all;
    }

    /** Mixed statements, in transactions of different sizes. */
    private void change() {
        StringBuilder script = new StringBuilder();
        boolean open = false;
        for (int i = 0; i < STATEMENTS; i++) {
            if (!open && random.nextInt(4) == 0) {
                script.append("BEGIN;\n");
                open = true;
            }
            script.append(statement()).append(";\n");
            if (open && random.nextInt(10) == 0) {
                script.append(random.nextInt(8) == 0 ? "ROLLBACK;\n" : "COMMIT;\n");
                open = false;
            }
        }
        if (open) {
            script.append("COMMIT;\n");
        }
        cli.runWithInput(script.toString(), "sql", "chinook", "--json").succeeded();
    }

    private String statement() {
        long id = next++;
        return switch (random.nextInt(8)) {
            case 0 -> "INSERT INTO Artist VALUES (" + id + ", 'Artist ''" + id + "''')";
            case 1 -> "INSERT INTO Playlist VALUES (" + id + ", NULL)";
            case 2 -> "UPDATE Track SET UnitPrice = UnitPrice + 0.01 WHERE TrackId = " + (1 + random.nextInt(3503));
            case 3 -> "UPDATE Customer SET City = 'City; " + id + "' WHERE CustomerId = " + (1 + random.nextInt(59));
            case 4 ->
                "DELETE FROM PlaylistTrack WHERE PlaylistId = " + (1 + random.nextInt(18)) + " AND TrackId = "
                        + (1 + random.nextInt(3503));
            case 5 ->
                "INSERT OR IGNORE INTO PlaylistTrack VALUES (" + (1 + random.nextInt(18)) + ", "
                        + (1 + random.nextInt(3503)) + ")";
            case 6 -> "DELETE FROM Artist WHERE ArtistId >= 1000000 AND ArtistId % 11 = " + random.nextInt(11);
            default ->
                "UPDATE Invoice SET Total = Total * 1.1, InvoiceDate = '2026-11-" + (10 + random.nextInt(20))
                        + " 00:00:00' WHERE InvoiceId % 50 = " + random.nextInt(50);
        };
    }
}
