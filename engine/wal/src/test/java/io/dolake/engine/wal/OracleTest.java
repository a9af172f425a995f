/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Realistic workloads, replayed as in {@link FuzzTest}; {@code -Dseed=S} repeats one. */
class OracleTest {
    private static final Path SAMPLE = Path.of("../../../shared/data/Chinook_Sqlite.sqlite");
    private static final int SPEED_ROWS = 3000;
    private static final int SPEED_TRANSACTIONS = 250;
    private static final int SAMPLE_TRANSACTIONS = 1000;
    private static final int SAMPLE_MAX_ROWS = 2_000;

    @TempDir
    Path directory;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void aWorkloadOfMeasurementsIsReplayed() throws Exception {
        try (TestDatabase db = new TestDatabase(directory, "page_size=" + (512 << random.nextInt(4)))) {
            SpeedWorkload workload = new SpeedWorkload(db.connection(), new Random(random.nextLong()), SPEED_ROWS);
            workload.start();
            replay(db, workload::step, SPEED_TRANSACTIONS);
        }
    }

    @Test
    void aRealDatabaseIsReplayed() throws Exception {
        assumeTrue(
                Files.exists(SAMPLE),
                () -> "There is no " + SAMPLE.toAbsolutePath().normalize());
        Path copy = Files.copy(SAMPLE, directory.resolve("sample.db"));
        try (TestDatabase db = new TestDatabase(directory)) {
            copyFrom(db, copy);
            int pageSize = (int) db.number("PRAGMA page_size");
            Workload workload = new Workload(db.connection(), new Random(random.nextLong()), pageSize, SAMPLE_MAX_ROWS);
            replay(db, workload::step, SAMPLE_TRANSACTIONS);
        }
    }

    /** The tables as they are there, through the log, since a replay begins with nothing. */
    private static void copyFrom(TestDatabase db, Path sample) throws SQLException {
        db.execute("ATTACH '" + sample + "' AS sample");
        List<String> statements = new ArrayList<>();
        try (Statement statement = db.connection().createStatement();
                ResultSet rows = statement.executeQuery("SELECT type, name, sql FROM sample.sqlite_schema"
                        + " WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY type = 'index'")) {
            while (rows.next()) {
                statements.add(rows.getString(3));
                if (rows.getString(1).equals("table")) {
                    String name = rows.getString(2);
                    statements.add("INSERT INTO main.\"" + name + "\" SELECT * FROM sample.\"" + name + '"');
                }
            }
        }
        db.execute(statements.toArray(String[]::new));
        db.execute("DETACH sample");
        assertThat(db.number("SELECT count(*) FROM PlaylistTrack")).isGreaterThan(5000);
    }

    private void replay(TestDatabase db, FuzzRound.Steps steps, int transactions) throws Exception {
        int step = 0;
        try {
            FuzzRound round = new FuzzRound(db, random, steps);
            for (; step < transactions; step++) {
                round.step();
            }
            round.finish();
            System.out.printf("oracle: seed %d, %d transactions, %d events%n", seed, transactions, round.events());
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed + ", step " + step + ": " + e, e);
        }
    }
}
