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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests calls, sessions and streams over a network that fails. */
class BadLinkTest {
    private static final Duration HEARTBEAT = Duration.ofMillis(500);
    private static final Duration REQUEST = Duration.ofSeconds(2);
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final long TRANSACTIONS = 400;

    private ScriptedServer server;
    private FaultProxy proxy;
    private DoSqlClient client;

    @BeforeEach
    void open() throws Exception {
        server = new ScriptedServer();
        server.onText = this::serve;
        proxy = new FaultProxy(server.port());
        client = DoSqlClient.builder(proxy.uri())
                .heartbeatTimeout(HEARTBEAT)
                .requestTimeout(REQUEST)
                .build();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        proxy.close();
        server.close();
    }

    /** A session that answers everything with an LSN; a stream of one batch per transaction from 1 on. */
    private void serve(ScriptedServer.Peer peer, String text) {
        JsonNode request = JsonTrees.read(text);
        if (request.has("op")) {
            peer.text("{\"id\": " + request.get("id") + ", \"result\": {\"lsn\": \"7\"}}");
        } else if (request.get("type").asText().equals("subscribe")) {
            peer.text("{\"type\": \"subscribed\", \"epoch\": \"ab\", \"oldestLsn\": \"0\", \"newestLsn\": \"400\"}");
            ChangeEncoder encoder = new ChangeEncoder();
            long sequence = 0;
            for (long lsn = request.get("fromLsn").asLong() + 1; lsn <= TRANSACTIONS; lsn++) {
                peer.binary(Changes.batch(++sequence, encoder, lsn, "orders"));
            }
        }
    }

    @Test
    void noticesThatAStreamWentSilent() {
        CdcStream stream = client.subscribe("shop", CdcOptions.from(new Lsn(TRANSACTIONS)));
        proxy.goSilent();

        assertThatThrownBy(() -> stream.poll(LONG))
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_ERROR))
                .hasMessageContaining("nothing was received for 500 ms");
    }

    @Test
    void noticesThatAnIdleSessionWentSilent() {
        Session session = client.session("shop");
        session.commit();
        proxy.goSilent();

        await().until(() -> !session.isOpen());
        assertFails(session::commit, ErrorCode.CONNECTION_ERROR);
    }

    @Test
    void endsASessionWhoseReplyNeverComes() {
        Session session = client.session("shop");
        proxy.goSilent();

        assertFails(session::commit, ErrorCode.TIMEOUT);
        assertFails(session::commit, ErrorCode.CONNECTION_ERROR);
    }

    @Test
    void givesUpAHandshakeThatIsNeverAnswered() {
        proxy.goSilent();

        assertFails(() -> client.session("shop"), ErrorCode.TIMEOUT);
    }

    @Test
    void closesASilentSessionInBoundedTime() {
        Session session = client.session("shop");
        proxy.goSilent();
        long start = System.nanoTime();

        session.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void failsAStreamThatIsReset() throws Exception {
        CdcStream stream = client.subscribe("shop", CdcOptions.from(new Lsn(TRANSACTIONS)));
        proxy.reset();

        assertFails(() -> stream.poll(LONG), ErrorCode.CONNECTION_ERROR);
    }

    @Test
    void failsAStreamWhoseOtherHalfIsClosed() throws Exception {
        CdcStream stream = client.subscribe("shop", CdcOptions.from(new Lsn(TRANSACTIONS)));
        proxy.halfClose();

        assertFails(() -> stream.poll(LONG), ErrorCode.CONNECTION_ERROR);
    }

    @Test
    void doesNotSendAWriteAgainWhenItsAnswerIsLost() throws Exception {
        server.route("POST /v1/databases/shop/exec", body -> ScriptedServer.Answer.ok("{\"lsn\": \"1\"}"));
        proxy.resetAfter(10);

        assertThatThrownBy(() -> client.exec("shop", Statement.of("INSERT")))
                .isInstanceOfSatisfying(DoLakeException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
                    assertThat(e.hint().orElseThrow()).contains("unknown whether");
                });
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void sendsAReadAgainWhenItsAnswerIsLostButNotAWriteInItsPlace() {
        server.route(
                "POST /v1/databases/shop/query",
                body -> ScriptedServer.Answer.ok("{\"columns\": [], \"rows\": [], \"truncated\": false}"));
        proxy.resetAfter(10);

        assertFails(() -> client.query("shop", Statement.of("SELECT 1")), ErrorCode.CONNECTION_ERROR);
        assertThat(server.requests).hasSizeGreaterThanOrEqualTo(4);
        int before = server.requests.size();
        assertFails(
                () -> client.query("shop", Statement.of("INSERT INTO t VALUES (1) RETURNING a")),
                ErrorCode.CONNECTION_ERROR);
        assertThat(server.requests).hasSize(before + 1);
    }

    @Test
    void putsMessagesTogetherThatArriveInPieces() throws Exception {
        proxy.chop(new Random(seed()));
        List<Long> lsns = new ArrayList<>();
        try (CdcStream stream = client.subscribe("shop", CdcOptions.from(Lsn.ZERO));
                Session session = client.session("shop")) {
            while (lsns.size() < TRANSACTIONS) {
                take(stream, lsns);
                assertThat(session.commit()).isEqualTo(new Lsn(7));
            }
        }
        assertThat(lsns)
                .isEqualTo(LongStream.rangeClosed(1, TRANSACTIONS).boxed().toList());
    }

    @Test
    void bringsEveryTransactionOnceToAConsumerThatComesBackAfterEachFault() throws Exception {
        Random random = new Random(seed());
        List<Long> lsns = new ArrayList<>();
        int connections = 0;
        while (lsns.size() < TRANSACTIONS) {
            proxy.resetAfter(400 + random.nextInt(5_000));
            Lsn from = new Lsn(lsns.isEmpty() ? 0 : lsns.get(lsns.size() - 1));
            try (CdcStream stream = client.subscribe("shop", CdcOptions.from(from))) {
                connections++;
                while (lsns.size() < TRANSACTIONS) {
                    take(stream, lsns);
                }
            } catch (DoLakeException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
            }
        }
        assertThat(lsns)
                .isEqualTo(LongStream.rangeClosed(1, TRANSACTIONS).boxed().toList());
        assertThat(connections).isGreaterThan(1);
    }

    private static void take(CdcStream stream, List<Long> lsns) throws InterruptedException {
        CdcStream.Message message = stream.poll(LONG);
        assertThat(message).isInstanceOf(CdcStream.Batch.class);
        CdcStream.Batch batch = (CdcStream.Batch) message;
        lsns.addAll(Changes.lsns(batch));
        stream.ack(batch.sequence(), Lsn.ZERO, 0);
    }

    private static long seed() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed=" + seed);
        return seed;
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
