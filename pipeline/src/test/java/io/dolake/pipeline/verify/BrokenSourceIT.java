/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.config.ServerConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** D4: a table whose indexes disagree with its rows is never called equal, and its rows are read all the same. */
class BrokenSourceIT {
    @TempDir
    Path directory;

    @Test
    void aTableWhoseIndexDoesNotHoldItsRowsIsDifferent() throws Exception {
        try (DoSqlServer server = start();
                DoSqlClient client = client(server)) {
            client.create("shop");
            for (String sql : List.of(
                    "CREATE TABLE good(a INTEGER, b INTEGER)",
                    "CREATE TABLE bad(a INTEGER, b INTEGER)",
                    "CREATE INDEX i ON bad(a, b) WHERE a > 0",
                    "INSERT INTO bad VALUES (1, 10), (2, 20), (-3, 30)",
                    "INSERT INTO good VALUES (1, 1)")) {
                client.exec("shop", Statement.of(sql));
            }
        }
        // the index has the rows of its old condition, and is taken for one of all rows now
        try (var sqlite = DriverManager.getConnection("jdbc:sqlite:" + file());
                var statement = sqlite.createStatement()) {
            statement.execute("PRAGMA writable_schema = ON");
            statement.execute("UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON bad(a, b)' WHERE name = 'i'");
        }
        try (DoSqlServer server = start();
                DoSqlClient client = client(server)) {
            // a file that changed behind the engine's back is checked
            assertThatThrownBy(() -> client.session("shop"))
                    .hasMessageContaining("Cannot open database 'shop'")
                    .hasMessageContaining("index i");
        }
        // without its log it is taken for one that the engine has not seen before
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path log : files.filter(path -> path.getFileName().toString().startsWith("shop.log.db"))
                    .toList()) {
                Files.delete(log);
            }
        }
        try (DoSqlServer server = start();
                DoSqlClient client = client(server);
                Session session = client.session("shop")) {
            session.begin(Session.Mode.READ_ONLY);
            assertThat(TableShape.rows(session, "SELECT a, b FROM bad WHERE a > -10"))
                    .hasSize(2);
            List<Report.Table> compared = TableShape.all(session).stream()
                    .map(shape -> new TableComparison(shape, session, null, 10).run())
                    .toList();
            Report.Table bad = compared.get(0);
            assertThat(bad.engineRows()).isEqualTo(3);
            assertThat(bad.examples()).anyMatch(text -> text.contains("corrupt") && text.contains("index i"));
            assertThat(compared.get(1).examples()).containsExactly("the lake has no such table");
        }
    }

    private Path file() throws Exception {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(path -> path.getFileName().toString().equals("shop.db"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private DoSqlServer start() {
        return DoSqlServer.start(ServerConfig.of(directory).withPort(0));
    }

    private static DoSqlClient client(DoSqlServer server) {
        return DoSqlClient.builder(URI.create("http://127.0.0.1:" + server.port()))
                .build();
    }
}
