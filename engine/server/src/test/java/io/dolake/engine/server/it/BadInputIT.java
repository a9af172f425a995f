/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.testkit.HttpCalls;
import io.dolake.engine.server.testkit.HttpCalls.Reply;
import io.dolake.engine.server.testkit.RunningEngine;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that every bad input gets its own clear error, and leaves the database unchanged. */
class BadInputIT {
    @TempDir
    static Path directory;

    private static RunningEngine engine;

    @BeforeAll
    static void start() {
        engine = new RunningEngine(ServerConfig.of(directory)
                .withPort(0)
                .withLimit(Limit.MAX_REQUEST_BYTES, 100_000)
                .withLimit(Limit.MAX_VALUE_BYTES, 20_000)
                .withLimit(Limit.QUERY_TIMEOUT_MS, 1_000));
        engine.client().create("shop");
        engine.exec("shop", "create table parent(id integer primary key)");
        engine.exec(
                "shop",
                "create table item(id integer primary key, name text not null, price real check (price >= 0),"
                        + " code text, parent int references parent(id), unique (name, code))");
        engine.exec("shop", "create table strict_one(a int) strict");
        engine.exec("shop", "insert into item values (1, 'a', 1.5, 'x', null)");
    }

    @AfterAll
    static void stop() {
        assertThat(engine.rows("shop", "select * from item")).hasSize(1);
        engine.close();
    }

    private static Reply exec(String sql) {
        return HttpCalls.send(
                engine.uri(),
                "POST",
                "/v1/databases/shop/exec",
                "{\"sql\": \"" + sql.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}");
    }

    @ParameterizedTest(name = "{0} -> {2}")
    @CsvSource(delimiter = ';', quoteCharacter = '~', textBlock = """
                    SELCT * FROM item;                            400; SYNTAX_ERROR;          near \"SELCT\"
                    SELECT * FROM item WHERE;                     400; SYNTAX_ERROR;          incomplete input
                    ~SELECT 1; SELECT 2~;                        400; SYNTAX_ERROR;          more text after its end
                    ~ -- nothing ~;                               400; SYNTAX_ERROR;          contains no statement
                    SELECT 'abc;                                  400; SYNTAX_ERROR;          unrecognized token
                    SELECT * FROM itm;                            404; TABLE_NOT_FOUND;       no such table: itm
                    SELECT nme FROM item;                         404; COLUMN_NOT_FOUND;      no such column: nme
                    INSERT INTO item(nam) VALUES (1);             404; COLUMN_NOT_FOUND;      no column named nam
                    INSERT INTO item(id, name) VALUES (1, 'b');   409; CONSTRAINT_VIOLATION;  UNIQUE constraint failed: item.id
                    INSERT INTO item(name, code) VALUES ('a', 'x');409; CONSTRAINT_VIOLATION; UNIQUE constraint failed
                    INSERT INTO item(name) VALUES (NULL);         409; CONSTRAINT_VIOLATION;  NOT NULL constraint failed
                    INSERT INTO item(name, price) VALUES ('b', -1);409; CONSTRAINT_VIOLATION; CHECK constraint failed
                    INSERT INTO item(name, parent) VALUES ('b', 9);409; CONSTRAINT_VIOLATION; FOREIGN KEY constraint failed
                    INSERT INTO strict_one VALUES ('x');          400; TYPE_MISMATCH;         cannot store TEXT
                    INSERT INTO item(id, name) VALUES ('x', 'b'); 400; TYPE_MISMATCH;         datatype mismatch
                    INSERT INTO item(name) VALUES (hex(randomblob(15000)));413; PAYLOAD_TOO_LARGE; too big
                    ATTACH 'x.db' AS x;                           403; STATEMENT_NOT_ALLOWED; ATTACH
                    /* c */ attach 'x.db' as x;                   403; STATEMENT_NOT_ALLOWED; ATTACH
                    DETACH main;                                  403; STATEMENT_NOT_ALLOWED; DETACH
                    VACUUM INTO 'copy.db';                        403; STATEMENT_NOT_ALLOWED; VACUUM INTO
                    PRAGMA journal_mode = DELETE;                 403; STATEMENT_NOT_ALLOWED; journal_mode
                    PRAGMA main . journal_mode(delete);           403; STATEMENT_NOT_ALLOWED; journal_mode
                    EXPLAIN PRAGMA journal_mode = delete;         403; STATEMENT_NOT_ALLOWED; journal_mode
                    PRAGMA \"locking_mode\" = exclusive;          403; STATEMENT_NOT_ALLOWED; locking_mode
                    PRAGMA wal_autocheckpoint = 1;                403; STATEMENT_NOT_ALLOWED; wal_autocheckpoint
                    PRAGMA writable_schema = ON;                  403; STATEMENT_NOT_ALLOWED; writable_schema
                    PRAGMA synchronous = OFF;                     403; STATEMENT_NOT_ALLOWED; synchronous
                    PRAGMA mmap_size = 100000;                    403; STATEMENT_NOT_ALLOWED; mmap_size
                    PRAGMA foreign_keys = OFF;                    403; STATEMENT_NOT_ALLOWED; PRAGMA over HTTP
                    PRAGMA wal_checkpoint(sideways);              400; INVALID_ARGUMENT;      SIDEWAYS
                    SELECT load_extension('x');                   403; STATEMENT_NOT_ALLOWED; load_extension
                    DELETE FROM _wal_segments;                    403; STATEMENT_NOT_ALLOWED; read-only
                    UPDATE _dosql_log._wal_segments SET events = 0;403; STATEMENT_NOT_ALLOWED; read-only
                    CREATE TEMP TABLE x(a);                       403; STATEMENT_NOT_ALLOWED; CREATE TEMP
                    CREATE TABLE temp.x(a);                       403; STATEMENT_NOT_ALLOWED; CREATE TEMP
                    BEGIN;                                        409; TRANSACTION_STATE;     over HTTP
                    COMMIT;                                       409; TRANSACTION_STATE;     over HTTP
                    WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n; 504; TIMEOUT; took longer
                    SELECT ?;                                     400; INVALID_ARGUMENT;      the statement has 1
                    """)
    void statement(String sql, int status, String code, String reason) {
        Reply reply = exec(sql);
        assertThat(reply.message()).contains(reason).startsWith("Cannot ");
        assertThat(reply.code()).isEqualTo(code);
        assertThat(reply.status()).isEqualTo(status);
    }

