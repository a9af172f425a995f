/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.testkit.Consumer;
import io.dolake.engine.server.testkit.ReplayedTables;
import io.dolake.engine.server.testkit.RunningEngine;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer that never rests, and a reader that holds up checkpoints for a part of the time. */
class WalSizeIT {
    private static final String DB = "shop";
    private static final long CHECKPOINT_BYTES = 1 << 18;
    private static final long KEPT_BYTES = 1 << 20;
    /** What comes between two checkpoints by more than was asked for: a writer does not wait for housekeeping. */
    private static final long MORE_BYTES = 1 << 20;

    private static final int TRANSACTIONS = 400;

    @TempDir
    Path directory;

    private ServerConfig config() {
        return ServerConfig.of(directory)
                .withPort(0)
                .withLimit(Limit.CHECKPOINT_WAL_BYTES, CHECKPOINT_BYTES)
                .withLimit(Limit.WAL_KEPT_BYTES, KEPT_BYTES)
                .withLimit(Limit.CHECKPOINT_IDLE_MS, 400)
                .withLimit(Limit.HOUSEKEEPING_INTERVAL_MS, 20);
    }

    private long fileBytes() throws IOException {
        return Files.size(directory.resolve(DB + ".db-wal"));
    }

    /** Writes 16 KB again and again; the largest length of the WAL meanwhile. */
    private long write(RunningEngine engine) throws IOException {
        long largest = 0;
        for (int i = 0; i < TRANSACTIONS; i++) {
            engine.exec(DB, "update t set v = randomblob(4000) where id between ?1 and ?1 + 3", i % 40);
            largest = Math.max(largest, fileBytes());
        }
        return largest;
    }

    @Test
    void staysShortUnlessAReaderIsThereAndBecomesShortAfterIt() throws Exception {
        try (RunningEngine engine = new RunningEngine(config())) {
            engine.client().create(DB);
            engine.exec(DB, "create table t(id integer primary key, v blob)");
            engine.exec(
                    DB,
                    "with recursive n(i) as (values (0) union all select i + 1 from n limit 44)"
                            + " insert into t select i, randomblob(4000) from n");
            long written = TRANSACTIONS * 4L * 4_120;
            long alone = write(engine);
            assertThat(alone).isLessThan(CHECKPOINT_BYTES + MORE_BYTES);
            long withReader;
            try (Session reader = engine.client().session(DB)) {
                reader.begin(Session.Mode.READ_ONLY);
                Object before = sum(reader);
                withReader = write(engine);
                // Frames cannot be overwritten while they may be read; the log and its readers continue.
                assertThat(withReader).isBetween(written, written + written / 2 + CHECKPOINT_BYTES + MORE_BYTES);
                engine.awaitCaptured(DB);
                assertThat(sum(reader)).isEqualTo(before);
                reader.rollback();
            }
            Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                engine.exec(DB, "update t set v = 1 where id = 1");
                assertThat(fileBytes()).isLessThanOrEqualTo(KEPT_BYTES + CHECKPOINT_BYTES);
            });
            long after = write(engine);
            System.out.printf("WAL of %d bytes alone, %d with a reader, %d after it%n", alone, withReader, after);
            assertThat(after).isLessThan(CHECKPOINT_BYTES + MORE_BYTES);
            Lsn end = engine.awaitCaptured(DB);
            ReplayedTables tables = new ReplayedTables();
            Consumer.readTo(end, engine.client(), DB, tables);
            tables.assertEqualTo(engine.client(), DB);
            assertThat(tables.lsns()).hasSizeGreaterThan(3 * TRANSACTIONS);
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> fileBytes() == 0);
        }
    }

    private static Object sum(Session reader) {
        String sql = "select sum(length(v)) || min(hex(v)) from t";
        try (Session.Cursor cursor = reader.query(Statement.of(sql), 1)) {
            return cursor.next()[0];
        }
    }
}
