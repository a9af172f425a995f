/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.Operation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files beyond 2 and 4 GiB, and a transaction beyond the heap, decoded in a process with little of it. Needs 10 GiB of
 * disk and minutes, so it runs only with {@code -Dwal.large=true}.
 */
@EnabledIfSystemProperty(named = "wal.large", matches = "true")
class LargeFilesTest {
    private static final int BLOB_BYTES = 8 * 1024 * 1024;
    private static final int ROWS_PER_LOG = 300;
    private static final int ROWS_PER_TRANSACTION = 10;
    private static final int SMALL_ROWS = 5_000_000;

    @TempDir
    Path directory;

    @Test
    void filesBeyondFourGigabytesAreDecodedInASmallHeap() throws Exception {
        try (TestDatabase db = new TestDatabase(directory, "page_size=65536")) {
            db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, b)");
            fillALogBeyondTwoGigabytes(db, 1);
            fillALogBeyondTwoGigabytes(db, ROWS_PER_LOG + 1);
            assertThat(db.pages().size()).as("database").isGreaterThan(4L << 30);
            // One that is first in the file, one behind 4 GiB whose overflow page alone changes, and all of them.
            long last = 2L * ROWS_PER_LOG;
            db.execute(
                    "DELETE FROM t WHERE id = 3",
                    "UPDATE t SET b = CAST(substr(b, 1, 5000000) || x'01' || substr(b, 5000002) AS BLOB) WHERE id = "
                            + last);
            RowSums expected = new RowSums();
            expected.add(Operation.DELETE, 3, new byte[BLOB_BYTES]);
            addRows(db, expected, Operation.UPDATE, last, last);
            assertThat(DecodeProcess.run(db.file(), db.wal(), "512m")).isEqualTo(expected.toString());
        }
    }

    /** Row 3 of every 10 is of zeros, the others cannot be guessed. */
    private static void fillALogBeyondTwoGigabytes(TestDatabase db, int first) throws Exception {
        for (int id = first; id < first + ROWS_PER_LOG; id += ROWS_PER_TRANSACTION) {
            db.execute("WITH RECURSIVE n(i) AS (SELECT " + id + " UNION ALL SELECT i + 1 FROM n WHERE i < "
                    + (id + ROWS_PER_TRANSACTION - 1) + ") INSERT INTO t SELECT i, CASE i % 10 WHEN 3 THEN zeroblob("
                    + BLOB_BYTES + ") ELSE randomblob(" + BLOB_BYTES + ") END FROM n");
        }
        assertThat(Files.size(db.wal())).as("log").isGreaterThan(2L << 30);
        RowSums expected = new RowSums();
        addRows(db, expected, Operation.CREATE, first, first + ROWS_PER_LOG - 1L);
        assertThat(DecodeProcess.run(db.file(), db.wal(), "512m")).isEqualTo(expected.toString());
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        assertThat(db.pages().size()).as("beyond the lock-byte page").isGreaterThan(1L << 30);
    }

    private static void addRows(TestDatabase db, RowSums sums, Operation operation, long first, long last)
            throws SQLException {
        try (Statement statement = db.connection().createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT id, b FROM t WHERE id BETWEEN " + first + " AND " + last)) {
            while (rows.next()) {
                sums.add(operation, rows.getLong(1), rows.getBytes(2));
            }
        }
    }

    @Test
    void aTransactionOfMillionsOfRowsIsDecodedInASmallHeap() throws Exception {
        try (TestDatabase db = new TestDatabase(directory)) {
            db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT)");
            RowSums inserted = new RowSums();
            RowSums deleted = new RowSums();
            for (int i = 1; i <= SMALL_ROWS; i++) {
                inserted.add(Operation.CREATE, i, "row " + i);
                deleted.add(Operation.DELETE, i, "row " + i);
            }
            db.execute(DecoderCasesTest.series("INSERT INTO t SELECT i, 'row ' || i FROM n", SMALL_ROWS));
            assertThat(DecodeProcess.run(db.file(), db.wal(), "64m")).isEqualTo(inserted.toString());
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
            db.execute("DELETE FROM t");
            assertThat(DecodeProcess.run(db.file(), db.wal(), "64m")).isEqualTo(deleted.toString());
        }
    }
}
