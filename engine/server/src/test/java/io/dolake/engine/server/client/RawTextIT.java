/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RawText;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.SqliteRecord;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A4: texts that are not well-formed, and those with a NUL character, keep every byte on all ways out of the engine.
 */
class RawTextIT {
    @TempDir
    Path directory;

    private DoSqlServer server;
    private DoSqlClient client;

    @BeforeEach
    void start() {
        server = DoSqlServer.start(ServerConfig.of(directory.resolve("engine")).withPort(0));
        client = DoSqlClient.builder(URI.create("http://127.0.0.1:" + server.port()))
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private static RawText raw(String hex) {
        return new RawText(HexFormat.of().parseHex(hex));
    }

    /** Bytes that are no text; in UTF-16 SQLite itself would join the half pair with what follows it. */
    @ParameterizedTest
    @CsvSource({
        "UTF-8, ff, fe, c3, eda080, c080, 61ff62, ff0062, f4908080",
        "UTF-16le, 00d8, 00dc, 00d84100, 410000d8, ffdb6100, 00dc4100, 000000d8, 00d800d8",
        "UTF-16be, d800, dc00, d8000041, 0041d800, dbff0061, dc000041, 0000d800, d800d800"
    })
    void textThatIsNotWellFormedIsCarriedByItsBytes(
            String encoding, String a, String b, String c, String d, String e, String f, String g, String h)
            throws Exception {
        List<String> bytes = List.of(a, b, c, d, e, f, g, h);
        importFile("PRAGMA encoding = '" + encoding + "'", "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
        List<Object> expected = new ArrayList<>();
        for (int i = 0; i < bytes.size(); i++) {
            // once by a literal, once by a parameter
            exec("INSERT INTO t VALUES (?, CAST(x'" + bytes.get(i) + "' AS TEXT))", 2L * i);
            exec("INSERT INTO t VALUES (?, ?)", 2L * i + 1, raw(bytes.get(i)));
            expected.add(raw(bytes.get(i)));
            expected.add(raw(bytes.get(i)));
        }
        assertThat(column("SELECT v FROM t ORDER BY id")).isEqualTo(expected);
        assertThat(httpColumn("SELECT v FROM t ORDER BY id")).isEqualTo(expected);
        assertThat(logged()).isEqualTo(expected);
        for (int i = 0; i < bytes.size(); i++) {
            assertThat(column(
                            "SELECT count(*) FROM t WHERE v = :v AND hex(CAST(v AS BLOB)) = '"
                                    + bytes.get(i).toUpperCase(java.util.Locale.ROOT) + "'",
                            raw(bytes.get(i))))
                    .containsExactly(2L);
        }
    }

    @ParameterizedTest
    @CsvSource({"UTF-8", "UTF-16le", "UTF-16be"})
    void wellFormedTextStaysAString(String encoding) throws Exception {
        importFile("PRAGMA encoding = '" + encoding + "'", "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
        List<Object> texts =
                List.of("", "a\0b", "\0", "\uFFFD", "a\uFFFDb", "\uD83D\uDE00", "\uFEFFx", "\u00e9", "\uFFFF", "end\0");
        for (Object text : texts) {
            exec("INSERT INTO t (v) VALUES (?)", text);
        }
        assertThat(column("SELECT v FROM t ORDER BY id")).isEqualTo(texts);
        assertThat(httpColumn("SELECT v FROM t ORDER BY id")).isEqualTo(texts);
        assertThat(logged()).isEqualTo(texts);
    }

    @Test
    void aDefaultThatIsNotWellFormedIsReadBack() throws Exception {
        importFile("CREATE TABLE t (id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        exec("ALTER TABLE t ADD COLUMN v TEXT DEFAULT (CAST(x'ff' AS TEXT))");
        assertThat(column("SELECT v FROM t")).containsExactly(raw("ff"));
    }

    @Test
    void halfOfASurrogatePairIsRefusedInsteadOfChanged() throws Exception {
        client.create("shop");
        String parameter = post("{\"sql\": \"SELECT ?\", \"params\": [\"a\\ud800b\"]}");
        assertThat(parameter).contains("INVALID_ARGUMENT", "half of a surrogate pair");
        assertThat(post("{\"sql\": \"SELECT '\\udc00'\"}")).contains("INVALID_ARGUMENT", "half of a surrogate pair");
        assertThat(post("{\"sql\": \"SELECT ?\", \"params\": [{\"text\": \"f\"}]}"))
                .contains("INVALID_ARGUMENT");
        assertThat(post("{\"sql\": \"SELECT typeof(?1), hex(?1)\", \"params\": [{\"text\": \"ff\"}]}"))
                .contains("[\"text\",\"FF\"]");
    }

    @Test
    void jdbcGivesTheBytesAndNoText() throws Exception {
        importFile("CREATE TABLE t (v TEXT)", "INSERT INTO t VALUES (CAST(x'ff' AS TEXT))");
        try (var connection = DriverManager.getConnection("jdbc:dosql://127.0.0.1:" + server.port() + "/shop");
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT v FROM t")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getBytes(1)).containsExactly(0xff);
            assertThat(rows.getObject(1)).isEqualTo(raw("ff"));
            assertThatThrownBy(() -> rows.getString(1)).isInstanceOf(SQLException.class);
        }
    }

    private void importFile(String... statements) throws SQLException {
        Path file = directory.resolve("file.db");
        try (var sqlite = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = sqlite.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
        client.importDatabase("shop", file);
    }

    private void exec(String sql, Object... params) {
        client.exec("shop", Statement.of(sql, params));
    }

    private List<Object> column(String sql, Object... params) {
        List<Object> values = new ArrayList<>();
        try (Session session = client.session("shop");
                Session.Cursor cursor = session.query(Statement.of(sql, params), 3)) {
            for (Object[] row = cursor.next(); row != null; row = cursor.next()) {
                values.add(row[0]);
            }
        }
        return values;
    }

    private List<Object> httpColumn(String sql) {
        return client.query("shop", Statement.of(sql)).rows().stream()
                .map(row -> row[0])
                .toList();
    }

    private String post(String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port() + "/v1/databases/shop/query"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.getBytes(UTF_8)))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** The values of column v in the change log, in the order in which they were inserted. */
    private List<Object> logged() throws InterruptedException {
        List<Object> values = new ArrayList<>();
        Lsn head = client.status("shop").lsn();
        CdcOptions options = new CdcOptions(Lsn.ZERO, null, List.of(), "me", 1000, 1 << 20);
        Lsn[] seen = {Lsn.ZERO};
        ChangeListener listener = new ChangeListener() {
            @Override
            public void begin(Lsn lsn, long commitTimeMs) {
                seen[0] = lsn;
            }

            @Override
            public void schemaChange(SchemaChange change) {
                // rows only
            }

            @Override
            public void rowChange(RowChange change) {
                values.add(SqliteRecord.values(change.afterSchema(), change.rowid(), change.after())[1]);
            }

            @Override
            public void commit(long events) {
                // the rows are there already
            }
        };
        try (CdcStream stream = client.subscribe("shop", options)) {
            while (seen[0].compareTo(head) < 0) {
                CdcStream.Message message = stream.poll(Duration.ofSeconds(10));
                assertThat(message).isNotNull();
                if (message instanceof CdcStream.Batch batch) {
                    batch.decode(listener);
                    stream.ack(batch.sequence(), seen[0], 0);
                }
            }
        }
        return values;
    }
}
