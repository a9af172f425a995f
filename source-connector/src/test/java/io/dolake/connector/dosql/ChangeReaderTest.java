/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static io.dolake.connector.dosql.Fixtures.DATABASE;
import static io.dolake.connector.dosql.Fixtures.EPOCH;
import static io.dolake.connector.dosql.Fixtures.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.Lsn;
import io.dolake.schemas.Operation;
import io.dolake.schemas.SchemaChange.Kind;
import io.dolake.schemas.TableSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The rules by which the change log becomes events and offsets. */
class ChangeReaderTest {
    private static final TableSchema ORDERS = table("orders", 1, "id INTEGER PK", "item TEXT");
    private static final TableSchema NOTES = table("notes", 1, "text TEXT");

    private final DoSqlConnectorConfig config = Fixtures.config("table.exclude.list", "shop\\.hidden");
    private final DoSqlDatabaseSchema schema = Fixtures.schema(config);
    private final ScriptedLog log = new ScriptedLog();
    private final Recorder recorder = new Recorder();
    private DoSqlOffsetContext offset = new DoSqlOffsetContext(config, DATABASE, EPOCH, Lsn.ZERO, 0);

    /** Notes events as "lsn:event op table before after", and the offset each carries. */
    private final class Recorder implements ChangeReader.Sink {
        final List<String> events = new ArrayList<>();
        final List<Map<String, ?>> offsets = new ArrayList<>();
        boolean announcesEnd;
        int failAfter = Integer.MAX_VALUE;

        @Override
        public void begin(Lsn lsn, long commitTimeMs) {
            if (announcesEnd) {
                events.add("begin " + lsn);
                offsets.add(offset.getOffset());
            }
        }

        @Override
        public void change(SelectedChange change, Lsn lsn, long commitTimeMs) {
            if (events.size() == failAfter) {
                throw new IllegalStateException("killed", new InterruptedException());
            }
            assertThat(schema.schemaFor(change.table()))
                    .as("schema of the event")
                    .isNotNull();
            events.add(lsn + ":" + change.event() + " " + change.operation().code() + " "
                    + change.table().table() + " " + Arrays.toString(change.before()) + " "
                    + Arrays.toString(change.after()));
            offsets.add(offset.getOffset());
        }

        @Override
        public void end(long commitTimeMs) {
            if (announcesEnd) {
                events.add("end");
                offsets.add(offset.getOffset());
            }
        }

        @Override
        public void resnapshot(Lsn lsn) {
            events.add("reread " + offset.pendingResnapshots().pending());
            offsets.add(offset.getOffset());
        }

        @Override
        public boolean announcesEnd() {
            return announcesEnd;
        }
    }

    private void read() {
        log.read(offset.lsn(), new ChangeReader(DATABASE, schema, offset, recorder));
    }

    private String position(int event) {
        return recorder.offsets.get(event).get("lsn") + ":"
                + recorder.offsets.get(event).get("event");
    }

    @Test
    void givesEveryChangeItsOperationAndBothImages() {
        log.transaction(5)
                .insert(ORDERS, 1, 1L, "pen")
                .update(ORDERS, 2, new Object[] {2L, "ink"}, 2L, "red ink")
                .delete(ORDERS, 3, 3L, "nib");
        read();
        assertThat(recorder.events)
                .containsExactly(
                        "5:0 c orders null [1, pen]",
                        "5:1 u orders [2, ink] [2, red ink]",
                        "5:2 d orders [3, nib] null");
    }

    @Test
    void lastEventOfTransactionCarriesTheOffsetOfTheWholeTransaction() {
        log.transaction(5).insert(ORDERS, 1, 1L, "a").insert(ORDERS, 2, 2L, "b");
        log.transaction(9).insert(ORDERS, 3, 3L, "c");
        read();
        assertThat(List.of(position(0), position(1), position(2))).containsExactly("0:1", "5:0", "9:0");
    }

    @Test
    void lastCapturedEventCompletesTheTransactionThoughOthersFollow() {
        TableSchema hidden = table("hidden", 1, "id INTEGER PK");
        log.transaction(5).insert(ORDERS, 1, 1L, "a").insert(hidden, 2, 2L);
        read();
        assertThat(position(0)).isEqualTo("5:0");
    }

    @Test
    void transactionWithoutCapturedEventsAdvancesTheOffset() {
        log.transaction(5).insert(table("hidden", 1, "id INTEGER PK"), 2, 2L);
        read();
        assertThat(offset.getOffset().get("lsn")).isEqualTo(5L);
        assertThat(recorder.events).isEmpty();
    }

    @Test
    void endOfTransactionCarriesTheOffsetWhenItIsAnnounced() {
        recorder.announcesEnd = true;
        log.transaction(5).insert(ORDERS, 1, 1L, "a");
        read();
        assertThat(recorder.events).containsExactly("begin 5", "5:0 c orders null [1, a]", "end");
        assertThat(List.of(position(0), position(1), position(2))).containsExactly("0:0", "0:1", "5:0");
    }

