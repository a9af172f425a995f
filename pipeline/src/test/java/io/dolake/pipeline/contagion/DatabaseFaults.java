/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import static io.dolake.pipeline.contagion.Fault.Scope.DATABASE;
import static io.dolake.pipeline.contagion.Fault.Scope.OWN_TABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.Session;
import io.dolake.schemas.ErrorCode;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** Databases that are damaged, moved, replaced, removed or locked: lines A3, B5, B13 and their kinds. */
final class DatabaseFaults {
    private static final int LOCKED_SECONDS = 6;

    private DatabaseFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.of("B5 database removed and made again", DATABASE, site -> {
                    try (AutoCloseable rest = site.world().workload().rest(site.database())) {
                        site.world().recreate(site.database());
                    }
                    site.mark();
                }),
                Fault.of("B5 database gone for a while", DATABASE, site -> {
                    site.world().engine().drop(site.database());
                    site.world().workload().awaitMore(site.world().well(), 20, Duration.ofSeconds(30));
                    try (AutoCloseable rest = site.world().workload().rest(site.database())) {
                        site.world().recreate(site.database());
                    }
                    site.mark();
                }),
                Fault.of("B13 one byte of the file flipped", DATABASE, site -> flip(site.file(".db"), 3))
                        .whileStopped()
                        .sick(ErrorCode.INVALID_DATABASE_FILE)
                        .curedBy(site -> flip(site.file(".db"), 3)),
                Fault.of("B13 one byte of the -wal flipped", DATABASE, site -> {
                            Path wal = site.file(".db-wal");
                            if (Files.exists(wal) && Files.size(wal) > 0) {
                                flip(wal, site.number() * 7919L % Files.size(wal));
                            }
                        })
                        .whileStopped()
                        .sick(ErrorCode.WAL_CORRUPT, ErrorCode.INVALID_DATABASE_FILE, ErrorCode.WAL_GAP)
                        .orMended(),
                Fault.of("B13 file written by another program", DATABASE, site -> {
                            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + site.file(".db"));
                                    Statement statement = other.createStatement()) {
                                assertThat(statement.executeUpdate("UPDATE t0 SET v = 'another' || id"))
                                        .isPositive();
                                statement.execute("INSERT INTO t1(id, v) VALUES (5000000, 'another')");
                            }
                        })
                        .whileStopped()
                        .sick(ErrorCode.INVALID_DATABASE_FILE, ErrorCode.WAL_GAP, ErrorCode.WAL_CORRUPT)
                        .orMended(),
                Fault.of("B13 file moved away", DATABASE, site -> Files.move(site.file(".db"), away(site)))
                        .sick(ErrorCode.INVALID_DATABASE_FILE)
                        .curedBy(site -> Files.move(away(site), site.file(".db"))),
                Fault.of("B13 file replaced", DATABASE, DatabaseFaults::replace)
                        .sick(ErrorCode.INVALID_DATABASE_FILE)
                        .lasting(Fault.Lasts.UNTIL_START),
                Fault.of("B13 change log removed", DATABASE, site -> {
                            Files.delete(site.file(".log.db"));
                            Files.deleteIfExists(site.file(".log.db-wal"));
                        })
                        .sick(ErrorCode.CHANGE_LOG_CORRUPT)
                        .lasting(Fault.Lasts.UNTIL_START),
                Fault.of("B13 change log overwritten", DATABASE, site -> {
                            try (RandomAccessFile file =
                                    new RandomAccessFile(site.file(".log.db").toFile(), "rw")) {
                                file.write("something else!!".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                            }
                        })
                        .whileStopped()
                        .sick(ErrorCode.CHANGE_LOG_CORRUPT)
                        .orMended() // after a kill the page may be in the -wal of the log
                        .curedBy(site -> {
                            Files.delete(site.file(".log.db"));
                            Files.deleteIfExists(site.file(".log.db-wal"));
                        }),
                Fault.of("B database locked by a client", DATABASE, site -> {
                    try (Session holder = site.world().engine().session(site.database())) {
                        holder.begin(Session.Mode.IMMEDIATE);
                        long done = site.world().workload().done(site.database());
                        site.world().workload().awaitMore(site.world().well(), 20, Duration.ofSeconds(20));
                        Site.pause(LOCKED_SECONDS);
                        assertThat(site.world().workload().done(site.database()))
                                .as("one may have been under way")
                                .isLessThanOrEqualTo(done + 1);
                        holder.rollback();
                    }
                    site.mark();
                }),
                Fault.of("A3 import of a link beside whose target a -wal lies", OWN_TABLE, DatabaseFaults::importLink));
    }

    private static Path away(Site site) {
        return site.home().dir().resolve("away-" + site.number());
    }

    static void flip(Path path, long at) throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(at);
            int was = file.read();
            file.seek(at);
            file.write(was ^ 0x20);
        }
    }

    /**
     * Another database with the same tables and other rows comes into the place of the file; what the old one had in
     * its -wal goes with it.
     */
    private static void replace(Site site) throws Exception {
        Path other = away(site);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + other);
                Statement statement = connection.createStatement()) {
            for (String sql : World.schema()) {
                statement.execute(sql);
            }
            statement.execute("INSERT INTO t0 VALUES (7, 'replaced', 7)");
        }
        try (AutoCloseable rest = site.world().workload().rest(site.database())) {
            Files.deleteIfExists(site.file(".db-wal"));
            Files.move(other, site.file(".db"), StandardCopyOption.REPLACE_EXISTING);
            site.world().leavesTables(site.database());
        }
    }

    private static void importLink(Site site) throws Exception {
        site.sql("CREATE TABLE $T(id INTEGER PRIMARY KEY)", "INSERT INTO $T VALUES (1)");
        Path directory = Files.createDirectory(away(site));
        Path target = directory.resolve("target.db");
        Path link = directory.resolve("link.db");
        Files.createSymbolicLink(link, target);
        String name = "imported" + site.number();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + target);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA wal_autocheckpoint = 0");
            statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
            statement.execute("INSERT INTO t VALUES (1), (2)");
            assertThat(Files.size(directory.resolve("target.db-wal"))).isPositive();
            site.world().cli().run("import", name, link.toString()).failed("INVALID_DATABASE_FILE");
        }
        site.world()
                .cli()
                .run("import", name, link.toString())
                .succeeded(); // SQLite has put it into the file at the close
        site.world().alsoHas(name);
        site.awaitTrue("rows of " + name, () -> site.lakeRows(name, "t") == 2);
    }
}
