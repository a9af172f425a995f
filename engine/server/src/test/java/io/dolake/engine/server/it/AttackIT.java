/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.database.EngineResources;
import io.dolake.engine.server.testkit.RawHttp;
import io.dolake.engine.server.testkit.Seeds;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hostile statements, bodies, messages, bytes and files. */
@Timeout(180)
class AttackIT extends AttackedEngine {
    @Test
    void noStatementEndsTheProcess() throws Exception {
        for (String sql : Attacks.statements()) {
            for (String operation : sql.contains(Attacks.ENDLESS) ? List.of("exec") : List.of("query", "exec")) {
                requireForeseen(post(operation, statement(sql)), sql);
                requireAlive(sql);
            }
        }
    }

    @Test
    void noStatementOfASessionEndsTheProcess() {
        Random random = Seeds.random("AttackIT");
        List<String> statements = Attacks.statements();
        List<String> all = new ArrayList<>();
        statements.stream().filter(sql -> !sql.contains(Attacks.ENDLESS)).forEach(all::add);
        for (int i = 0; i < 300; i++) {
            all.add(Attacks.random(random, statements));
        }
        Session session = client.session(VICTIM);
        session.begin(Session.Mode.IMMEDIATE);
        for (String sql : all) {
            try {
                session.exec(Statement.of(sql));
            } catch (DoLakeException e) {
                String shown = sql.substring(0, Math.min(200, sql.length()));
                assertThat(e.code()).as(shown).isNotIn(ErrorCode.INTERNAL_ERROR, ErrorCode.IO_ERROR);
            }
            if (!session.isOpen()) {
                session = client.session(VICTIM);
            }
            requireAlive(sql);
        }
        session.close();
    }

    @Test
    void noBodyMessageOrBytesEndTheProcess() throws Exception {
        for (String body : Attacks.bodies()) {
            for (String operation : List.of("query", "batch", "wal/verify", "checkpoint")) {
                requireForeseen(post(operation, body.getBytes(StandardCharsets.UTF_8)), body);
            }
            requireAlive(body);
        }
        requireForeseen(post("query", new byte[] {(byte) 0xff, (byte) 0xfe, 0, '{'}), "UTF-16");
        for (String bytes : Attacks.bytes()) {
            RawHttp.send(engine.uri().getPort(), bytes);
            requireAlive(bytes);
        }
        for (String message : Attacks.messages()) {
            for (String path : List.of("session", "cdc")) {
                send(path, message);
            }
            requireAlive(message);
        }
    }

