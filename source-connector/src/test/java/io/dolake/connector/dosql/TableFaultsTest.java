/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static io.dolake.connector.dosql.Fixtures.DATABASE;
import static io.dolake.connector.dosql.Fixtures.EPOCH;
import static io.dolake.connector.dosql.Fixtures.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.connector.dosql.RunFaults.TaskFailure;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.SchemaChange.Kind;
import io.dolake.schemas.Suspension;
import io.dolake.schemas.TableSchema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;

/** B3: what cannot be carried of a table harms that table only, and stands in the offset. */
class TableFaultsTest {
    private static final TableSchema GOOD = table("good", 1, "id INTEGER PK");
    private static final TableSchema BAD = table("bad", 1, "id INTEGER PK", "v TEXT");
    /** The name of the column is one that the connector needs for itself. */
    private static final TableSchema NAMELESS = table(" ", 1, "id INTEGER PK");

    private final DoSqlConnectorConfig config = Fixtures.config();
    private final DoSqlDatabaseSchema schema = Fixtures.schema(config);
    private final ScriptedLog log = new ScriptedLog();
    private final Recorder recorder = new Recorder();
    private DoSqlOffsetContext offset = new DoSqlOffsetContext(config, DATABASE, EPOCH, Lsn.ZERO, 0);
    private FailureMode mode = FailureMode.SUSPEND;

    /** Takes events of every table but "bad" with the key 13, and keeps what a restart would find. */
    private final class Recorder implements ChangeReader.Sink {
        final List<String> events = new ArrayList<>();
        final List<Map<String, ?>> offsets = new ArrayList<>();
        int killAfter = Integer.MAX_VALUE;

        @Override
        public void begin(Lsn lsn, long commitTimeMs) {}

        @Override
        public void change(SelectedChange change, Lsn lsn, long commitTimeMs) {
            if (events.size() == killAfter) {
                throw new IllegalStateException("killed", new InterruptedException());
            }
            Object[] row = change.after() == null ? change.before() : change.after();
            if (change.table().table().equals("bad") && row != null && row[0].equals(13L)) {
                throw new ClassCastException("a converter that does not take 'secret'");
            }
            events.add(lsn + ":" + change.event() + " " + change.operation().code() + " "
                    + change.table().table());
            offsets.add(offset.getOffset());
        }

        @Override
        public void end(long commitTimeMs) {}

        @Override
        public boolean announcesEnd() {
            return false;
        }

        @Override
        public void resnapshot(Lsn lsn) {
            events.add("reread " + offset.pendingResnapshots().pending());
            offsets.add(offset.getOffset());
            offset.pendingResnapshots().pending().forEach(table -> {
                offset.faults().forget(table);
                offset.pendingResnapshots().done(table, lsn);
            });
        }
    }

    private void read() {
        TableGuard guard = new TableGuard(mode, offset, (failure, fault) -> {});
        log.read(offset.lsn(), new ChangeReader(DATABASE, schema, offset, recorder, guard));
    }

    private DoSqlOffsetContext load(Map<String, ?> stored) {
        return new DoSqlOffsetContext.Loader(config, DATABASE).load(new HashMap<String, Object>(stored));
    }

