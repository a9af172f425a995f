/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the connector sends, against a real engine. */
class StreamingIT {
    private static final String ORDERS = "CREATE TABLE orders(id INTEGER PRIMARY KEY, item TEXT, price REAL)";

    @TempDir
    Path directory;

    private EngineFixture engine;
    private TaskHarness task;

    @BeforeEach
    void startEngine() {
        engine = new EngineFixture(directory);
    }

    @AfterEach
    void stopAll() {
        if (task != null) {
            task.stop();
        }
        engine.close();
    }

    private TaskHarness start(String... settings) {
        task = new TaskHarness(engine.port(), List.of("shop"), settings);
        task.start();
        return task;
    }

    private static List<String> operations(List<SourceRecord> records) {
        return records.stream()
                .map(record -> value(record).getString("op") + " " + record.topic())
                .toList();
    }

    private static Struct value(SourceRecord record) {
        return (Struct) record.value();
    }

    private static Struct after(SourceRecord record) {
        return value(record).getStruct("after");
    }

    private void exec(String sql, Object... params) {
        engine.exec("shop", sql, params);
    }

    private void catchUp() throws InterruptedException {
        task.pollTo("shop", engine.lsn("shop"));
    }

    @Test
    void snapshotAndStreamGiveTheUsualEnvelope() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen', 2.5)");
        start();
        catchUp();
        exec("INSERT INTO orders VALUES (2, 'ink', 3)");
        exec("UPDATE orders SET item = 'red ink' WHERE id = 2");
        exec("DELETE FROM orders WHERE id = 1");
        catchUp();
        assertThat(operations(task.records()))
                .containsExactly(
                        "t dosql.shop.orders",
                        "r dosql.shop.orders",
                        "c dosql.shop.orders",
                        "u dosql.shop.orders",
                        "d dosql.shop.orders");
        SourceRecord update = task.records().get(3);
        assertThat(((Struct) update.key()).getInt64("id")).isEqualTo(2);
        assertThat(value(update).getStruct("before").getString("item")).isEqualTo("ink");
        assertThat(after(update).getString("item")).isEqualTo("red ink");
        assertThat(after(update).getFloat64("price")).isEqualTo(3.0);
    }

    @Test
    void sourceBlockGivesThePosition() throws Exception {
        engine.create("shop", ORDERS);
        start();
        catchUp();
        exec("INSERT INTO orders VALUES (2, 'ink', 3), (3, 'pen', 1)");
        long lsn = engine.lsn("shop");
        catchUp();
        SourceRecord last = task.records().get(task.records().size() - 1);
        Struct source = value(last).getStruct("source");
        assertThat(source.getInt64("lsn")).isEqualTo(lsn);
        assertThat(source.getInt64("event")).isEqualTo(1);
        assertThat(source.getString("epoch"))
                .isEqualTo(engine.client().status("shop").epoch());
        assertThat(source.getString("db")).isEqualTo("shop");
        assertThat(source.getString("table")).isEqualTo("orders");
        assertThat(source.getString("connector")).isEqualTo("dosql");
        assertThat(source.getString("name")).isEqualTo("dosql");
        assertThat(source.get("snapshot")).isEqualTo("false");
        assertThat(source.getString("txId")).endsWith(":" + lsn);
        assertThat(source.getInt64("schemaLsn")).isPositive().isLessThan(lsn);
        assertThat(source.getInt64("ts_ms"))
                .isCloseTo(System.currentTimeMillis(), org.assertj.core.data.Offset.offset(60_000L));
        assertThat(Map.copyOf(last.sourceOffset()).get("lsn").toString()).isEqualTo(String.valueOf(lsn));
    }

    @Test
    void aTableWithoutPrimaryKeyIsKeyedByRowidInSnapshotAndStream() throws Exception {
        engine.create("shop", "CREATE TABLE notes(text TEXT)", "INSERT INTO notes(rowid, text) VALUES (7, 'a')");
        start();
        catchUp();
        exec("UPDATE notes SET text = 'b'");
        exec("INSERT INTO notes(rowid, text) VALUES (9, 'c')");
        catchUp();
        assertThat(task.records().subList(1, 4))
                .extracting(record -> ((Struct) record.key()).getInt64("_rowid_"))
                .containsExactly(7L, 7L, 9L);
        assertThat(after(task.records().get(3)).getInt64("_rowid_")).isEqualTo(9);
    }

    @Test
    void aChangeOfThePrimaryKeyIsADeleteAndACreate() throws Exception {
        engine.create("shop", "CREATE TABLE t(k TEXT PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES ('a', 'x')");
        start();
        catchUp();
        exec("UPDATE t SET k = 'b'");
        catchUp();
        assertThat(operations(task.records().subList(2, 4))).containsExactly("d dosql.shop.t", "c dosql.shop.t");
        Replica.of(task.records()).assertSameAs(engine.client(), "shop", "after the change");
    }

    @Test
    void tombstoneFollowsADelete() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen', 2.5)");
        start("tombstones.on.delete", "true");
        catchUp();
        exec("DELETE FROM orders");
        catchUp();
        SourceRecord last = task.records().get(task.records().size() - 1);
        assertThat(last.value()).isNull();
        assertThat(((Struct) last.key()).getInt64("id")).isEqualTo(1);
    }

    @Test
    void anAddedColumnAppearsInTheNextEvent() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen', 2.5)");
        start();
        catchUp();
        exec("ALTER TABLE orders ADD COLUMN note TEXT");
        exec("UPDATE orders SET note = 'blue'");
        catchUp();
        assertThat(operations(task.records().subList(2, 3))).containsExactly("u dosql.shop.orders");
        assertThat(after(task.records().get(2)).getString("note")).isEqualTo("blue");
        assertThat(value(task.records().get(2)).getStruct("before").get("note")).isNull();
    }

    @Test
    void rowsAreSentAgainWhenAColumnIsAddedWithADefault() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen', 2.5), (2, 'ink', 1)");
        start();
        catchUp();
        exec("ALTER TABLE orders ADD COLUMN state TEXT DEFAULT 'new'");
        catchUp();
        exec("INSERT INTO orders(id, state) VALUES (3, NULL)");
        catchUp();
        Replica.of(task.records()).assertSameAs(engine.client(), "shop", "after ADD COLUMN");
        assertThat(operations(task.records().subList(3, 6)))
                .containsExactly("t dosql.shop.orders", "r dosql.shop.orders", "r dosql.shop.orders");
        assertThat(value(task.records().get(4)).getStruct("source").getString("snapshot"))
                .isEqualTo("incremental");
    }

    @Test
    void aRenamedColumnHasItsValuesUnderTheNewName() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen', 2.5)");
        start();
        catchUp();
        exec("ALTER TABLE orders RENAME COLUMN item TO article");
        exec("INSERT INTO orders VALUES (2, 'ink', 1)");
        catchUp();
        Replica.of(task.records()).assertSameAs(engine.client(), "shop", "after RENAME COLUMN");
    }

    @Test
    void aDroppedColumnIsGoneFromTheEvents() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen', 2.5), (2, 'ink', 1)");
        start();
        catchUp();
        exec("ALTER TABLE orders DROP COLUMN item");
        exec("INSERT INTO orders VALUES (3, 7)");
        catchUp();
        assertThat(after(task.records().get(task.records().size() - 1)).schema().field("item"))
                .isNull();
        Replica.of(task.records()).assertSameAs(engine.client(), "shop", "after DROP COLUMN");
    }

    @Test
    void aRenamedTableMovesWithItsRows() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen', 2.5)");
        start();
        catchUp();
        exec("ALTER TABLE orders RENAME TO sales");
        exec("INSERT INTO sales VALUES (2, 'ink', 1)");
        catchUp();
        exec("UPDATE sales SET price = price + 1");
        catchUp();
        Replica replica = Replica.of(task.records());
        replica.assertSameAs(engine.client(), "shop", "after RENAME TO");
        assertThat(replica.rows("shop", "orders")).isEmpty();
        assertThat(replica.rows("shop", "sales")).hasSize(2);
        assertThat(task.offset("shop")).doesNotContainKey("resend");
    }

    /** Found by ExactlyOnceIT: by the time the altered table was to be read again it had another name. */
    @Test
    void aTableThatIsGoneBeforeItIsReadAgainIsTruncated() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen', 2.5)");
        start();
        catchUp();
        task.stop();
        exec("ALTER TABLE orders RENAME COLUMN item TO article");
        exec("ALTER TABLE orders RENAME TO sales");
        exec("INSERT INTO sales VALUES (2, 'ink', 1)");
        task.start();
        catchUp();
        Replica replica = Replica.of(task.records());
        replica.assertSameAs(engine.client(), "shop", "after RENAME COLUMN and RENAME TO");
        assertThat(replica.rows("shop", "orders")).isEmpty();
    }

    @Test
    void aDroppedTableIsTruncated() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen', 2.5)");
        start();
        catchUp();
        exec("DROP TABLE orders");
        catchUp();
        SourceRecord last = task.records().get(task.records().size() - 1);
        assertThat(value(last).getString("op")).isEqualTo("t");
        assertThat(last.key()).isNull();
        assertThat(last.keySchema()).isNull();
    }

    @Test
    void valuesThatDoNotFitArriveInRescuedData() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, x'00ff', 'cheap')");
        start();
        catchUp();
        exec("INSERT INTO orders VALUES (2, x'01', 2)");
        catchUp();
        assertThat(after(task.records().get(1)).getString("_rescued_data"))
                .isEqualTo("{\"item\":{\"blob\":\"00ff\"},\"price\":\"cheap\"}");
        assertThat(after(task.records().get(2)).getString("_rescued_data")).isEqualTo("{\"item\":{\"blob\":\"01\"}}");
    }

    @Test
    void transactionsAreAnnouncedWhenAsked() throws Exception {
        engine.create("shop", ORDERS);
        start("provide.transaction.metadata", "true", "snapshot.truncate.tables", "false");
        catchUp();
        exec("INSERT INTO orders VALUES (1, 'pen', 2), (2, 'ink', 3)");
        catchUp();
        assertThat(task.records())
                .extracting(SourceRecord::topic)
                .containsExactly("dosql.transaction", "dosql.shop.orders", "dosql.shop.orders", "dosql.transaction");
        assertThat(value(task.records().get(0)).getString("status")).isEqualTo("BEGIN");
        assertThat(value(task.records().get(2)).getStruct("transaction").getInt64("total_order"))
                .isEqualTo(2);
        assertThat(value(task.records().get(3)).getInt64("event_count")).isEqualTo(2);
    }

    @Test
    void offsetAdvancesByHeartbeatsOverTablesThatAreNotCaptured() throws Exception {
        engine.create("shop", ORDERS, "CREATE TABLE hidden(id INTEGER PRIMARY KEY)");
        start("table.exclude.list", "shop.hidden");
        catchUp();
        exec("INSERT INTO hidden VALUES (1)");
        catchUp();
        assertThat(operations(task.records())).containsExactly("t dosql.shop.orders");
    }

    @Test
    void theEngineLearnsWhatIsCommitted() throws Exception {
        engine.create("shop", ORDERS);
        start();
        catchUp();
        exec("INSERT INTO orders VALUES (1, 'pen', 2)");
        long lsn = engine.lsn("shop");
        catchUp();
        task.poll(
                () -> engine.client().status("shop").consumers().stream()
                        .anyMatch(consumer -> consumer.ackedLsn().value() >= lsn),
                Duration.ofSeconds(10));
    }

    @Test
    void withoutDataStreamingBeginsAtTheHead() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen', 2.5)");
        start("snapshot.mode", "no_data");
        catchUp();
        exec("INSERT INTO orders VALUES (2, 'ink', 1)");
        catchUp();
        assertThat(operations(task.records())).containsExactly("c dosql.shop.orders");
    }

    @Test
    void streamGoesOnAfterTheEngineWasAway() throws Exception {
        engine.create("shop", ORDERS);
        start();
        catchUp();
        exec("INSERT INTO orders VALUES (1, 'pen', 2)");
        engine.restart();
        exec("INSERT INTO orders VALUES (2, 'ink', 1)");
        catchUp();
        assertThat(operations(task.records()))
                .containsExactly("t dosql.shop.orders", "c dosql.shop.orders", "c dosql.shop.orders");
    }

    @Test
    void aDatabaseThatWasReplacedIsReadAnew() throws Exception {
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (1, 'pen', 2.5)");
        start();
        catchUp();
        task.stop();
        engine.client().drop("shop");
        engine.create("shop", ORDERS, "INSERT INTO orders VALUES (9, 'ink', 1)");
        String epoch = engine.client().status("shop").epoch();
        task.start();
        task.poll(() -> task.offset("shop").get("epoch").equals(epoch), Duration.ofSeconds(20));
        catchUp();
        Replica.of(task.records()).assertSameAs(engine.client(), "shop", "after the second snapshot");
    }
}