    @Test
    void resumesInMidTransactionAfterTheLastEventSent() {
        log.transaction(5).insert(ORDERS, 1, 1L, "a").insert(ORDERS, 2, 2L, "b").insert(ORDERS, 3, 3L, "c");
        offset = new DoSqlOffsetContext(config, DATABASE, EPOCH, Lsn.ZERO, 2);
        read();
        assertThat(recorder.events).containsExactly("5:2 c orders null [3, c]");
    }

    @Test
    void killsAtAnyPointLoseAndRepeatNothing() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        long lsn = 0;
        for (int i = 0; i < 40; i++) {
            lsn += 1 + random.nextInt(5);
            ScriptedLog.Transaction transaction = log.transaction(lsn);
            for (int j = random.nextInt(6); j >= 0; j--) {
                transaction.insert(random.nextInt(4) == 0 ? table("hidden", 1, "id INTEGER PK") : ORDERS, j, (long) j);
            }
        }
        read();
        List<String> expected = List.copyOf(recorder.events);
        recorder.events.clear();
        recorder.offsets.clear();
        offset = new DoSqlOffsetContext(config, DATABASE, EPOCH, Lsn.ZERO, 0);
        while (recorder.events.size() < expected.size()) {
            recorder.failAfter = recorder.events.size() + 1 + random.nextInt(20);
            try {
                read();
            } catch (IllegalStateException killed) {
                Map<String, ?> stored = recorder.offsets.get(recorder.offsets.size() - 1);
                offset = new DoSqlOffsetContext.Loader(config, DATABASE).load(stored);
            }
        }
        assertThat(recorder.events).as("seed %d", seed).isEqualTo(expected);
    }

    @Test
    void aTableWithoutPrimaryKeyCarriesItsRowid() {
        log.transaction(5).insert(NOTES, 42, "hello");
        read();
        assertThat(recorder.events).containsExactly("5:0 c notes null [42, hello]");
    }

    @Test
    void aMisfitGoesToRescuedData() {
        log.transaction(5).insert(table("t", 1, "id INTEGER PK", "n INTEGER"), 1, 1L, "many");
        read();
        assertThat(recorder.events).containsExactly("5:0 c t null [1, null, {\"n\":\"many\"}]");
    }

    @Test
    void aMisfitInOneImageWidensBoth() {
        TableSchema t = table("t", 1, "id INTEGER PK", "n INTEGER");
        log.transaction(5).update(t, 1, new Object[] {1L, "many"}, 1L, 7L);
        read();
        assertThat(recorder.events).containsExactly("5:0 u t [1, null, {\"n\":\"many\"}] [1, 7, null]");
    }

    /** B3 */
    @Test
    void aKeyThatDoesNotFitIsRescued() {
        TableSchema t = table("t", 1, "id INT PK", "v TEXT");
        log.transaction(5).insert(t, 1, "x", "a");
        log.transaction(6).update(t, 1, new Object[] {"x", "a"}, "x", "b");
        read();
        assertThat(recorder.events)
                .containsExactly(
                        "5:0 c t null [null, a, {\"id\":\"x\"}, {\"key\":{\"id\":\"x\"}}]",
                        "6:0 u t [null, a, {\"id\":\"x\"}, {\"key\":{\"id\":\"x\"}}]"
                                + " [null, b, {\"id\":\"x\"}, {\"key\":{\"id\":\"x\"}}]");
    }

    @Test
    void beforeImageOfAnOlderSchemaIsReadByColumnName() {
        TableSchema wider = table("orders", 7, "id INTEGER PK", "item TEXT", "price REAL");
        log.transaction(7).row(Operation.UPDATE, 1, ORDERS, new Object[] {1L, "a"}, wider, new Object[] {1L, "b", 2.5});
        read();
        assertThat(recorder.events).containsExactly("7:0 u orders [1, a, null] [1, b, 2.5]");
    }

    @Test
    void droppedTableIsTruncated() {
        log.transaction(5).insert(ORDERS, 1, 1L, "a");
        log.transaction(6).ddl(Kind.DROP, "orders", null, null);
        read();
        assertThat(recorder.events).containsExactly("5:0 c orders null [1, a]", "6:0 t orders null null");
    }

    @Test
    void tableNotSeenSinceTheRestartIsTruncatedWhenDropped() {
        log.transaction(6).ddl(Kind.DROP, "orders", null, null);
        read();
        assertThat(recorder.events).containsExactly("6:0 t orders null null");
        assertThat(position(0)).isEqualTo("6:0");
    }

    @Test
    void tableDroppedAndCreatedAgainHasOnlyItsNewRows() {
        TableSchema again = table("orders", 6, "code TEXT PK");
        log.transaction(6)
                .ddl(Kind.DROP, "orders", null, null)
                .ddl(Kind.CREATE, "orders", null, again)
                .insert(again, 1, "x");
        read();
        assertThat(recorder.events).containsExactly("6:0 t orders null null", "6:2 c orders null [x]");
    }

    /** B5: it may have rows of the database that was there before, or those of changes that are lost. */
    @Test
    void aTableThatIsMadeAfterAllWasReadAnewIsTruncatedFirst() {
        log.transaction(5).ddl(Kind.CREATE, "orders", null, ORDERS).insert(ORDERS, 1, 1L, "a");
        offset.anew();
        offset = new DoSqlOffsetContext.Loader(config, DATABASE).load(offset.getOffset());
        read();
        assertThat(recorder.events).containsExactly("5:0 t orders null null", "5:1 c orders null [1, a]");
        assertThat(List.of(position(0), position(1))).containsExactly("0:1", "5:0");
    }

    @Test
    void aTableThatIsMadeElsewhereHasNoEventOfItsOwn() {
        log.transaction(5).ddl(Kind.CREATE, "orders", null, ORDERS).insert(ORDERS, 1, 1L, "a");
        read();
        assertThat(recorder.events).containsExactly("5:1 c orders null [1, a]");
    }

    @Test
    void renamedTableIsTruncatedAndAskedForUnderItsNewName() {
        TableSchema sales = table("sales", 6, "id INTEGER PK", "item TEXT");
        log.transaction(6).ddl(Kind.ALTER, "sales", "orders", sales).insert(sales, 9, 9L, "z");
        read();
        assertThat(recorder.events).containsExactly("6:0 t orders null null", "reread [sales]");
        assertThat(recorder.offsets.get(0).get("resend")).isEqualTo("{\"sales\":\"pending\"}");
        assertThat(List.of(position(0), position(1))).containsExactly("0:1", "0:2");
        assertThat(offset.lsn()).isEqualTo(new Lsn(6));
    }

    @Test
    void changesUpToTheRereadAreLeftOut() {
        TableSchema sales = table("sales", 6, "id INTEGER PK", "item TEXT");
        log.transaction(7).insert(sales, 9, 9L, "z");
        log.transaction(8).insert(sales, 10, 10L, "y");
        offset.pendingResnapshots().done("sales", new Lsn(7));
        read();
        assertThat(recorder.events).containsExactly("8:0 c sales null [10, y]");
        assertThat(offset.getOffset()).doesNotContainKey("resend");
    }

    @Test
    void aColumnAddedWithoutDefaultNeedsNoReread() {
        TableSchema wider = table("orders", 6, "id INTEGER PK", "item TEXT", "note TEXT");
        log.transaction(5).insert(ORDERS, 1, 1L, "a");
        log.transaction(6).ddl(Kind.ALTER, "orders", null, wider);
        read();
        assertThat(offset.pendingResnapshots().isEmpty()).isTrue();
    }

    @Test
    void aColumnAddedWithDefaultAsksForTheRows() {
        TableSchema wider = table("orders", 6, "id INTEGER PK", "item TEXT", "note TEXT DEFAULT 'x'");
        log.transaction(5).insert(ORDERS, 1, 1L, "a");
        log.transaction(6).ddl(Kind.ALTER, "orders", null, wider);
        read();
        assertThat(offset.pendingResnapshots().pending()).containsExactly("orders");
    }

    @Test
    void aRenamedColumnAsksForTheRows() {
        TableSchema renamed = table("orders", 6, "id INTEGER PK", "article TEXT");
        log.transaction(5).insert(ORDERS, 1, 1L, "a");
        log.transaction(6).ddl(Kind.ALTER, "orders", null, renamed);
        read();
        assertThat(offset.pendingResnapshots().pending()).containsExactly("orders");
    }

    @Test
    void aDroppedColumnAsksForTheRowsSinceOneOfItsNameMayComeAgain() {
        log.transaction(5).insert(ORDERS, 1, 1L, "a");
        log.transaction(6).ddl(Kind.ALTER, "orders", null, table("orders", 6, "id INTEGER PK"));
        read();
        assertThat(offset.pendingResnapshots().pending()).containsExactly("orders");
    }

    @Test
    void aTableWhoseColumnsAreNotKnownIsAskedForWhenAltered() {
        log.transaction(6).ddl(Kind.ALTER, "orders", null, ORDERS);
        read();
        assertThat(offset.pendingResnapshots().pending()).containsExactly("orders");
    }

    @Test
    void aRowDeletedWhileItsTableIsAlteredHasTheNewColumns() {
        TableSchema wider = table("orders", 6, "id INTEGER PK", "item TEXT", "note TEXT");
        log.transaction(5).insert(ORDERS, 1, 1L, "a");
        log.transaction(6).ddl(Kind.ALTER, "orders", null, wider).delete(ORDERS, 1, 1L, "a");
        read();
        assertThat(recorder.events.get(1)).isEqualTo("6:1 d orders [1, a, null] null");
    }

    @Test
    void refusesATransactionItHasSentAlready() {
        offset = new DoSqlOffsetContext(config, DATABASE, EPOCH, new Lsn(5), 0);
        ChangeReader reader = new ChangeReader(DATABASE, schema, offset, recorder);
        assertThatThrownBy(() -> reader.begin(new Lsn(5), 0)).hasMessageContaining("transaction 5 begins after 5");
    }
}