    @Test
    void typingErrorInAKeywordNamesPlaceAndKeyword() {
        Reply reply = exec("SELECT 'FORM' FORM item");
        assertThat(reply.code()).isEqualTo("SYNTAX_ERROR");
        Reply first = exec("  SELCT * FROM item");
        assertThat(first.detail("position").asInt()).isEqualTo(2);
        assertThat(first.detail("suggestion").asText()).isEqualTo("SELECT");
        assertThat(first.hint()).isEqualTo("Did you mean SELECT?");
        Reply where = exec("SELECT * FROM item WHRE id = 1");
        assertThat(where.detail("suggestion").asText()).isEqualTo("WHERE");
    }

    @Test
    void unknownTableNamesTheNearestOne() {
        assertThat(exec("SELECT * FROM itme").detail("suggestion").asText()).isEqualTo("item");
    }

    @Test
    void unknownColumnNamesTheNearestOne() {
        assertThat(exec("SELECT i.prise FROM item i").detail("suggestion").asText())
                .isEqualTo("price");
    }

    @Test
    void constraintViolationNamesKindTableAndColumns() {
        Reply reply = exec("INSERT INTO item(name, code) VALUES ('a', 'x')");
        assertThat(reply.detail("kind").asText()).isEqualTo("UNIQUE");
        assertThat(reply.detail("table").asText()).isEqualTo("item");
        assertThat(reply.detail("columns").toString()).isEqualTo("[\"name\",\"code\"]");
    }