    private void send(String path, String message) throws Exception {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        WebSocket socket = HTTP.newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + engine.uri().getPort() + "/v1/databases/victim/" + path),
                        new WebSocket.Listener() {
                            @Override
                            public java.util.concurrent.CompletionStage<?> onText(
                                    WebSocket webSocket, CharSequence data, boolean last) {
                                answered.complete(null);
                                return WebSocket.Listener.super.onText(webSocket, data, last);
                            }
                        })
                .get(10, TimeUnit.SECONDS);
        socket.sendText(message, true).get(10, TimeUnit.SECONDS);
        answered.get(10, TimeUnit.SECONDS);
        socket.abort();
    }

    /** Each would hold a thread for minutes to years, and could not be interrupted. */
    @Test
    void noFunctionOutlivesItsStatement() throws Exception {
        List<String> statements = Attacks.endlessFunctions();
        for (String sql : statements) {
            assertThat(post("query", statement(sql)).body())
                    .as(sql.length() > 200 ? sql.substring(0, 200) : sql)
                    .contains("\"TIMEOUT\"");
            requireAlive(sql);
        }
        for (String sql : Attacks.endlessPatterns()) {
            assertThat(post("query", statement(sql)).body())
                    .as(sql.length() > 200 ? sql.substring(0, 200) : sql)
                    .contains("\"PAYLOAD_TOO_LARGE\"");
            requireAlive(sql);
        }
        client.exec(VICTIM, Statement.of("create table hay(a)"));
        client.exec(VICTIM, Statement.of("insert into hay values (replace(hex(zeroblob(1000000)), '0', 'a'))"));
        client.exec(VICTIM, Statement.of("create view found as select instr(a, substr(a, 1000000) || 'b') from hay"));
        assertThat(post("query", statement("select * from found")).body()).contains("\"TIMEOUT\"");
        client.exec(VICTIM, Statement.of("delete from hay"));
        client.exec(VICTIM, Statement.of("insert into hay values (zeroblob(8000000))"));
        client.exec(
                VICTIM, Statement.of("create view liked as select a like '%' || substr(a, 1, 900) || 'b' from hay"));
        assertThat(post("query", statement("select * from liked")).body()).contains("\"PAYLOAD_TOO_LARGE\"");
    }

    /** D2: what a statement is not let do, a file may bring along. */
    @Test
    void noFileEndsTheProcess() throws Exception {
        Path bad = directory.resolve("checked");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + bad);
                java.sql.Statement sqlite = connection.createStatement()) {
            sqlite.execute("create table c(a, check (padl(a, 4294967296) <> ''))");
            sqlite.execute("pragma ignore_check_constraints = on");
            sqlite.execute("insert into c values ('a')");
        }
        assertThatThrownBy(() -> client.importDatabase("checked", bad)).isInstanceOf(DoLakeException.class);
        requireAlive("a file that runs what it likes when it is checked");
        client.drop(VICTIM);
        Path file = directory.resolve("hostile");
        CompletableFuture<Void> written = new CompletableFuture<>();
        Thread writer = EngineResources.threads("hostile").newThread(() -> {
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                    java.sql.Statement sqlite = connection.createStatement()) {
                connection.setAutoCommit(false);
                writeHostile(sqlite);
                connection.commit();
                written.complete(null);
            } catch (SQLException e) {
                written.completeExceptionally(e);
            }
        });
        writer.start();
        written.get(60, TimeUnit.SECONDS);
        client.importDatabase(VICTIM, file);
        for (String sql : List.of(
                "insert into t0 values (1)",
                "delete from f0",
                "select * from v900",
                "select * from pads",
                "select * from padded",
                "insert into padded(a) values ('x')",
                "select * from optimizes",
                "select * from files",
                "update pads set p = 1",
                "pragma integrity_check",
                "pragma foreign_key_check",
                "pragma table_xinfo('deep')",
                "select c1899 from deep",
                "insert into deep(c0) values (1)",
                "analyze",
                "vacuum",
                "alter table t0 rename to t00",
                "drop table f1")) {
            requireForeseen(post("exec", statement(sql)), sql);
            requireAlive(sql);
        }
        for (String view : List.of("pads", "optimizes", "files", "v900")) {
            client.exec(VICTIM, Statement.of("drop view if exists " + view));
        }
        client.exec(VICTIM, Statement.of("drop table if exists padded"));
    }

    private static void writeHostile(java.sql.Statement sqlite) throws SQLException {
        for (int i = 0; i <= 550; i++) {
            sqlite.execute("create table t" + i + "(x)");
            sqlite.execute("create table f" + i + "(x primary key" + (i == 0 ? "" : " references f" + (i - 1))
                    + (i == 0 ? ")" : " on delete cascade)"));
        }
        for (int i = 0; i < 550; i++) {
            sqlite.execute("create trigger g" + i + " after insert on t" + i + " begin insert into t" + (i + 1)
                    + " values (new.x); end");
        }
        sqlite.execute("insert into f0 values (1)");
        sqlite.execute("create view v0 as select 1 x");
        for (int i = 1; i <= 900; i++) {
            sqlite.execute("create view v" + i + " as select x from v" + (i - 1) + " limit 10");
        }
        StringBuilder deep = new StringBuilder("create table deep(c0 int");
        for (int i = 1; i < 1_900; i++) {
            deep.append(", c").append(i).append(" as (c").append(i - 1).append(" + 1)");
        }
        sqlite.execute(deep + ")");
        sqlite.execute("create view pads as select padl('a', 4294967296) p");
        sqlite.execute("create table padded(a, b default (padl('a', 4294967296)))");
        sqlite.execute("create view optimizes as select * from pragma_optimize(65538)");
        sqlite.execute("create view files as select load_extension('/tmp/x') x");
    }
}
