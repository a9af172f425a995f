/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Hostile input: statements, bodies and bytes. The engine must answer each, and none may harm other clients. */
final class Attacks {
    /** An endless statement: its time is over soon. */
    static final String ENDLESS = "with recursive n(i) as (values (1) union all select i + 1 from n)";

    private Attacks() {}

    /** Statements; each is sent as query, as exec and in a session. */
    static List<String> statements() {
        List<String> all = new ArrayList<>(List.of(
                // Sizes
                "select zeroblob(2147483647)",
                "select zeroblob(60000000), zeroblob(3000000)",
                "select hex(zeroblob(30000000)), hex(zeroblob(30000000)), hex(zeroblob(30000000))",
                "select randomblob(999999999)",
                "select printf('%*d', 2147483647, 1)",
                "select printf('%.*f', 2147483647, 1.5)",
                "select printf('%2147483647s', 'a')",
                "select format('%.2147483647f', 1)",
                "select replace(hex(zeroblob(50000)), '0', hex(zeroblob(50000)))",
                "select group_concat(hex(randomblob(1000000))) from (values (1), (2), (3)) a, (values (1), (2), (3)) b,"
                        + " (values (1), (2), (3)) c, (values (1), (2), (3)) d",
                "select json_group_array(hex(zeroblob(1000000))) from (values (1), (2), (3)) a, (values (1), (2)) b",
                "select quote(zeroblob(30000000))",
                "select unistr(replace(hex(zeroblob(500000)), '0', '\\u0001'))",
                "select replace(hex(zeroblob(4000000)), '0', char(1))",
                "select char(1, 2, 3, 0, 31, 127, 1114112, -1, 55296)",
                "insert into victim(b) values (zeroblob(60000000))",
                "insert into victim(b) values (zeroblob(3000000)) returning b, b, b, b, b, b, b, b",
                "update victim set b = zeroblob(100000000) returning b",
                ENDLESS + " select i, hex(zeroblob(100000)) from n",
                ENDLESS + " insert into victim(b) select zeroblob(100000) from n limit 50",
                "select " + "hex(zeroblob(2000000)), ".repeat(200) + "1",
                "select " + "hex(zeroblob(8000000)), ".repeat(1_900) + "1",
                "select length(" + "hex(zeroblob(7000000))||".repeat(500) + "1)",
                // What a reader of texts could take for something else
                " \u000Battach '/tmp/dolake-attack' as b",
                " \u000Bvacuum into '/tmp/dolake-attack'",
                "explain \u000Bpragma query_only = 0",
                " \u000Bbegin immediate",
                "select 0x1e+replicate('a', 2000000000)",
                // Depth
                "select " + "(".repeat(5_000) + "1" + ")".repeat(5_000),
                "select " + "- ".repeat(5_000) + "1",
                "select " + "not ".repeat(5_000) + "1",
                "select 1" + " + 1".repeat(5_000),
                "select 1" + "||random()".repeat(990),
                "select " + "abs(".repeat(500) + "1" + ")".repeat(500),
                "select " + "(select ".repeat(600) + "1" + ")".repeat(600),
                "select * from " + "(select * from ".repeat(600) + "victim" + ")".repeat(600),
                "select " + "case when 1 then ".repeat(800) + "1" + " end".repeat(800),
                "select 1" + " union select 1".repeat(600),
                "select 1" + " union all select 1".repeat(499),
                "select " + "1,".repeat(2_100) + "1",
                "select 1 from victim" + " join victim".repeat(70),
                "values (1)" + ",(1)".repeat(50_000),
                chainOfTables(400),
                chainOfTables(5_000),
                "select json('" + "[".repeat(20_000) + "]".repeat(20_000) + "')",
                "select json_extract('" + "{\"a\":".repeat(900) + "1" + "}".repeat(900) + "', '$" + ".a".repeat(900)
                        + "')",
                "select jsonb(x'" + "cb".repeat(20_000) + "')",
                "select json(x'ffffffffffffffffff')",
                "create table deep(" + generated(1_900) + ")",
                "select c1899 from deep",
                // Time
                ENDLESS + " select count(*) from n",
                ENDLESS + " insert into victim(b) select i from n where i < 0",
                "select count(*) from victim a, victim b, victim c, victim d, victim e, victim f, victim g",
                "select '" + "a".repeat(5_000) + "' like '" + "%a".repeat(2_000) + "b'",
                "select '" + "a".repeat(5_000) + "' glob '" + "*a".repeat(400) + "b'",
                "pragma integrity_check(2147483647)",
                // Parameters
                "select ?2147483647",
                "select ?99999999999999999999",
                "select ?0, ?-1",
                "select ?32767",
                "select $a('), padl('a', 4294967296), ('",
                "select :" + "a".repeat(100_000),
                // Functions and tables that are not for users
                "select padl('a', 4294967296)",
                "select padr('a', 2147483647)",
                "select \"padc\"('a', -1)",
                "select [replicate]('abc', 2147483647)",
                "select strfilter(zeroblob(10), x'ff')",
                "select leftstr('a', -2147483648), rightstr('a', 2147483648)",
                "select reverse(cast(x'ff' as text)), proper(x'00ff')",
                "select charindex('', '', -9223372036854775808)",
                "select mode(i) from (" + ENDLESS + " select i from n limit 200000)",
                "select stdev(i) from (" + ENDLESS + " select i from n limit 100)",
                "select load_extension('/lib/x86_64-linux-gnu/libm.so.6')",
                "select fts3_tokenizer('simple', x'4141414141414141')",
                "select fts3_tokenizer('simple')",
                "select fts5(1)",
                "select rtreenode(2, x'ffffffffffffffff')",
                "select writefile('/tmp/x', 'y'), readfile('/etc/passwd')",
                "select * from dbstat, dbstat",
                "select * from sqlite_dbpage",
                "update sqlite_dbpage set data = zeroblob(4096)",
                "select * from pragma_optimize(65538)",
                "select highlight(victim, 0, 'a', 'b') from victim",
                "select matchinfo(victim) from victim",
                // Full-text search and R*Tree
                "create virtual table f5 using fts5(body, prefix='1 2 3')",
                "insert into f5 values ('hello world')",
                "insert into f5(f5, rank) values ('pgsz', -1)",
                "insert into f5(f5, rank) values ('automerge', 99999999999)",
                "insert into f5(f5) values ('integrity-check')",
                "insert into f5(f5) values ('rebuild')",
                "select * from f5 where f5 match '" + "(".repeat(5_000) + "a" + ")".repeat(5_000) + "'",
                "select * from f5 where f5 match '" + "a OR ".repeat(5_000) + "a'",
                "select * from f5 where f5 match 'NEAR(" + "a ".repeat(5_000) + ", 2147483647)'",
                "insert into f5_data values (1, x'ffffffff')",
                "update main.\"f5_data\" set block = x'ff00ff00'",
                "delete from f5_idx",
                "create virtual table f4 using fts4(body, tokenize=unicode61 \"tokenchars=x\")",
                "insert into f4 values ('hello world')",
                "select * from f4 where f4 match '" + "(a ".repeat(3_000) + ")".repeat(3_000) + "'",
                "select snippet(f4, '', '', '', 0, 2147483647) from f4 where f4 match 'hello'",
                "select matchinfo(f4, '" + "y".repeat(10_000) + "') from f4 where f4 match 'hello'",
                "update f4_segdir set root = zeroblob(100)",
                "insert into f4_segments values (1, x'00')",
                "create virtual table r using rtree(id, x0, x1)",
                "insert into r values (1, 9e999, -9e999)",
                "update r_node set data = x'ffff'",
                "create virtual table other using csv(filename='/etc/passwd')",
                // Files and settings
                "vacuum \"main\" into '/tmp/dosql-attack'",
                "vacuum into 'file:///tmp/dosql-attack?mode=rwc'",
                "attach '/tmp/dosql-attack' as x",
                "explain attach '/tmp/dosql-attack' as x",
                "detach main",
                "pragma schema_version = ''",
                "pragma main.schema_version(\"\")",
                "pragma synchronous = ''",
                "pragma journal_mode = 'delete'",
                "pragma main.journal_mode('')",
                "pragma writable_schema = on",
                "update sqlite_schema set sql = 'x'",
                "delete from sqlite_master",
                "insert into sqlite_sequence values ('x', 'y')",
                "pragma temp_store_directory = '/etc'",
                "pragma mmap_size = 1099511627776",
                "pragma cache_size = 2147483647",
                "pragma threads = 8",
                "pragma hard_heap_limit = 1",
                "pragma page_size = 65536",
                "pragma encoding = 'UTF-16'",
                "pragma locking_mode = exclusive",
                "pragma wal_checkpoint(restart)",
                "pragma incremental_vacuum(9223372036854775807)",
                "pragma optimize(-1)",
                "pragma analysis_limit = -9223372036854775808",
                "delete from _wal_segments",
                "drop table _dosql_log._dosql_state",
                "update _dosql_log._dosql_state set lsn = 0",
                // Schemas
                "create table \"\"(\"\" \"\")",
                "insert into \"\" values (1)",
                "create table \"" + "x".repeat(100_000) + "\"(a)",
                "select " + "y".repeat(200_000),
                "select * from " + "z".repeat(200_000),
                "create view v1 as select * from v1",
                "select * from v1",
                "create trigger tr after insert on victim begin insert into victim(b) values (1); end",
                "insert into victim(b) values (1)",
                "drop trigger if exists tr",
                "create table types(a " + "x".repeat(50_000) + ")",
                "alter table victim add column c default (" + "(".repeat(300) + "1" + ")".repeat(300) + ")",
                "alter table victim rename to \"victim; drop table victim\"",
                "alter table \"victim; drop table victim\" rename to victim",
                "create index i on victim((b || b || b))",
                "reindex",
                "analyze",
                "savepoint \"a;b\"",
                "rollback to x",
                "select 1; drop table victim",
                "select '" + "'".repeat(99_999),
                "/*".repeat(50_000),
                "--".repeat(50_000),
                ";".repeat(100_000) + "select 1",
                "select x'" + "0".repeat(99_999) + "'",
                "select 1e" + "9".repeat(10_000),
                "select " + "9".repeat(100_000),
                "select \u0000 1",
                "select '\ud800'",
                "\ufeff\ufeffselect 1",
                "explain select * from victim",
                "explain query plan " + ENDLESS + " select * from n"));
        return all;
    }

