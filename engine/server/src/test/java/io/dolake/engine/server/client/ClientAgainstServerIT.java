/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.ExecResult;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client's calls and sessions against the real server. */
class ClientAgainstServerIT {
    @TempDir
    Path directory;

    private DoSqlServer server;
    private DoSqlClient client;

    @BeforeEach
    void start() {
        server = DoSqlServer.start(ServerConfig.of(directory.resolve("engine")).withPort(0));
        client = DoSqlClient.builder(URI.create("http://127.0.0.1:" + server.port()))
                .heartbeatTimeout(Duration.ofMillis(600))
                .build();
        client.create("shop");
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void createsListsAndDropsDatabases() {
        client.health();
        client.create("bank");
        assertThat(client.databases()).containsExactly("bank", "shop");
        assertThat(client.status("bank").epoch()).hasSize(32);

        client.drop("bank");

        assertThat(client.databases()).containsExactly("shop");
        assertFails(() -> client.status("bank"), ErrorCode.DATABASE_NOT_FOUND);
    }

    @Test
    void importsAFileAndRefusesACorruptOne() throws Exception {
        Path file = directory.resolve("file.db");
        try (var sqlite = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = sqlite.createStatement()) {
            statement.execute("CREATE TABLE t AS SELECT 42 AS a");
        }
        Path corrupt = Files.write(directory.resolve("corrupt.db"), new byte[5_000]);

        client.importDatabase("copy", file);

        assertThat(client.query("copy", Statement.of("SELECT a FROM t")).rows().get(0))
                .containsExactly(42L);
        assertFails(() -> client.importDatabase("copy", file), ErrorCode.DATABASE_EXISTS);
        assertFails(() -> client.importDatabase("bad", corrupt), ErrorCode.INVALID_DATABASE_FILE);
    }

    @Test
    void saysThatRowsOfAWriteWereLeftOut() throws Exception {
        ServerConfig few = ServerConfig.of(directory.resolve("few")).withPort(0).withLimit(Limit.MAX_ROWS, 3);
        try (DoSqlServer small = DoSqlServer.start(few);
                DoSqlClient other = DoSqlClient.builder(URI.create("http://127.0.0.1:" + small.port()))
                        .build()) {
            other.create("shop");
            other.exec("shop", Statement.of("CREATE TABLE t (a)"));
            try (Session session = other.session("shop")) {
                ExecResult result =
                        session.exec(Statement.of("INSERT INTO t VALUES (1), (2), (3), (4), (5) RETURNING a"));
                assertThat(result.rows()).hasSize(3);
                assertThat(result.truncated()).isTrue();
                assertThat(result.changes()).isEqualTo(5);
            }
        }
    }

    @Test
    void roundTripsRandomValuesOverHttpAndSessions() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        client.exec("shop", Statement.of("CREATE TABLE t (id INTEGER PRIMARY KEY, v)"));
        List<Object> values = new ArrayList<>();
        try (Session session = client.session("shop")) {
            for (int i = 0; i < 300; i++) {
                Object value = randomValue(random);
                values.add(value);
                Statement insert = Statement.of("INSERT INTO t VALUES (?, ?)", i, value);
                if (random.nextBoolean()) {
                    client.exec("shop", insert);
                } else {
                    session.exec(insert);
                }
            }
            Statement all = Statement.of("SELECT v FROM t ORDER BY id");
            assertThat(firsts(client.query("shop", all).rows())).isEqualTo(comparable(values));
            assertThat(drain(session.query(all, 7))).isEqualTo(comparable(values));
        }
    }

    @Test
    void namesTheErrorOfEachWayIn() {
        assertFails(() -> client.query("shop", Statement.of("SELCT 1")), ErrorCode.SYNTAX_ERROR);
        assertFails(() -> client.query("shop", Statement.of("SELECT * FROM nope")), ErrorCode.TABLE_NOT_FOUND);
        assertFails(() -> client.session("nope"), ErrorCode.DATABASE_NOT_FOUND);
        assertFails(() -> client.subscribe("nope", CdcOptions.from(Lsn.ZERO)), ErrorCode.DATABASE_NOT_FOUND);
    }

    @Test
    void keepsASessionUsableAfterAnErrorInATransaction() {
        try (Session session = client.session("shop")) {
            session.exec(Statement.of("CREATE TABLE t (a UNIQUE)"));
            session.begin(Session.Mode.IMMEDIATE);
            session.exec(Statement.of("INSERT INTO t VALUES (1)"));
            assertFails(() -> session.exec(Statement.of("INSERT INTO t VALUES (1)")), ErrorCode.CONSTRAINT_VIOLATION);
            session.exec(Statement.of("INSERT INTO t VALUES (2)"));
            session.commit();
        }
        assertThat(firsts(client.query("shop", Statement.of("SELECT a FROM t")).rows()))
                .containsExactly(1L, 2L);
    }

