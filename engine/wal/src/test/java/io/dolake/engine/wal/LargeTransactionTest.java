/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Tests transactions with more pages than the read buffer or the cache holds. */
class LargeTransactionTest extends CaseBase {
    private static final int ROWS = 120_000;

    private final Replay replay = new Replay();

    @Test
    void rowsOfTransactionsLargerThanAllBuffersAreExact() throws Exception {
        db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, v TEXT)");
        after(ROWS, "INSERT INTO t SELECT value, value * 7 % 1000, printf('%050d', value) FROM generated");
        after(ROWS, "UPDATE t SET n = n + 1");
        after(ROWS / 2, "DELETE FROM t WHERE id % 2 = 0");
        after(ROWS / 10, "UPDATE t SET v = v || 'longer' WHERE id % 10 < 2");
        after(ROWS / 2, "INSERT INTO t SELECT value, 0, 'short' FROM generated WHERE value % 2 = 0");
        after(ROWS, "DELETE FROM t");
    }

    /** Runs a statement as one transaction, replays its events, and compares. */
    private void after(int events, String sql) throws SQLException, IOException {
        long before = replay.events();
        db.execute(
                "WITH RECURSIVE generated(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM generated WHERE value < "
                        + ROWS + ") " + sql);
        db.poll(replay);
        assertThat(replay.events() - before - (before == 0 ? 1 : 0)).isEqualTo(events);
        replay.compare(db.connection(), db.decoder().tables());
    }
}
