/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebSocketSessionTest {
    private ScriptedServer server;
    private DoSqlClient client;

    @BeforeEach
    void open() throws Exception {
        server = new ScriptedServer();
        client = DoSqlClient.builder(server.uri())
                .requestTimeout(Duration.ofSeconds(5))
                .build();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void beginsAPinnedViewAndLearnsItsPosition() {
        reply("{\"lsn\": \"12\", \"epoch\": \"ab\"}");

        try (Session session = client.session("shop")) {
            assertThat(session.begin(Session.Mode.READ_ONLY)).isEqualTo(new Session.Begin("ab", new Lsn(12)));
        }
    }

    @Test
    void staysUsableAfterAnErrorOfTheServer() {
        server.onText = (peer, text) -> {
            JsonNode request = JsonTrees.read(text);
            peer.text(
                    request.get("sql").asText().equals("bad")
                            ? "{\"id\": " + request.get("id")
                                    + ", \"error\": {\"code\": \"SYNTAX_ERROR\", \"message\": \"Cannot parse\"}}"
                            : "{\"id\": " + request.get("id")
                                    + ", \"result\": {\"changes\": 1, \"lastInsertRowid\": 2, \"lsn\": \"3\"}}");
        };

        try (Session session = client.session("shop")) {
            assertFails(() -> session.exec(Statement.of("bad")), ErrorCode.SYNTAX_ERROR);
            assertThat(session.exec(Statement.of("good")).lsn()).isEqualTo(new Lsn(3));
        }
    }

    @Test
    void readsAllPagesOfACursorInOrder() {
        servePages(3, 2);

        try (Session session = client.session("shop");
                Session.Cursor cursor = session.query(Statement.of("SELECT"), 2)) {
            assertThat(cursor.columns()).containsExactly(new QueryResult.Column("n", "INT"));
            assertThat(drain(cursor)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
            assertThat(cursor.next()).isNull();
        }
    }

    @Test
    void fetchesOnlyOnePageAhead() throws Exception {
        servePages(100, 10);

        try (Session session = client.session("shop")) {
            Session.Cursor cursor = session.query(Statement.of("SELECT"), 10);
            cursor.next();
            assertThat(session.isOpen()).isTrue();
            ScriptedServer.Peer peer = server.nextPeer();
            await().until(() -> peer.received.size() == 2);
            Thread.sleep(50);
            assertThat(peer.received).hasSize(2);
        }
    }

    @Test
    void closesACursorOnTheServerThatWasNotReadToItsEnd() throws Exception {
        servePages(100, 10);

        try (Session session = client.session("shop")) {
            session.query(Statement.of("SELECT"), 10).close();

            assertThat(server.nextPeer().received).last().asString().contains("\"closeCursor\"");
        }
    }

    @Test
    void reassemblesAReplyThatComesInParts() {
        String text = "x".repeat(1_000_000);
        server.onText = (peer, message) -> peer.textInParts(List.of(
                "{\"id\": 1, \"result\": {\"columns\": [{\"name\": \"a\"}], \"rows\": [[\"",
                text.substring(0, 300_000),
                text.substring(300_000),
                "\"]]}}"));

        try (Session session = client.session("shop");
                Session.Cursor cursor = session.query(Statement.of("SELECT"), 10)) {
            assertThat(cursor.next()).containsExactly(text);
        }
    }

    @Test
    void refusesAReplyLargerThanTheLimitAndEnds() {
        server.onText = (peer, message) -> peer.text("{\"id\": 1, \"result\": \"" + "x".repeat(1000) + "\"}");
        try (DoSqlClient small =
                        DoSqlClient.builder(server.uri()).maxMessageBytes(500).build();
                Session session = small.session("shop")) {
            assertFails(session::status, ErrorCode.PAYLOAD_TOO_LARGE);
            assertFails(session::commit, ErrorCode.PAYLOAD_TOO_LARGE);
        }
    }

    @Test
    void failsTheWaitingCallAndEveryLaterOneWhenTheConnectionIsLost() {
        server.onText = (peer, message) -> peer.cut();

        try (Session session = client.session("shop")) {
            assertFails(session::commit, ErrorCode.CONNECTION_ERROR);
            assertFails(session::commit, ErrorCode.CONNECTION_ERROR);
            assertThat(session.isOpen()).isFalse();
        }
    }

    @Test
    void saysWhyTheServerClosedIt() {
        server.onText = (peer, message) -> peer.close(1001, "shutting down");

        try (Session session = client.session("shop")) {
            assertThatThrownBy(session::commit)
                    .hasMessageContaining("shutting down")
                    .hasMessageContaining("127.0.0.1:" + server.port());
        }
    }

    @Test
    void endsWhenARequestHasNoAnswerInTime() {
        try (DoSqlClient hasty = DoSqlClient.builder(server.uri())
                        .requestTimeout(Duration.ofMillis(200))
                        .build();
                Session session = hasty.session("shop")) {
            assertFails(session::commit, ErrorCode.TIMEOUT);
            assertFails(session::commit, ErrorCode.CONNECTION_ERROR);
        }
    }

    @Test
    void throwsTheErrorThatRefusesTheUpgrade() {
        server.upgradeRefusal = new ScriptedServer.Answer(
                404,
                "{\"error\": {\"code\": \"DATABASE_NOT_FOUND\", \"message\": \"Cannot open shop: no such\"}}",
                Map.of());

        assertFails(() -> client.session("shop"), ErrorCode.DATABASE_NOT_FOUND);
    }

    @Test
    void tellsTheServerThatItCloses() throws Exception {
        Session session = client.session("shop");
        ScriptedServer.Peer peer = server.nextPeer();

        session.close();

        await().until(() -> peer.closed);
        assertFails(session::commit, ErrorCode.CONNECTION_ERROR);
    }

    @Test
    void closesWithItsClient() throws Exception {
        Session session = client.session("shop");
        ScriptedServer.Peer peer = server.nextPeer();

        client.close();

        await().until(() -> peer.closed);
        assertThat(session.isOpen()).isFalse();
        assertFails(() -> client.session("shop"), ErrorCode.INVALID_ARGUMENT);
    }

    private void reply(String result) {
        server.onText = (peer, text) ->
                peer.text("{\"id\": " + JsonTrees.read(text).get("id") + ", \"result\": " + result + "}");
    }

    /** A query of pages * rows integers from 0. */
    private void servePages(int pages, int rows) {
        int[] page = new int[1];
        server.onText = (peer, text) -> {
            JsonNode request = JsonTrees.read(text);
            if (request.get("op").asText().equals("closeCursor")) {
                peer.text("{\"id\": " + request.get("id") + ", \"result\": {}}");
                return;
            }
            StringBuilder reply = new StringBuilder("{\"id\": " + request.get("id") + ", \"result\": {");
            if (page[0] == 0) {
                reply.append("\"columns\": [{\"name\": \"n\", \"declaredType\": \"INT\"}], ");
            }
            reply.append("\"rows\": [");
            for (int i = 0; i < rows; i++) {
                reply.append(i == 0 ? "[" : ", [").append(page[0] * rows + i).append("]");
            }
            page[0]++;
            peer.text(reply + "]" + (page[0] < pages ? ", \"cursor\": 1}}" : "}}"));
        };
    }

    private static List<Object> drain(Session.Cursor cursor) {
        List<Object> values = new ArrayList<>();
        for (Object[] row = cursor.next(); row != null; row = cursor.next()) {
            values.add(row[0]);
        }
        return values;
    }

    private static void assertFails(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