    @Test
    void aRowThatCannotBeSentSetsItsTableAsideAndOthersGoOn() {
        log.transaction(5).insert(BAD, 1, 1L, "a").insert(BAD, 13, 13L, "b").insert(GOOD, 1, 1L);
        log.transaction(6).insert(BAD, 2, 2L, "c").insert(GOOD, 2, 2L);
        read();
        assertThat(recorder.events).containsExactly("5:0 c bad", "5:2 c good", "6:1 c good");
        Suspension reason = offset.faults().byTable().get("bad").last();
        assertThat(reason.position()).isEqualTo("5:1");
        assertThat(reason.code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
        assertThat(reason.reason())
                .contains("shop.bad", "ClassCastException")
                .as("texts of libraries may quote values")
                .doesNotContain("secret");
        assertThat(reason.remedy()).contains("./dolake resume shop.bad");
        assertThat(load(offset.getOffset()).getOffset()).isEqualTo(offset.getOffset());
    }

    @Test
    void aTableThatCannotBeDescribedIsSetAsideWithTheFirstOfItsEvents() {
        log.transaction(5).ddl(Kind.CREATE, " ", null, NAMELESS).insert(GOOD, 1, 1L);
        log.transaction(6).insert(NAMELESS, 1, 1L).insert(GOOD, 2, 2L);
        read();
        assertThat(recorder.events).containsExactly("5:1 c good", "6:1 c good");
        assertThat(offset.faults().isSuspended(" ")).isTrue();
        assertThat(offset.lsn()).isEqualTo(new Lsn(6));
    }

    /** A6: the table without a name. */
    @Test
    void aTableWithABlankNameIsSetAsideAndForgottenWhenItIsRenamed() {
        TableSchema blank = table("", 1, "id INTEGER PK");
        TableSchema named = table("named", 7, "id INTEGER PK");
        log.transaction(5).insert(blank, 1, 1L).insert(GOOD, 1, 1L);
        log.transaction(7).ddl(Kind.ALTER, "named", "", named);
        read();
        assertThat(recorder.events).containsExactly("5:1 c good", "reread [named]");
        assertThat(offset.faults().isEmpty()).isTrue();
    }

    @Test
    void aTableThatIsDroppedIsNoLongerSetAside() {
        log.transaction(5).insert(BAD, 13, 13L, "b");
        log.transaction(6).ddl(Kind.DROP, "bad", null, null);
        log.transaction(7).ddl(Kind.CREATE, "bad", null, BAD).insert(BAD, 1, 1L, "new");
        read();
        assertThat(recorder.events).containsExactly("6:0 t bad", "7:1 c bad");
        assertThat(offset.faults().isEmpty()).isTrue();
    }

    @Test
    void aTableThatIsAlteredStaysAsideUntilItIsResumed() {
        TableSchema wider = table("bad", 6, "id INTEGER PK", "v TEXT", "w TEXT");
        log.transaction(5).insert(BAD, 13, 13L, "b");
        log.transaction(6).ddl(Kind.ALTER, "bad", null, wider).insert(wider, 14, 14L, "x", "y");
        read();
        assertThat(recorder.events).isEmpty();
        assertThat(offset.faults().isSuspended("bad")).isTrue();
        offset.pendingResnapshots().request("bad");
        log.transaction(8).insert(wider, 15, 15L, "x", "y").insert(GOOD, 1, 1L);
        read();
        assertThat(recorder.events).containsExactly("8:1 c good", "reread [bad]");
    }

    @Test
    void withSkipOnlyTheRowIsLeftOutAndTheTableSaysSo() {
        mode = FailureMode.SKIP;
        log.transaction(5).insert(BAD, 13, 13L, "a").insert(BAD, 2, 2L, "b").insert(BAD, 13, 13L, "c");
        read();
        assertThat(recorder.events).containsExactly("5:1 c bad");
        TableFault fault = offset.faults().byTable().get("bad");
        assertThat(fault.skipped()).isEqualTo(2);
        assertThat(fault.last().position()).isEqualTo("5:2");
        assertThat(load(offset.getOffset()).faults().byTable())
                .isEqualTo(offset.faults().byTable());
    }

    @Test
    void withFailTheTaskFails() {
        mode = FailureMode.FAIL;
        log.transaction(5).insert(BAD, 13, 13L, "a");
        assertThatThrownBy(this::read)
                .isInstanceOf(TaskFailure.class)
                .hasMessageContaining("shop.bad")
                .satisfies(e -> assertThat(e).hasStackTraceContaining("shop.bad"))
                .satisfies(e -> assertThat(Throwables.getStackTrace(e)).doesNotContain("secret"));
    }

    @Test
    void moreTablesThanTheLimitAreTheFaultOfTheDatabase() {
        for (int i = 0; i < TableFaults.MAX_TABLES; i++) {
            offset.faults().suspend("t" + i, new Suspension(ErrorCode.INTERNAL_ERROR, "r", "", Instant.EPOCH, "m"));
        }
        log.transaction(5).insert(BAD, 13, 13L, "a");
        assertThatThrownBy(this::read)
                .isInstanceOf(DoLakeException.class)
                .hasMessageContaining("Cannot suspend table bad: 200 tables");
    }

    @Test
    void anOffsetThatIsNoneIsRefusedByName() {
        assertThatThrownBy(() -> TableFaults.parse("{\"t\":{\"code\":\"NO_SUCH\"}}"))
                .isInstanceOf(DoLakeException.class)
                .hasMessageContaining("'faults'");
    }

    /** A fault at a random place, and kills at random places: nothing of another table is lost or sent twice. */
    @Test
    void killsBeforeAndAfterATableIsSetAsideLoseNothingOfOthers() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        long lsn = 0;
        for (int i = 0; i < 40; i++) {
            lsn += 1 + random.nextInt(5);
            ScriptedLog.Transaction transaction = log.transaction(lsn);
            for (int j = random.nextInt(6); j >= 0; j--) {
                boolean isBad = random.nextInt(4) == 0;
                long key = random.nextInt(14);
                transaction.insert(isBad ? BAD : GOOD, j, isBad ? new Object[] {key, "v"} : new Object[] {key});
            }
        }
        read();
        List<String> expected = List.copyOf(recorder.events);
        recorder.events.clear();
        recorder.offsets.clear();
        offset = new DoSqlOffsetContext(config, DATABASE, EPOCH, Lsn.ZERO, 0);
        while (recorder.events.size() < expected.size()) {
            recorder.killAfter = recorder.events.size() + 1 + random.nextInt(20);
            try {
                read();
            } catch (IllegalStateException killed) {
                offset = load(recorder.offsets.get(recorder.offsets.size() - 1));
            }
        }
        assertThat(recorder.events).as("seed %d", seed).isEqualTo(expected);
    }
}
