/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.TableSchema;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A2, and similar: every description of the tables matches the one in the change log. */
class SchemaIT {
    private static final List<String> TABLES = List.of(
            "create table plain(a, b text not null default 'it''s', c int default (-(-5)), d default (5 -- note\n))",
            "create table expressions(a integer primary key, b default (cast('12' as integer)), c default true,"
                    + " d default x'0aff', e default 1e300, f default 0x10, g default \"quoted\", h default null,"
                    + " i default current_timestamp, j text default 7, k real default 3)",
            "create table alias_not(a integer primary key desc, b)",
            "create table alias(a, b integer, primary key (b))",
            "create table no_alias(a int primary key)",
            "create table keys(a text, b blob, c, primary key (c, a)) without rowid",
            "create table strict_one(a any default '01', b integer not null default 3, primary key (a)) strict",
            "create table computed(a, b as (a + 1), c as (a || 'x') stored, d default 4)",
            "create table \"\"(\"\" \"\" default 'empty')",
            "create table raw(a integer primary key, b text default (cast(x'ff' as text)))",
            "create table \"quoted \"\" name\"(\"a.b\" \"odd type\"(3) default 2)");

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

    private void importEmpty(String encoding) throws Exception {
        Path file = directory.resolve("file.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                java.sql.Statement statement = connection.createStatement()) {
            statement.execute("pragma encoding = '" + encoding + "'");
            statement.execute("create table first(a)");
            statement.execute("drop table first");
        }
        client.importDatabase("d", file);
    }

    /** The newest schema of each table in the log, as of no LSN. */
    private Map<String, TableSchema> logged() throws InterruptedException {
        Map<String, TableSchema> schemas = new TreeMap<>();
        Lsn newest = client.status("d").lsn();
        try (CdcStream stream = client.subscribe("d", CdcOptions.from(Lsn.ZERO))) {
            Lsn[] reached = {Lsn.ZERO};
            while (reached[0].isBefore(newest)) {
                CdcStream.Message message = stream.poll(Duration.ofSeconds(20));
                if (message instanceof CdcStream.Batch batch) {
                    batch.decode(new ChangeListener() {
                        @Override
                        public void begin(Lsn lsn, long commitTimeMs) {
                            reached[0] = lsn;
                        }

                        @Override
                        public void schemaChange(SchemaChange change) {
                            if (change.schema() != null) {
                                schemas.put(change.name(), atNoLsn(change.schema()));
                            }
                        }

                        @Override
                        public void rowChange(RowChange change) {}

                        @Override
                        public void commit(long events) {}
                    });
                } else if (message instanceof CdcStream.KeepAlive alive) {
                    reached[0] = alive.lsn();
                }
            }
        }
        return schemas;
    }

    private static TableSchema atNoLsn(TableSchema schema) {
        return new TableSchema(
                schema.name(),
                schema.columns(),
                schema.withoutRowid(),
                schema.strict(),
                schema.rowidAlias(),
                schema.encoding(),
                Lsn.ZERO,
                schema.sql());
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16le", "UTF-16be"})
    void tablesAreDescribedAsInTheChangeLog(String encoding) throws Exception {
        importEmpty(encoding);
        for (String table : TABLES) {
            client.exec("d", Statement.of(table));
        }
        client.exec("d", Statement.of("alter table plain add column late default (2 * 3)"));
        client.exec("d", Statement.of("create virtual table words using fts5(w)"));
        client.exec("d", Statement.of("create view v as select * from plain"));
        List<TableSchema> expected = new ArrayList<>(logged().values());
        assertThat(expected).hasSize(TABLES.size());
        assertThat(client.schema("d")).isEqualTo(expected);
        try (Session session = client.session("d")) {
            assertThat(session.schema()).isEqualTo(expected);
        }
    }

    @Test
    void aSessionSeesItsOwnTables() {
        client.create("d");
        client.exec("d", Statement.of("create table a(x default 1)"));
        try (Session pinned = client.session("d");
                Session writing = client.session("d")) {
            pinned.begin(Session.Mode.READ_ONLY);
            writing.begin(Session.Mode.IMMEDIATE);
            writing.exec(Statement.of("alter table a add column y default (-(-2))"));
            writing.exec(Statement.of("create temp table hidden(z)"));
            assertThat(columns(writing.schema())).containsExactly("x=1", "y=2");
            assertThat(columns(client.schema("d"))).containsExactly("x=1");
            writing.commit();
            assertThat(columns(pinned.schema())).containsExactly("x=1");
            assertThat(columns(client.schema("d"))).containsExactly("x=1", "y=2");
        }
    }

    private static List<String> columns(List<TableSchema> tables) {
        List<String> columns = new ArrayList<>();
        for (TableSchema table : tables) {
            for (ColumnSchema column : table.columns()) {
                columns.add(column.name() + "=" + column.defaultValue());
            }
        }
        return columns;
    }
}
