/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Change streams of the client against the real server. */
class StreamAgainstServerIT {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private DoSqlServer server;
    private DoSqlClient client;

    @BeforeEach
    void start() {
        server = DoSqlServer.start(ServerConfig.of(directory).withPort(0));
        client = DoSqlClient.builder(URI.create("http://127.0.0.1:" + server.port()))
                .heartbeatTimeout(Duration.ofMillis(600))
                .build();
        client.create("shop");
        exec("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)");
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void continuesAPinnedViewWithoutGapOrOverlap() throws InterruptedException {
        insert(1, 20);
        try (Session session = client.session("shop")) {
            Session.Begin begin = session.begin(Session.Mode.READ_ONLY);
            insert(21, 40);
            List<Long> ids = new ArrayList<>();
            try (Session.Cursor cursor = session.query(Statement.of("SELECT id FROM t ORDER BY id"), 5)) {
                for (Object[] row = cursor.next(); row != null; row = cursor.next()) {
                    ids.add((Long) row[0]);
                }
            }
            CdcOptions options = new CdcOptions(begin.lsn(), begin.epoch(), List.of(), "me", 10, 1 << 20);
            try (CdcStream stream = client.subscribe("shop", options)) {
                readRowids(stream, 20, ids);
            }
            assertThat(ids).isEqualTo(numbers(1, 40));
        }
    }

    @Test
    void readsRefusedBatchesAgainInOrder() throws InterruptedException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        insert(1, 300);
        exec("CREATE TABLE u (id INTEGER PRIMARY KEY)");
        exec("INSERT INTO u VALUES (1000)");
        insert(301, 400);
        CdcOptions options = new CdcOptions(Lsn.ZERO, null, List.of(), "me", 7, 1 << 20);
        List<Long> rowids = new ArrayList<>();
        try (CdcStream stream = client.subscribe("shop", options)) {
            Rows rows = new Rows();
            while (rowids.size() < 401) {
                CdcStream.Message message = stream.poll(LONG);
                assertThat(message).isNotNull();
                if (message instanceof CdcStream.Batch batch) {
                    rows.rowids.clear();
                    batch.decode(rows);
                    if (random.nextInt(4) == 0) {
                        stream.nack(batch.sequence(), Duration.ofMillis(random.nextInt(20)));
                    } else {
                        rowids.addAll(rows.rowids);
                        stream.ack(batch.sequence(), rows.lsn, 0.2);
                    }
                }
            }
        }
        List<Long> expected = new ArrayList<>(numbers(1, 300));
        expected.add(1000L);
        expected.addAll(numbers(301, 400));
        assertThat(rowids).isEqualTo(expected);
    }

    @Test
    void outlivesAPollerThatIsSlowerThanTheHeartbeat() throws InterruptedException {
        insert(1, 500);
        CdcOptions options = new CdcOptions(Lsn.ZERO, null, List.of(), "slow", 5, 1 << 20);
        List<Long> rowids = new ArrayList<>();
        try (CdcStream stream = client.subscribe("shop", options)) {
            Thread.sleep(2_000);
            readRowids(stream, 500, rowids);
        }
        assertThat(rowids).isEqualTo(numbers(1, 500));
    }

