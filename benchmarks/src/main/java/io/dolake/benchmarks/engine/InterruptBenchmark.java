/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.engine;

import io.dolake.benchmarks.Benchmark;
import io.dolake.benchmarks.Directories;
import io.dolake.benchmarks.Options;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.database.Database;
import io.dolake.engine.server.database.Engine;
import io.dolake.engine.server.sql.SqlRequest;
import io.dolake.engine.server.sql.UserConnection;
import io.dolake.engine.server.sqltext.SqlText;
import io.dolake.engine.server.support.Memory;
import io.dolake.schemas.DoLakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How much longer than its deadline a statement runs that SQLite itself would not interrupt: the largest values and the longest
 * patterns that the engine lets it have.
 */
public final class InterruptBenchmark implements Benchmark {
    private static final long TIMEOUT_MS = 500;

    @Override
    public String title() {
        return "interrupt: how long statements run beyond their deadline of " + TIMEOUT_MS + " ms";
    }

    private static Map<String, String> statements(int bytes) {
        String a = "replace(hex(zeroblob(" + (bytes / 2 - 8) + ")), '0', 'a')";
        String half = "substr(" + a + ", " + bytes / 2 + ")";
        Map<String, String> statements = new LinkedHashMap<>();
        statements.put("instr, a text and half of it", "select instr(" + a + ", " + half + " || 'b')");
        statements.put("replace, the same", "select replace(" + a + ", " + half + " || 'b', '')");
        statements.put("trim, the same", "select trim(" + a + ", replace(" + half + ", 'a', 'b') || 'a')");
        statements.put("unhex, the same", "select unhex(replace(" + a + ", 'a', 'x'), " + half + " || 'x')");
        return statements;
    }

    private static Map<String, String> bounded(int most) {
        Map<String, String> statements = new LinkedHashMap<>();
        for (int pattern : new int[] {48, 990}) {
            int bytes = SqlText.of("select 'a' like '" + "a".repeat(pattern) + "'")
                    .unstoppable()
                    .maxValueBytes(most);
            String zeros = "hex(zeroblob(" + (bytes / 2 - 8) + "))";
            statements.put(
                    "LIKE, pattern of " + pattern + " bytes",
                    "select " + zeros + " like '%" + "0".repeat(pattern - 2) + "b'");
            statements.put(
                    "GLOB, the same with character classes, " + pattern,
                    "select " + zeros + " glob '*" + "[^b]".repeat(pattern / 4 - 1) + "b'");
        }
        String object = "'{' || substr(replace(hex(zeroblob(%d)), '00', ',%s'), 2) || '}'";
        int members = SqlText.of("select json_patch(1, 2)").unstoppable().maxValueBytes(most) / 9 - 2;
        statements.put(
                "json_patch, as many members as fit",
                "select json_patch(" + String.format(object, members, "\"a\":1") + ", "
                        + String.format(object, members, "\"b\":null") + ")");
        return statements;
    }

    @Override
    public void run(Options options) throws Exception {
        int bytes = options.number("bytes", (int) Limit.MAX_VALUE_BYTES.initial());
        Path directory = Files.createTempDirectory(Path.of(options.text("dir", "/tmp")), "dolake-interrupt");
        ServerConfig config = ServerConfig.of(directory)
                .withLimit(Limit.MAX_VALUE_BYTES, bytes)
                .withLimit(Limit.QUERY_TIMEOUT_MS, TIMEOUT_MS);
        try (Engine engine = Engine.open(config)) {
            Database database = engine.create("a");
            Map<String, String> all = statements(bytes);
            all.putAll(bounded(bytes));
            all.forEach((name, sql) -> System.out.printf("%-40s %s%n", name, beyond(engine, database, sql)));
        } finally {
            Directories.delete(directory);
        }
    }

    private static String beyond(Engine engine, Database database, String sql) {
        long begin = System.nanoTime();
        String end = "ended";
        try (Memory.Lease lease = engine.resources().memory().lease()) {
            SqlRequest request = new SqlRequest(SqlText.of(sql), List.of());
            database.read(connection -> connection.run(request, new UserConnection.Page(10, 1 << 20, lease)));
        } catch (DoLakeException e) {
            end = e.code().toString();
        }
        long ms = (System.nanoTime() - begin) / 1_000_000;
        return String.format("%6d ms  %s", Math.max(0, ms - TIMEOUT_MS), end);
    }
}