    @ParameterizedTest(name = "{0} {1} {2} -> {4}")
    @CsvSource(delimiter = ';', quoteCharacter = '~', textBlock = """
                    POST;   /v1/databases/nope/exec;         {\"sql\": \"select 1\"};                  404; DATABASE_NOT_FOUND
                    GET;    /v1/databases/nope;              ~~;                                       404; DATABASE_NOT_FOUND
                    DELETE; /v1/databases/nope;              ~~;                                       404; DATABASE_NOT_FOUND
                    PUT;    /v1/databases/UPPER;             ~~;                                       400; INVALID_ARGUMENT
                    PUT;    /v1/databases/a.b;               ~~;                                       400; INVALID_ARGUMENT
                    PUT;    /v1/databases/%2e%2e%2fx;        ~~;                                       400; INVALID_ARGUMENT
                    POST;   /v1/databases/shop/exec;         {\"sql\": ;                               400; INVALID_ARGUMENT
                    POST;   /v1/databases/shop/exec;         [];                                       400; INVALID_ARGUMENT
                    POST;   /v1/databases/shop/exec;         {};                                       400; INVALID_ARGUMENT
                    POST;   /v1/databases/shop/exec;         {\"sql\": 5};                             400; INVALID_ARGUMENT
                    POST;   /v1/databases/shop/exec;         {\"sql\": \"select ?\", \"params\": [[]]};400; INVALID_ARGUMENT
                    POST;   /v1/databases/shop/exec;         {\"sql\": \"select ?\", \"params\": [9223372036854775808]};400; INVALID_ARGUMENT
                    POST;   /v1/databases/shop/exec;         {\"sql\": \"select ?\", \"params\": [{\"blob\": \"zz\"}]};400; INVALID_ARGUMENT
                    POST;   /v1/databases/shop/exec;         {\"sql\": \"select :a\", \"params\": {\"b\": 1}};400; INVALID_ARGUMENT
                    POST;   /v1/databases/shop/query;        {\"sql\": \"select 1\", \"maxRows\": -1}; 400; INVALID_ARGUMENT
                    POST;   /v1/databases/shop/batch;        {\"statements\": [{\"sql\": \"commit\"}]};409; TRANSACTION_STATE
                    POST;   /v1/databases/shop/batch;        {\"statements\": 1};                      400; INVALID_ARGUMENT
                    POST;   /v1/databases/shop/checkpoint;   {\"mode\": \"sideways\"};                 400; INVALID_ARGUMENT
                    POST;   /v1/databases/shop/dance;        {};                                       400; INVALID_ARGUMENT
                    GET;    /v1/databases/shop/session;      ~~;                                       400; INVALID_ARGUMENT
                    GET;    /nowhere;                        ~~;                                       400; INVALID_ARGUMENT
                    POST;   /v1/databases/shop/import;       not a database;                           409; DATABASE_EXISTS
                    """)
    void request(String method, String path, String body, int status, String code) {
        Reply reply = HttpCalls.send(engine.uri(), method, path, body == null ? "" : body);
        assertThat(reply.code()).as(reply.message()).isEqualTo(code);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.message()).startsWith("Cannot ");
    }

    @Test
    void requestBeyondTheLimitIsRefused() {
        Reply reply = exec("select '" + "x".repeat(100_000) + "'");
        assertThat(reply.code()).isEqualTo("PAYLOAD_TOO_LARGE");
        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.detail("limit").asInt()).isEqualTo(100_000);
    }

    @Test
    void failedStatementOfABatchUndoesTheWholeBatchAndIsNamed() {
        Reply reply = HttpCalls.send(
                engine.uri(),
                "POST",
                "/v1/databases/shop/batch",
                "{\"statements\": [{\"sql\": \"insert into item(name) values ('q')\"}, {\"sql\": \"insert into nix"
                        + " values (1)\"}]}");
        assertThat(reply.code()).isEqualTo("TABLE_NOT_FOUND");
        assertThat(reply.detail("statement").asInt()).isEqualTo(1);
        assertThat(engine.value("shop", "select count(*) from item where name = 'q'"))
                .isEqualTo(0L);
    }

    @Test
    void takenPortSaysWhichAndWhatToDo() {
        ServerConfig config = ServerConfig.of(directory.resolve("other")).withPort(engine.port());
        assertThatThrownBy(() -> DoSqlServer.start(config))
                .hasToString("ADDRESS_IN_USE: Cannot listen on 127.0.0.1:" + engine.port()
                        + ": the port is in use (Stop the program that has port " + engine.port()
                        + ", or set DOSQL_PORT to another one.)");
    }

    @Test
    void secondEngineOnTheSameDirectoryIsRefused() {
        ServerConfig config = ServerConfig.of(directory).withPort(0);
        assertThatThrownBy(() -> DoSqlServer.start(config)).hasMessageContaining("another engine has it open");
    }
}