    /** Functions that SQLite itself would not interrupt, on values as large as they get in a heap of 256 MiB. */
    static List<String> endlessFunctions() {
        String a = "replace(hex(zeroblob(7000000)), '0', 'a')";
        String b = "replace(hex(zeroblob(3500000)), '0', 'b')";
        return List.of(
                "select instr(" + a + ", substr(" + a + ", 7000000) || 'b')",
                "select instr(cast(" + a + " as blob), cast(substr(" + a + ", 7000000) || 'b' as blob))",
                "select instr(cast(" + a + " as blob), substr(" + a + ", 7000000) || 'b')",
                "select replace(" + a + ", substr(" + a + ", 7000000) || 'b', 'c')",
                "select trim(" + a + ", " + b + " || 'a')",
                "select ltrim(" + a + ", " + b + " || 'a')",
                "select rtrim(" + a + ", " + b + " || 'a')",
                "select unhex(replace(" + a + ", 'a', 'x'), replace(" + b + ", 'b', 'y') || 'x')",
                "select count(*) from (select " + a + " a) where replace(a, substr(a, 7000000) || 'b', '') <> ''");
    }

    /** What cannot be interrupted, and is refused where it would take long. */
    static List<String> endlessPatterns() {
        String a = "replace(hex(zeroblob(7000000)), '0', 'a')";
        String object = "'{' || substr(replace(hex(zeroblob(60000)), '00', ',\"a\":1'), 2) || '}'";
        return List.of(
                "select " + a + " like '%" + "a".repeat(990) + "b'",
                "select " + a + " like '%' || '" + "a".repeat(90) + "' || '%b'",
                "select " + a + " glob '*" + "[^b]".repeat(240) + "b'",
                "select like('%b', " + a + ")",
                "select " + a + " like '%aab'" + " or 1 like 'a'".repeat(100),
                "select 1 like '" + "a".repeat(2_000) + "'",
                "select json_patch(" + object + ", " + object + ")",
                "select jsonb_patch(" + object + ", " + object + ")");
    }

