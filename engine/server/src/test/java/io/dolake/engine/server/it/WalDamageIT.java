/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.testkit.EngineProcess;
import io.dolake.engine.server.testkit.HttpCalls;
import io.dolake.engine.server.testkit.RunningEngine;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * B13: one byte of a -wal is another after the engine has died. SQLite then finds less than was committed, or nothing,
 * and goes on; the database must not, under the same epoch.
 */
class WalDamageIT {
    private static final int ROWS = 30;

    @TempDir
    static Path picture;

    @TempDir
    Path directory;

    private static String epoch;

    @BeforeAll
    static void takePicture() throws Exception {
        Path live = Files.createDirectory(picture.resolve("live"));
        // Nothing is checkpointed: all is in the -wal.
        Map<Limit, Long> limits = Map.of(Limit.HOUSEKEEPING_INTERVAL_MS, 60_000L);
        try (EngineProcess engine = EngineProcess.start(live, limits)) {
            DoSqlClient client = engine.client();
            for (String name : new String[] {"sick", "well"}) {
                client.create(name);
                client.exec(name, Statement.of("create table t(id integer primary key, v)"));
                for (int i = 0; i < ROWS; i++) {
                    client.exec(name, Statement.of("insert into t(v) values (hex(randomblob(300)))"));
                }
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> client.status(name)
                                .durableLsn()
                                .equals(client.status(name).lsn()));
            }
            epoch = client.status("sick").epoch();
            engine.kill();
        }
    }

    @Test
    void oneByteOfAWalIsNeverASilentLoss() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("one byte of a -wal: seed " + seed);
        Random random = new Random(seed);
        long size = Files.size(picture.resolve("live/sick.db-wal"));
        List<Long> places = new ArrayList<>(List.of(0L, 5L, 9L, 17L, 22L, 27L, 40L));
        while (places.size() < 14) {
            places.add(random.nextLong(size));
        }
        for (long place : places) {
            putPicture();
            flip(directory.resolve("sick.db-wal"), place);
            try (RunningEngine engine = new RunningEngine(directory)) {
                check(engine);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", byte " + place + " of " + size + ": " + e.getMessage(), e);
            }
        }
    }

    private static void check(RunningEngine engine) {
        assertThat(engine.value("well", "select count(*) from t")).isEqualTo((long) ROWS);
        HttpCalls.send(engine.uri(), "GET", "/v1/databases/sick", ""); // lists open nothing
        JsonNode status = null;
        for (JsonNode entry :
                HttpCalls.send(engine.uri(), "GET", "/status", "").body().get("databases")) {
            status = entry.get("name").asText().equals("sick") ? entry : status;
        }
        assertThat(status).isNotNull();
        if (status.get("state").asText().equals("SUSPENDED")) {
            return;
        }
        if (status.get("epoch").asText().equals(epoch)) {
            assertThat(engine.value("sick", "select count(*) from t")).isEqualTo((long) ROWS);
        } else {
            assertThat(status.get("epochReason").asText()).contains("WAL");
        }
        engine.exec("sick", "create table if not exists u(a)");
        engine.exec("sick", "insert into u values (1)");
        engine.awaitCaptured("sick");
        assertThat(engine.value("sick", "pragma integrity_check")).isEqualTo("ok");
    }

    private void putPicture() throws IOException {
        try (var files = Files.list(picture.resolve("live"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(
                        file,
                        directory.resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        for (String rest : new String[] {"sick", "well"}) {
            Files.deleteIfExists(directory.resolve("engine.marks").resolve(rest));
        }
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(at);
            int was = raw.read();
            raw.seek(at);
            raw.write(was ^ 0x10);
        }
    }
}
