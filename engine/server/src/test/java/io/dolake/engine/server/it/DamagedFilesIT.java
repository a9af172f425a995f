/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.testkit.EngineProcess;
import io.dolake.engine.server.testkit.Seeds;
import io.dolake.schemas.DoLakeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests databases with wrong bytes that are used without a check: each affects only itself. */
@Timeout(120)
class DamagedFilesIT {
    private static final int FILES = 15;
    private static final List<String> STATEMENTS = List.of(
            "select count(*), sum(length(c)) from t",
            "select * from t order by b desc limit 50",
            "select * from w where a > 'k' limit 50",
            "select rowid, snippet(f, 0, '', '', '', 9) from f where f match 'word* OR other' limit 20",
            "select * from r where x0 < 50 limit 20",
            "insert into t(b, c) select b || 'x', c from t limit 50",
            "insert into f select c from t limit 20",
            "update t set c = c || c where id % 3 = 0",
            "delete from w where a < 'f'",
            "pragma integrity_check(20)",
            "analyze",
            "reindex",
            "vacuum",
            "drop table if exists t");

    @TempDir
    Path directory;

    @Test
    void eachHarmsOnlyItself() throws Exception {
        Random random = Seeds.random("DamagedFilesIT");
        byte[] sound = write(directory.resolve("sound"));
        Path data = Files.createDirectory(directory.resolve("data"));
        int errors = 0;
        try (EngineProcess engine = EngineProcess.start(data, Map.of(Limit.QUERY_TIMEOUT_MS, 2_000L))) {
            DoSqlClient client = engine.client();
            client.create("neighbour");
            for (int file = 0; file < FILES; file++) {
                String name = "damaged" + file;
                Files.write(data.resolve(name + DatabaseFiles.EXTENSION), damage(sound, random));
                for (String sql : STATEMENTS) {
                    try {
                        client.exec(name, Statement.of(sql));
                    } catch (DoLakeException e) {
                        errors++;
                    }
                    assertThat(engine.isAlive()).as(name + ": " + sql).isTrue();
                }
                client.exec("neighbour", Statement.of("create table if not exists t(a)"));
                // Removed by the product, whatever is wrong with it.
                client.drop(name);
            }
            assertThat(client.verifyLog("neighbour", 0).faults()).isEmpty();
        }
        assertThat(errors).as("some of it is noticed").isPositive();
    }

    private static byte[] damage(byte[] sound, Random random) {
        byte[] bytes = sound.clone();
        int pages = bytes.length / 4_096;
        int changes = 1 + random.nextInt(30);
        for (int i = 0; i < changes; i++) {
            // The start of a page is where its structure is.
            int inPage = random.nextBoolean() ? random.nextInt(40) : random.nextInt(4_096);
            int at = random.nextInt(pages) * 4_096 + inPage;
            if (at >= 100) {
                bytes[at] = (byte) random.nextInt(256);
            }
        }
        return bytes;
    }

    private static byte[] write(Path file) throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                java.sql.Statement sqlite = connection.createStatement()) {
            connection.setAutoCommit(false);
            sqlite.execute("create table t(id integer primary key, b text unique, c)");
            sqlite.execute("create index i on t(c, b)");
            sqlite.execute("create table w(a text primary key, b) without rowid");
            sqlite.execute("create virtual table f using fts5(body)");
            sqlite.execute("create virtual table r using rtree(id, x0, x1)");
            String numbers = "with recursive n(i) as (values (1) union all select i + 1 from n limit 400) ";
            sqlite.execute(numbers + "insert into t(b, c) select 'name ' || i, hex(randomblob(i * 10)) from n");
            sqlite.execute(numbers + "insert into w select char(97 + i % 26) || i, i from n");
            sqlite.execute(numbers + "insert into f select 'word' || i || ' other ' || i % 7 from n");
            sqlite.execute(numbers + "insert into r select i, i % 100, i % 100 + 1 from n");
            connection.commit();
        }
        return Files.readAllBytes(file);
    }
}