    @Test
    void refusesAPositionThatTheLogDoesNotHave() {
        String epoch = client.status("shop").epoch();
        Lsn ahead = client.status("shop").lsn().plus(1_000_000);
        CdcOptions other = new CdcOptions(Lsn.ZERO, "0".repeat(32), List.of(), "me", 10, 1 << 20);

        assertThatThrownBy(() -> client.subscribe("shop", CdcOptions.from(ahead)))
                .isInstanceOfSatisfying(DoLakeException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CDC_LSN_NOT_FOUND);
                    assertThat(e.details()).containsKeys("requested", "oldest", "newest");
                });
        assertThatThrownBy(() -> client.subscribe("shop", other))
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CDC_EPOCH_MISMATCH))
                .satisfies(
                        e -> assertThat(((DoLakeException) e).details().values().toString())
                                .contains(epoch));
    }

    @Test
    void showsItsAcknowledgementsInTheStatus() throws InterruptedException {
        insert(1, 3);
        Lsn lsn = client.status("shop").lsn();
        CdcOptions options = new CdcOptions(Lsn.ZERO, null, List.of(), "me", 1000, 1 << 20);
        try (CdcStream stream = client.subscribe("shop", options)) {
            Rows rows = new Rows();
            while (rows.lsn.isBefore(lsn)) {
                if (stream.poll(LONG) instanceof CdcStream.Batch batch) {
                    batch.decode(rows);
                    stream.ack(batch.sequence(), rows.lsn, 1.0);
                }
            }
            // D14: it said that its buffer was full, but nothing is pending any more.
            org.awaitility.Awaitility.await()
                    .untilAsserted(() -> assertThat(client.status("shop").consumers())
                            .singleElement()
                            .satisfies(consumer -> {
                                assertThat(consumer.id()).isEqualTo("me");
                                assertThat(consumer.ackedLsn()).isEqualTo(lsn);
                                assertThat(consumer.pendingEvents()).isZero();
                                assertThat(consumer.bufferUtilization()).isZero();
                            }));
            insert(4, 5);
            org.awaitility.Awaitility.await()
                    .untilAsserted(() -> assertThat(client.status("shop").consumers())
                            .singleElement()
                            .satisfies(consumer -> {
                                assertThat(consumer.pendingEvents()).isPositive();
                                assertThat(consumer.bufferUtilization()).isEqualTo(1.0);
                            }));
        }
        org.awaitility.Awaitility.await()
                .until(() -> client.status("shop").consumers().isEmpty());
    }

    /** D14: a consumer that is connected and reads nothing any more, as behind a relay that is frozen. */
    @Test
    void consumerThatGivesNoSignOfLifeIsGoneFromTheStatus() throws Exception {
        server.close();
        server = DoSqlServer.start(ServerConfig.of(directory).withPort(0).withLimit(Limit.CDC_SILENCE_MS, 1_500));
        URI uri = URI.create("ws://127.0.0.1:" + server.port() + "/v1/databases/shop/cdc");
        WebSocket frozen = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(uri, new WebSocket.Listener() {
                    @Override
                    public void onOpen(WebSocket webSocket) {
                        // It asks for no message, so its pings are not answered.
                    }
                })
                .get(10, TimeUnit.SECONDS);
        frozen.sendText("{\"type\":\"subscribe\",\"fromLsn\":\"0\",\"consumer\":\"frozen\"}", true)
                .get(10, TimeUnit.SECONDS);
        try (DoSqlClient other = DoSqlClient.builder(URI.create("http://127.0.0.1:" + server.port()))
                        .build();
                CdcStream alive =
                        other.subscribe("shop", new CdcOptions(Lsn.ZERO, null, List.of(), "alive", 10, 1000))) {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
            while (System.nanoTime() < until) {
                alive.poll(Duration.ofMillis(100));
            }
            assertThat(other.status("shop").consumers())
                    .extracting(DatabaseStatus.Consumer::id)
                    .containsExactly("alive");
        }
        frozen.abort();
    }

    @Test
    void endsWithTheServer() {
        CdcStream stream = client.subscribe("shop", CdcOptions.from(Lsn.ZERO));
        server.close();

        assertThatThrownBy(() -> {
                    while (true) {
                        stream.poll(LONG);
                    }
                })
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_ERROR));
        stream.close();
    }

    private void insert(int from, int to) {
        try (Session session = client.session("shop")) {
            for (int i = from; i <= to; i++) {
                session.exec(Statement.of("INSERT INTO t VALUES (?, ?)", i, "name " + i));
            }
        }
    }

    private void exec(String sql) {
        client.exec("shop", Statement.of(sql));
    }

    private static List<Long> numbers(long from, long to) {
        return java.util.stream.LongStream.rangeClosed(from, to).boxed().toList();
    }

    private static void readRowids(CdcStream stream, int count, List<Long> into) throws InterruptedException {
        Rows rows = new Rows();
        while (rows.rowids.size() < count) {
            CdcStream.Message message = stream.poll(LONG);
            assertThat(message).isNotNull();
            if (message instanceof CdcStream.Batch batch) {
                batch.decode(rows);
                stream.ack(batch.sequence(), rows.lsn, 0);
            }
        }
        into.addAll(rows.rowids);
    }

    private static final class Rows implements ChangeListener {
        private final List<Long> rowids = new ArrayList<>();
        private Lsn lsn = Lsn.ZERO;

        @Override
        public void begin(Lsn newLsn, long commitTimeMs) {
            lsn = newLsn;
        }

        @Override
        public void schemaChange(SchemaChange change) {}

        @Override
        public void rowChange(RowChange change) {
            rowids.add(change.rowid());
        }

        @Override
        public void commit(long events) {}
    }
}