    private static String chainOfTables(int length) {
        StringBuilder sql = new StringBuilder("with c0 as (select 1 x)");
        for (int i = 1; i <= length; i++) {
            sql.append(", c")
                    .append(i)
                    .append(" as (select x from c")
                    .append(i - 1)
                    .append(" limit 5)");
        }
        return sql + " select * from c" + length;
    }

    private static String generated(int length) {
        StringBuilder sql = new StringBuilder("c0 int");
        for (int i = 1; i < length; i++) {
            sql.append(", c").append(i).append(" as (c").append(i - 1).append(" + 1)");
        }
        return sql.toString();
    }

    /** Bodies for an operation on a database: JSON that is none, or means something else than it should. */
    static List<String> bodies() {
        return List.of(
                "",
                "null",
                "[]",
                "\"sql\"",
                "{",
                "{\"sql\":",
                "{\"sql\":null}",
                "{\"sql\":[]}",
                "{\"sql\":\"select 1\",\"params\":5}",
                "{\"sql\":\"select ?\",\"params\":[{}]}",
                "{\"sql\":\"select ?\",\"params\":[{\"blob\":\"0\"}]}",
                "{\"sql\":\"select ?\",\"params\":[{\"real\":{}}]}",
                "{\"sql\":\"select ?\",\"params\":[1e999999999]}",
                "{\"sql\":\"select ?\",\"params\":[" + "9".repeat(900) + "]}",
                "{\"sql\":\"select ?\",\"params\":[" + "9".repeat(50_000) + "]}",
                "{\"sql\":\"select ?2147483647\",\"params\":{}}",
                "{\"sql\":\"select ?32766\",\"params\":{}}",
                "{\"sql\":\"select ?32766\",\"params\":[1]}",
                "{\"sql\":\"select :a\",\"params\":{\":a\":1,\"a\":2}}",
                "{\"sql\":\"select 1\",\"maxRows\":9223372036854775807}",
                "{\"sql\":\"select 1\",\"maxRows\":1e99}",
                "{\"sql\":\"select '\\ud800'\"}",
                "{\"sql\":\"select '\\u0000'\"}",
                "{\"statements\":{}}",
                "{\"statements\":[[]]}",
                "{\"statements\":[" + "{\"sql\":\"select 1\"},".repeat(10_000) + "{\"sql\":\"select 1\"}]}",
                "{\"statements\":["
                        + "{\"sql\":\"select zeroblob(15000000)\"},".repeat(59)
                        + "{\"sql\":\"select zeroblob(15000000)\"}]}",
                "{\"statements\":["
                        + "{\"sql\":\"select hex(zeroblob(60000))\"},".repeat(2_000)
                        + "{\"sql\":\"select 1\"}]}",
                "{\"afterId\":-9223372036854775808}",
                "{\"maxSegments\":9223372036854775807}",
                "{\"mode\":\"" + "x".repeat(100_000) + "\"}",
                "[".repeat(100_000),
                "{\"a\":".repeat(100_000),
                "{\"sql\":\"select 1\",\"params\":[" + "[],".repeat(2_000_000) + "1]}",
                "{\"sql\":\"select 1\",\"params\":[" + "1,".repeat(3_000_000) + "1]}",
                "{" + "\"a\":1,".repeat(1_000_000) + "\"sql\":\"select 1\"}",
                "x".repeat(17 << 20));
    }

