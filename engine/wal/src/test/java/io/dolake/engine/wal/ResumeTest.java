/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.nio.channels.ClosedByInterruptException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests positions, generations of the log, and resuming after a restart. */
class ResumeTest extends CaseBase {

    private void givenARow() throws Exception {
        given("CREATE TABLE t(id INTEGER PRIMARY KEY, a)", "INSERT INTO t VALUES (1, 1)");
    }

    @Test
    void goesOnAtAPositionWithinALog() throws Exception {
        givenARow();
        db.restartDecoder();
        assertThat(events()).isEmpty();
        assertThat(after("UPDATE t SET a = 2")).containsExactly("~t (1, 1) -> (1, 2)");
    }

    @Test
    void followsTheLogWhenItIsReset() throws Exception {
        givenARow();
        Lsn before = db.decoder().position().lsn();
        for (String mode : new String[] {"PASSIVE", "FULL", "RESTART", "TRUNCATE"}) {
            db.execute("PRAGMA wal_checkpoint(" + mode + ")");
            assertThat(events()).isEmpty();
            assertThat(after("UPDATE t SET a = '" + mode + "'")).hasSize(1);
        }
        assertThat(db.decoder().position().lsn().value()).isEqualTo(before.value() + 4);
        assertThat(db.decoder().position().frames()).isEqualTo(1);
    }

    @Test
    void goesOnAfterItsThreadWasInterrupted() throws Exception {
        givenARow();
        db.execute("UPDATE t SET a = 2");
        Thread.currentThread().interrupt();
        assertThatThrownBy(this::events).isInstanceOf(ClosedByInterruptException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(events()).hasSize(1);
    }

    @Test
    void goesOnInTheNextLogAfterARestart() throws Exception {
        givenARow();
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        db.restartDecoder();
        assertThat(events()).isEmpty();
        assertThat(after("UPDATE t SET a = 2")).containsExactly("~t (1, 1) -> (1, 2)");
    }

    @Test
    void goesOnWhereTheLogWasResetWhileNobodyLooked() throws Exception {
        givenARow();
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)", "UPDATE t SET a = 2");
        db.restartDecoder();
        assertThat(events()).containsExactly("~t (1, 1) -> (1, 2)");
    }

    @Test
    void noticesALogThatCameAndWentUnseen() throws Exception {
        givenARow();
        for (int i = 0; i < 2; i++) {
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)", "UPDATE t SET a = a + 1");
        }
        assertThatThrownBy(this::events).satisfies(ResumeTest::isGap);
    }

    @Test
    void checkpointsOfAnEmptyLogAreNoGap() throws Exception {
        givenARow();
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA wal_checkpoint(TRUNCATE)");
        db.execute("PRAGMA cache_size=5", "PRAGMA cache_spill=5");
        db.execute(
                "BEGIN", DecoderCasesTest.series("INSERT INTO t SELECT i + 5, zeroblob(900) FROM n", 200), "ROLLBACK");
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        assertThat(after("UPDATE t SET a = 2")).containsExactly("~t (1, 1) -> (1, 2)");
    }

    @Test
    void refusesAPositionThatTheLogDoesNotHold() throws Exception {
        givenARow();
        WalPosition p = db.decoder().position();
        WalPosition ahead = new WalPosition(p.salt1(), p.salt2(), p.frames() + 1, 0, 0, p.lsn());
        assertThatThrownBy(() -> db.open(ahead, Map.of())).satisfies(ResumeTest::isGap);
        WalPosition other = new WalPosition(p.salt1(), p.salt2(), p.frames(), p.checksum1() + 1, 0, p.lsn());
        assertThatThrownBy(() -> db.open(other, Map.of())).satisfies(ResumeTest::isGap);
    }

    private static void isGap(Throwable thrown) {
        assertThat(thrown).isInstanceOf(DoLakeException.class);
        assertThat(((DoLakeException) thrown).code()).isEqualTo(ErrorCode.WAL_GAP);
    }

    @Test
    void aPollCanBeRepeatedWhenTheListenerFails() throws Exception {
        givenARow();
        db.execute("UPDATE t SET a = zeroblob(9000)");
        WalPosition before = db.decoder().position();
        Events failing = new Events() {
            @Override
            public void commit(long events) {
                throw new IllegalStateException("disk full");
            }
        };
        assertThatThrownBy(() -> db.poll(failing)).hasMessage("disk full");
        assertThat(db.decoder().position()).isEqualTo(before);
        assertThat(events()).hasSize(1);
        assertThat(after("UPDATE t SET a = 3")).hasSize(1);
    }

    @Test
    void leavesTransactionsBeyondTheGivenLsnAlone() throws Exception {
        givenARow();
        Lsn first = db.decoder().position().lsn().plus(1);
        db.execute("UPDATE t SET a = 2", "UPDATE t SET a = 3");
        Events events = new Events();
        assertThat(db.decoder().poll(events, 10, first)).isEqualTo(1);
        assertThat(events.lines()).containsExactly("~t (1, 1) -> (1, 2)");
        assertThat(events()).containsExactly("~t (1, 2) -> (1, 3)");
    }

    @Test
    void theTimeOfACommitIsThatOfTheGivenClock() throws Exception {
        givenARow();
        db.decoder().withCommitClock(() -> 1234);
        db.execute("UPDATE t SET a = 2");
        long[] time = new long[1];
        db.poll(new Events() {
            @Override
            public void begin(Lsn lsn, long commitTimeMs) {
                super.begin(lsn, commitTimeMs);
                time[0] = commitTimeMs;
            }
        });
        assertThat(time[0]).isEqualTo(1234);
    }
}