    @Test
    void readsAPinnedViewWhileOthersWrite() {
        client.exec("shop", Statement.of("CREATE TABLE t AS SELECT 1 AS a"));
        try (Session session = client.session("shop")) {
            Session.Begin begin = session.begin(Session.Mode.READ_ONLY);
            assertThat(begin.lsn()).isEqualTo(client.status("shop").lsn());
            client.exec("shop", Statement.of("UPDATE t SET a = 2"));

            assertThat(drain(session.query(Statement.of("SELECT a FROM t"), 10)))
                    .containsExactly(1L);
            assertFails(() -> session.exec(Statement.of("UPDATE t SET a = 3")), ErrorCode.TRANSACTION_STATE);
            session.rollback();
            assertThat(drain(session.query(Statement.of("SELECT a FROM t"), 10)))
                    .containsExactly(2L);
        }
    }

    @Test
    void streamsALargeResultAndUsesTheSessionInBetween() {
        Statement numbers = Statement.of(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000) SELECT i FROM n");
        try (Session session = client.session("shop");
                Session.Cursor cursor = session.query(numbers, 1_000)) {
            long expected = 1;
            for (Object[] row = cursor.next(); row != null; row = cursor.next()) {
                assertThat(row[0]).isEqualTo(expected++);
                if (expected % 5_000 == 0) {
                    assertThat(session.status().name()).isEqualTo("shop");
                }
            }
            assertThat(expected).isEqualTo(25_001);
        }
    }

    @Test
    void closesAndOpensMoreCursorsThanTheServerAllowsAtOnce() {
        Statement pairs = Statement.of("VALUES (1), (2), (3)");
        try (Session session = client.session("shop")) {
            for (int i = 0; i < 50; i++) {
                try (Session.Cursor cursor = session.query(pairs, 1)) {
                    assertThat(cursor.next()).containsExactly(1L);
                }
            }
        }
    }

    @Test
    void carriesAValueOfSomeMegabytes() {
        byte[] blob = new byte[5 << 20];
        new Random(1).nextBytes(blob);
        client.exec("shop", Statement.of("CREATE TABLE t (a)"));
        try (Session session = client.session("shop")) {
            session.exec(Statement.of("INSERT INTO t VALUES (?)", blob));
            assertThat(session.query(Statement.of("SELECT a FROM t"), 10).next()[0])
                    .isEqualTo(blob);
        }
    }

    @Test
    void keepsAnIdleSessionAliveWithPings() throws InterruptedException {
        try (Session session = client.session("shop")) {
            session.status();
            Thread.sleep(2_000);
            assertThat(session.isOpen()).isTrue();
            assertThat(session.status().name()).isEqualTo("shop");
        }
    }

    @Test
    void rollsBackWhatASessionLeftOpen() {
        try (Session session = client.session("shop")) {
            session.exec(Statement.of("CREATE TABLE t (a)"));
            session.begin(Session.Mode.IMMEDIATE);
            session.exec(Statement.of("INSERT INTO t VALUES (1)"));
        }
        assertThat(client.query("shop", Statement.of("SELECT * FROM t")).rows()).isEmpty();
        client.exec("shop", Statement.of("INSERT INTO t VALUES (2)"));
    }

    @Test
    void failsEveryCallOfASessionThatTheServerLeft() {
        try (Session session = client.session("shop")) {
            session.status();
            server.close();

            assertFails(session::status, ErrorCode.CONNECTION_ERROR);
            assertFails(session::commit, ErrorCode.CONNECTION_ERROR);
            assertThat(session.isOpen()).isFalse();
        }
    }

    @Test
    void runsABatchWhollyOrNotAtAll() {
        client.exec("shop", Statement.of("CREATE TABLE t (a UNIQUE)"));
        List<Statement> twice =
                List.of(Statement.of("INSERT INTO t VALUES (1)"), Statement.of("INSERT INTO t VALUES (1)"));
        assertFails(() -> client.batch("shop", twice), ErrorCode.CONSTRAINT_VIOLATION);
        try (Session session = client.session("shop")) {
            assertFails(() -> session.batch(twice), ErrorCode.CONSTRAINT_VIOLATION);
            assertThat(session.batch(twice.subList(0, 1))).hasSize(1);
        }
        assertThat(client.query("shop", Statement.of("SELECT * FROM t")).rows()).hasSize(1);
    }

    private static Object randomValue(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextLong() >> random.nextInt(64);
            case 1 -> {
                double value = Double.longBitsToDouble(random.nextLong());
                yield Double.isNaN(value) ? Double.NEGATIVE_INFINITY : value;
            }
            case 2 ->
                random.ints(random.nextInt(30), 1, 0xD800)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            case 3 -> {
                byte[] bytes = new byte[random.nextInt(100)];
                random.nextBytes(bytes);
                yield bytes;
            }
            default -> null;
        };
    }

    private static List<Object> firsts(List<Object[]> rows) {
        return comparable(rows.stream().map(row -> row[0]).collect(Collectors.toList()));
    }

    private static List<Object> drain(Session.Cursor cursor) {
        List<Object> values = new ArrayList<>();
        for (Object[] row = cursor.next(); row != null; row = cursor.next()) {
            values.add(row[0]);
        }
        cursor.close();
        return comparable(values);
    }

    /** Byte arrays as lists, which are equal when their content is. */
    private static List<Object> comparable(List<Object> values) {
        List<Object> result = new ArrayList<>();
        for (Object value : values) {
            result.add(value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value);
        }
        return result;
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