    /** Messages of a session or of a consumer. */
    static List<String> messages() {
        return List.of(
                "",
                "{",
                "[]",
                "{\"id\":1}",
                "{\"id\":1e400,\"op\":\"exec\"}",
                "{\"id\":\"x\",\"op\":\"exec\"}",
                "{\"id\":1,\"op\":\"dance\"}",
                "{\"id\":1,\"op\":\"fetch\",\"cursor\":9223372036854775807}",
                "{\"id\":1,\"op\":\"query\",\"sql\":\"select 1\",\"fetchSize\":-1}",
                "{\"id\":1,\"op\":\"query\",\"sql\":\"select 1\",\"fetchSize\":2147483648}",
                "{\"id\":1,\"op\":\"begin\",\"mode\":\"\"}",
                "{\"id\":1,\"op\":\"commit\"}",
                "{\"type\":\"subscribe\"}",
                "{\"type\":\"subscribe\",\"fromLsn\":\"-1\"}",
                "{\"type\":\"subscribe\",\"fromLsn\":\"18446744073709551616\"}",
                "{\"type\":\"subscribe\",\"fromLsn\":\"0\",\"maxBatchEvents\":0}",
                "{\"type\":\"subscribe\",\"fromLsn\":\"0\",\"maxBatchBytes\":2147483648}",
                "{\"type\":\"subscribe\",\"fromLsn\":\"0\",\"tables\":[" + "\"t\",".repeat(200_000) + "\"t\"]}",
                "{\"type\":\"ack\",\"sequence\":9223372036854775807,\"lsn\":\"0\"}",
                "{\"type\":\"nack\",\"sequence\":0,\"retryDelayMs\":9223372036854775807}");
    }

