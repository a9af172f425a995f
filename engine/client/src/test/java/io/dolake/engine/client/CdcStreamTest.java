/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.schemas.ChangeEncoder;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CdcStreamTest {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(100);

    private ScriptedServer server;
    private DoSqlClient client;

    @BeforeEach
    void open() throws Exception {
        server = new ScriptedServer();
        server.onText = (peer, text) -> {
            if (JsonTrees.read(text).get("type").asText().equals("subscribe")) {
                peer.text("{\"type\": \"subscribed\", \"epoch\": \"ab\", \"oldestLsn\": \"3\", \"newestLsn\": \"9\"}");
            }
        };
        client = DoSqlClient.builder(server.uri())
                .requestTimeout(Duration.ofSeconds(5))
                .heartbeatTimeout(Duration.ofMillis(800))
                .build();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void subscribesWithEveryOptionAndLearnsTheRange() throws Exception {
        CdcOptions options = new CdcOptions(new Lsn(5), "ab", List.of("orders"), "me", 10, 1000);

        try (CdcStream stream = client.subscribe("shop", options)) {
            assertThat(JsonTrees.read(server.nextPeer().received.remove()))
                    .isEqualTo(JsonTrees.read("{\"type\": \"subscribe\", \"fromLsn\": \"5\", \"epoch\": \"ab\","
                            + " \"tables\": [\"orders\"], \"consumer\": \"me\", \"maxBatchEvents\": 10,"
                            + " \"maxBatchBytes\": 1000}"));
            assertThat(stream.epoch()).isEqualTo("ab");
            assertThat(stream.oldestLsn()).isEqualTo(new Lsn(3));
            assertThat(stream.newestLsn()).isEqualTo(new Lsn(9));
        }
    }

    @Test
    void throwsTheErrorThatRefusesThePosition() {
        server.onText = (peer, text) -> {
            peer.text("{\"type\": \"error\", \"error\": {\"code\": \"CDC_LSN_NOT_FOUND\","
                    + " \"message\": \"LSN 5 not found - oldest available LSN is 7\","
                    + " \"details\": {\"requested\": \"5\", \"oldest\": \"7\", \"newest\": \"9\"}}}");
            peer.close(1000, "");
        };

        assertThatThrownBy(() -> client.subscribe("shop", CdcOptions.from(new Lsn(5))))
                .isInstanceOfSatisfying(DoLakeException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CDC_LSN_NOT_FOUND);
                    assertThat(e.details()).isEqualTo(Map.of("requested", "5", "oldest", "7", "newest", "9"));
                });
    }

    @Test
    void handsOutBatchesAndKeepAlivesInOrder() throws Exception {
        try (CdcStream stream = subscribe()) {
            ScriptedServer.Peer peer = server.nextPeer();
            peer.binary(batch(1, 10));
            peer.text("{\"type\": \"keepAlive\", \"lsn\": \"11\"}");
            peer.text("{\"type\": \"keepAlive\", \"lsn\": \"12\"}");
            peer.binary(batch(2, 13));
            await().until(() -> stream.poll(Duration.ZERO) instanceof CdcStream.Batch b && b.sequence() == 1);

            assertThat(stream.poll(LONG)).isInstanceOf(CdcStream.KeepAlive.class);
            CdcStream.Message next = stream.poll(LONG);
            if (next instanceof CdcStream.KeepAlive keepAlive) {
                assertThat(keepAlive.lsn()).isEqualTo(new Lsn(12));
                next = stream.poll(LONG);
            }
            assertThat(next).isInstanceOf(CdcStream.Batch.class);
        }
    }

    @Test
    void givesNullWhenNothingComesInTime() throws Exception {
        try (CdcStream stream = subscribe()) {
            assertThat(stream.poll(SHORT)).isNull();
        }
    }

    @Test
    void handsOutWhatCameBeforeTheErrorThenThrowsIt() throws Exception {
        try (CdcStream stream = subscribe()) {
            ScriptedServer.Peer peer = server.nextPeer();
            peer.binary(batch(1, 10));
            peer.text("{\"type\": \"error\", \"error\": {\"code\": \"WAL_GAP\", \"message\": \"Cannot go on\"}}");

            assertThat(stream.poll(LONG)).isInstanceOf(CdcStream.Batch.class);
            assertFails(() -> stream.poll(LONG), ErrorCode.WAL_GAP);
            assertFails(() -> stream.poll(LONG), ErrorCode.WAL_GAP);
        }
    }

    @Test
    void throwsWhenTheConnectionIsLost() throws Exception {
        try (CdcStream stream = subscribe()) {
            server.nextPeer().cut();

            assertFails(() -> stream.poll(LONG), ErrorCode.CONNECTION_ERROR);
        }
    }

    @Test
    void throwsWhenABatchIsMissing() throws Exception {
        try (CdcStream stream = subscribe()) {
            server.nextPeer().binary(batch(2, 10));

            assertFails(() -> stream.poll(LONG), ErrorCode.PROTOCOL_ERROR);
        }
    }

    @Test
    void sendsAcknowledgements() throws Exception {
        try (CdcStream stream = subscribe()) {
            ScriptedServer.Peer peer = server.nextPeer();
            peer.received.poll(10, TimeUnit.SECONDS);
            peer.binary(batch(1, 10));
            stream.poll(LONG);

            stream.ack(1, new Lsn(10), 0.25);

            assertThat(JsonTrees.read(peer.received.poll(10, TimeUnit.SECONDS)))
                    .isEqualTo(JsonTrees.read(
                            "{\"type\": \"ack\", \"sequence\": 1, \"lsn\": \"10\", \"bufferUtilization\": 0.25}"));
        }
    }

    @Test
    void neverTakesAnAcknowledgementBack() throws Exception {
        try (CdcStream stream = subscribe()) {
            ScriptedServer.Peer peer = server.nextPeer();
            peer.received.poll(10, TimeUnit.SECONDS);
            peer.binary(batch(1, 10));
            peer.binary(batch(2, 11));
            stream.poll(LONG);
            stream.poll(LONG);

            stream.ack(2, new Lsn(10), 0);
            peer.received.poll(10, TimeUnit.SECONDS);
            stream.ack(1, new Lsn(11), 0);

            JsonNode ack = JsonTrees.read(peer.received.poll(10, TimeUnit.SECONDS));
            assertThat(ack.get("sequence").asLong()).isEqualTo(2);
            assertThat(ack.get("lsn").asText()).isEqualTo("11");
        }
    }

    @Test
    void refusesToGiveBackABatchThatIsAcknowledged() throws Exception {
        try (CdcStream stream = subscribe()) {
            server.nextPeer().binary(batch(1, 10));
            stream.poll(LONG);
            stream.ack(1, new Lsn(10), 0);

            assertFails(() -> stream.nack(1, Duration.ZERO), ErrorCode.INVALID_ARGUMENT);
        }
    }

    @Test
    void ignoresAcknowledgementsAfterItsEnd() throws Exception {
        CdcStream stream = subscribe();
        server.nextPeer().binary(batch(1, 10));
        stream.poll(LONG);
        stream.close();

        stream.ack(1, new Lsn(10), 0);
        assertFails(() -> stream.poll(LONG), ErrorCode.CONNECTION_ERROR);
    }

    @Test
    void handsOutRefusedBatchesAgainAndInOrder() throws Exception {
        try (CdcStream stream = subscribe()) {
            ScriptedServer.Peer peer = server.nextPeer();
            for (int i = 1; i <= 4; i++) {
                peer.binary(batch(i, i));
            }
            assertThat(sequenceOf(stream.poll(LONG))).isEqualTo(1);
            assertThat(sequenceOf(stream.poll(LONG))).isEqualTo(2);

            stream.nack(2, Duration.ofMillis(30));
            peer.binary(batch(5, 5));
            peer.text("{\"type\": \"keepAlive\", \"lsn\": \"5\"}");
            assertThat(stream.poll(SHORT)).isNull();

            for (int i = 2; i <= 5; i++) {
                peer.binary(batch(i, i));
            }
            for (int i = 2; i <= 5; i++) {
                assertThat(sequenceOf(stream.poll(LONG))).isEqualTo(i);
            }
        }
    }

    @Test
    void decodesABatchAgainAfterRefusingIt() throws Exception {
        ChangeEncoder encoder = new ChangeEncoder();
        byte[] first = Changes.batch(1, encoder, 1, "a");
        byte[] second = Changes.batch(2, encoder, 2, "b");
        byte[] third = Changes.batch(3, encoder, 3, "a");
        try (CdcStream stream = subscribe()) {
            ScriptedServer.Peer peer = server.nextPeer();
            List.of(first, second).forEach(peer::binary);
            assertThat(Changes.tables(stream.poll(LONG))).containsExactly("a");
            assertThat(Changes.tables(stream.poll(LONG))).containsExactly("b");

            stream.nack(1, Duration.ZERO);
            List.of(first, second, third).forEach(peer::binary);

            assertThat(Changes.tables(stream.poll(LONG))).containsExactly("a");
            assertThat(Changes.tables(stream.poll(LONG))).containsExactly("b");
            assertThat(Changes.tables(stream.poll(LONG))).containsExactly("a");
        }
    }

    @Test
    void refusesToDecodeABatchBeforeAnEarlierOne() throws Exception {
        try (CdcStream stream = subscribe()) {
            ScriptedServer.Peer peer = server.nextPeer();
            peer.binary(batch(1, 1));
            peer.binary(batch(2, 2));
            stream.poll(LONG);
            CdcStream.Message second = stream.poll(LONG);

            assertFails(() -> Changes.tables(second), ErrorCode.INVALID_ARGUMENT);
        }
    }

    @Test
    void readsNoMoreThanItsQueueHolds() throws Exception {
        try (CdcStream stream = subscribe()) {
            ScriptedServer.Peer peer = server.nextPeer();
            for (int i = 1; i <= 200; i++) {
                peer.binary(batch(i, i));
            }
            CdcQueue queue = ((WebSocketCdcStream) stream).queue();
            await().until(() -> queue.batches() == CdcQueue.MAX_BATCHES);
            Thread.sleep(100);
            assertThat(queue.batches()).isEqualTo(CdcQueue.MAX_BATCHES);

            for (int i = 1; i <= 200; i++) {
                assertThat(sequenceOf(stream.poll(LONG))).isEqualTo(i);
            }
        }
    }

    @Test
    void reassemblesALargeBatch() throws Exception {
        byte[] large = ByteBuffer.allocate(3 << 20).putLong(1).array();
        try (CdcStream stream = subscribe()) {
            server.nextPeer().binary(large);

            assertThat(sequenceOf(stream.poll(LONG))).isEqualTo(1);
        }
    }

    @Test
    void staysAliveWhileTheServerAnswersPings() throws Exception {
        try (CdcStream stream = subscribe()) {
            assertThat(stream.poll(Duration.ofMillis(2_000))).isNull();
        }
    }

    @Test
    void wakesAPollThatWaitsWhenItIsClosed() throws Exception {
        CdcStream stream = subscribe();
        Thread closer = new Thread(() -> {
            sleep(100);
            stream.close();
        });
        closer.start();

        assertFails(() -> stream.poll(LONG), ErrorCode.CONNECTION_ERROR);
        closer.join();
    }

    private CdcStream subscribe() {
        return client.subscribe("shop", CdcOptions.from(Lsn.ZERO));
    }

    private static byte[] batch(long sequence, long lsn) {
        return Changes.batch(sequence, new ChangeEncoder(), lsn, "orders");
    }

    private static long sequenceOf(CdcStream.Message message) {
        return ((CdcStream.Batch) message).sequence();
    }

    private static void sleep(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void assertFails(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
