/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests that damaged and hostile files soon end in a typed error or in rows that existed. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CorruptionTest {
    private static final int ATTEMPTS = Integer.getInteger("wal.corruption.attempts", 150);

    @TempDir
    Path directory;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final SchemaSource schemas =
            new JdbcSchemaSource(() -> DriverManager.getConnection("jdbc:sqlite::memory:"));
    private byte[] main;
    private byte[] wal;
    private List<String> expected;

    @BeforeEach
    void makeFiles() throws Exception {
        try (TestDatabase db = new TestDatabase(directory, "page_size=512")) {
            db.execute(
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b)",
                    "CREATE TABLE k(k TEXT PRIMARY KEY, v)",
                    "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID",
                    "CREATE INDEX i ON t(a)",
                    DecoderCasesTest.series("INSERT INTO t SELECT i, 'text ' || i, zeroblob(i * 20) FROM n", 100),
                    DecoderCasesTest.series("INSERT INTO k SELECT 'key ' || i, zeroblob(i) FROM n", 100),
                    DecoderCasesTest.series("INSERT INTO w SELECT 'key ' || i, zeroblob(i * 9) FROM n", 100));
            db.poll(new Events());
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
            db.execute(
                    "UPDATE t SET a = a || 'x' WHERE id % 7 = 0",
                    "DELETE FROM w WHERE v > zeroblob(500)",
                    "UPDATE k SET k = k || 'y', v = 1 WHERE rowid % 3 = 0",
                    "ALTER TABLE t ADD COLUMN c DEFAULT 7",
                    "DELETE FROM t WHERE id BETWEEN 20 AND 60",
                    "CREATE TABLE n AS SELECT * FROM k",
                    "VACUUM",
                    "DROP TABLE k");
            Files.copy(db.wal(), directory.resolve("kept"));
            wal = Files.readAllBytes(directory.resolve("kept"));
            // Through the reader that is open already: another one must not be closed before SQLite is.
            main = new byte[(int) db.pages().size()];
            db.pages().read(0, main, 0, main.length);
        }
        expected = decode(main, wal);
        assertThat(expected).hasSizeGreaterThan(100);
    }

    private List<String> decode(byte[] mainBytes, byte[] walBytes) throws IOException {
        Path file = directory.resolve("damaged-wal");
        Files.write(file, walBytes);
        Events events = new Events();
        PageSource pages = new PageSource() {
            @Override
            public int read(long position, byte[] target, int offset, int length) {
                int n = (int) Math.max(0, Math.min(length, mainBytes.length - position));
                if (n > 0) {
                    System.arraycopy(mainBytes, (int) position, target, offset, n);
                }
                return n;
            }

            @Override
            public long size() {
                return mainBytes.length;
            }
        };
        try (WalDecoder decoder = WalDecoder.open(pages, file, WalPosition.start(Lsn.ZERO), Map.of(), schemas)) {
            while (decoder.poll(events, 100) > 0) {
                // All there is.
            }
        }
        return events.lines();
    }

    private void survives(byte[] mainBytes, byte[] walBytes, int attempt) {
        try {
            decode(mainBytes, walBytes);
        } catch (DoLakeException e) {
            assertThat(e).hasMessageStartingWith("Cannot ");
        } catch (Exception | Error e) {
            throw new AssertionError("seed " + seed + ", attempt " + attempt + ": " + e, e);
        }
    }

    @Test
    void aDamagedLogEndsBeforeTheDamage() throws Exception {
        for (int i = 0; i < ATTEMPTS; i++) {
            byte[] damaged = wal.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            List<String> events = decode(main, damaged);
            assertThat(events).as("seed %d", seed).isEqualTo(expected.subList(0, events.size()));
        }
    }

    @Test
    void aLogThatWasCutOffEndsThere() throws Exception {
        for (int i = 0; i < ATTEMPTS; i++) {
            byte[] cut = Arrays.copyOf(wal, random.nextInt(wal.length));
            List<String> events = decode(main, cut);
            assertThat(events).as("seed %d", seed).isEqualTo(expected.subList(0, events.size()));
        }
    }

    @Test
    void theOtherByteOrderOfChecksumsIsRead() throws Exception {
        byte[] other = wal.clone();
        WalBytes.seal(other, true);
        assertThat(decode(main, other)).isEqualTo(expected);
    }

    @Test
    void pagesThatLieUnderRightChecksumsAreNoDanger() {
        for (int i = 0; i < ATTEMPTS * 3; i++) {
            byte[] hostile = wal.clone();
            int changes = 1 + random.nextInt(4);
            for (int c = 0; c < changes; c++) {
                int frame = WalHeader.SIZE + random.nextInt(wal.length / 536) * 536;
                // Mostly where headers, cell pointers and cells are.
                int at = frame + (random.nextInt(3) == 0 ? random.nextInt(536) : 24 + random.nextInt(60));
                hostile[at] =
                        (byte) (random.nextBoolean() ? random.nextInt(256) : hostile[at] ^ 1 << random.nextInt(8));
            }
            WalBytes.seal(hostile, false);
            survives(main, hostile, i);
        }
    }

    @Test
    void aDamagedDatabaseFileIsNoDanger() {
        for (int i = 0; i < ATTEMPTS * 3; i++) {
            byte[] damaged = main.clone();
            int changes = 1 + random.nextInt(4);
            for (int c = 0; c < changes; c++) {
                int page = random.nextInt(main.length / 512) * 512;
                int at = page + (random.nextBoolean() ? random.nextInt(512) : random.nextInt(40));
                damaged[at] = (byte) random.nextInt(256);
            }
            survives(random.nextInt(10) == 0 ? Arrays.copyOf(damaged, random.nextInt(main.length)) : damaged, wal, i);
        }
    }

    @Test
    void aCyclicTreeIsAnError() {
        for (int i = 0; i < ATTEMPTS; i++) {
            byte[] hostile = wal.clone();
            int frames = wal.length / 536;
            // One page is put in place of another, so that interior pages list themselves or each other.
            int from = WalHeader.SIZE + random.nextInt(frames) * 536 + 24;
            int to = WalHeader.SIZE + random.nextInt(frames) * 536 + 24;
            System.arraycopy(wal, from, hostile, to, 512);
            WalBytes.seal(hostile, false);
            survives(main, hostile, i);
        }
    }
}