    /** Bytes that are not HTTP, or are malformed HTTP. */
    static List<String> bytes() {
        return List.of(
                "",
                "\r\n\r\n\r\n",
                "GET\r\n\r\n",
                "GET /health HTTP/9.9\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: localhost\r\n" + "X: y\r\n".repeat(20_000) + "\r\n",
                "GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + "y".repeat(1_000_000) + "\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/databases/%00/query HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/databases/..%2f..%2fetc HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "PUT /v1/databases/" + "a".repeat(64) + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
                "DELETE /v1/databases/../engine HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
                post("Content-Length: -1\r\n", ""),
                post("Content-Length: 99999999999999999999\r\n", ""),
                post("Content-Length: 9223372036854775807\r\n", "{}"),
                post("Content-Length: 5\r\nContent-Length: 6\r\n", "{}"),
                post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFF\r\n{}"),
                post("Transfer-Encoding: chunked\r\n", "zz\r\n"),
                post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"),
                post("Transfer-Encoding: gzip\r\n", "{}"),
                post("Content-Encoding: gzip\r\nContent-Length: 2\r\n", "{}"),
                post("Expect: 100-continue\r\nContent-Length: 2\r\n", "{}"),
                post("Expect: nothing\r\nContent-Length: 2\r\n", "{}"),
                post("Upgrade: h2c\r\nConnection: upgrade\r\nContent-Length: 2\r\n", "{}"),
                socket("Sec-WebSocket-Version: 99\r\n", ""),
                socket("Sec-WebSocket-Version: 13\r\n", "\u00ff\u00ff\u00ff\u00ff"),
                socket("Sec-WebSocket-Version: 13\r\n", "\u0081\u007f\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff"),
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003");
    }

    private static String post(String headers, String body) {
        return "POST /v1/databases/victim/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + headers + "\r\n" + body;
    }

    private static String socket(String headers, String frames) {
        return "GET /v1/databases/victim/session HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" + headers + "\r\n" + frames;
    }

    /** A text out of pieces of the others. */
    static String random(Random random, List<String> statements) {
        StringBuilder sql = new StringBuilder();
        int pieces = 1 + random.nextInt(4);
        for (int i = 0; i < pieces; i++) {
            String from = statements.get(random.nextInt(statements.size()));
            String[] words = from.substring(0, Math.min(300, from.length())).split(" ");
            int first = random.nextInt(words.length);
            int count = 1 + random.nextInt(words.length - first);
            for (int word = first; word < first + count; word++) {
                sql.append(words[word]).append(' ');
            }
        }
        return sql.toString();
    }
}
