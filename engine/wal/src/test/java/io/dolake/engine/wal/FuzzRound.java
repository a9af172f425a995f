/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.ChangeEncoder;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Random;

/**
 * Steps of a workload, replayed and compared, with checkpoints, restarts of the decoder and second decoders in between
 * at random.
 */
final class FuzzRound {
    private static final int MAX_ENCODED_BYTES = 16 * 1024 * 1024;

    /** Changes a database. */
    @FunctionalInterface
    interface Steps {
        void step() throws SQLException;
    }

    private final TestDatabase db;
    private final Random random;
    private final Steps workload;
    private final Replay replay = new Replay();
    private ChangeEncoder encoded = new ChangeEncoder();
    private WalPosition mark;
    private Map<String, Lsn> markLsns;

    FuzzRound(TestDatabase db, Random random, Steps workload) throws IOException {
        this.db = db;
        this.random = random;
        this.workload = workload;
        poll();
        mark();
    }

    /** Events so far. */
    long events() {
        return replay.events();
    }

    void step() throws Exception {
        workload.step();
        int dice = random.nextInt(100);
        if (dice < 50) {
            poll();
        }
        if (dice < 6) {
            poll();
            db.execute("PRAGMA wal_checkpoint("
                    + new String[] {"PASSIVE", "FULL", "RESTART", "TRUNCATE"}[random.nextInt(4)] + ")");
            mark();
        } else if (dice < 8) {
            db.restartDecoder();
        } else if (dice < 10) {
            compareWithAnotherDecoder();
        } else if (dice < 12) {
            poll();
            replay.compare(db.connection(), db.decoder().tables());
        }
    }

    void finish() throws Exception {
        poll();
        replay.compare(db.connection(), db.decoder().tables());
        compareWithAnotherDecoder();
    }

    private void poll() throws IOException {
        db.poll(new Both(replay, encoded));
        if (encoded.size() > MAX_ENCODED_BYTES) {
            mark();
        }
    }

    private void mark() {
        mark = db.decoder().position();
        markLsns = db.schemaLsns();
        encoded = new ChangeEncoder();
    }

    /** What is read twice is the same twice, wherever the decoder was opened. */
    private void compareWithAnotherDecoder() throws Exception {
        poll();
        ChangeEncoder again = new ChangeEncoder();
        try (WalDecoder other = db.open(mark, markLsns)) {
            while (other.poll(again, 1000) > 0) {
                // All there is.
            }
            assertThat(other.position()).isEqualTo(db.decoder().position());
        }
        assertThat(again.toBytes()).isEqualTo(encoded.toBytes());
    }

    private record Both(ChangeListener first, ChangeListener second) implements ChangeListener {
        @Override
        public void begin(Lsn lsn, long commitTimeMs) {
            first.begin(lsn, commitTimeMs);
            second.begin(lsn, commitTimeMs);
        }

        @Override
        public void schemaChange(SchemaChange change) {
            first.schemaChange(change);
            second.schemaChange(change);
        }

        @Override
        public void rowChange(RowChange change) {
            first.rowChange(change);
            second.rowChange(change);
        }

        @Override
        public void commit(long events) {
            first.commit(events);
            second.commit(events);
        }
    }
}
