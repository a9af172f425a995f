/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.engine;

import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.database.Database;
import io.dolake.engine.server.database.Engine;
import io.dolake.engine.server.database.SqlSession;
import io.dolake.engine.server.sql.SqlRequest;
import io.dolake.engine.server.sqltext.SqlText;
import io.dolake.engine.server.support.Memory;
import io.dolake.schemas.Lsn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** A session of the engine, without network. */
final class EngineWriter implements RowWriter {
    private final Engine engine;
    private final Database database;
    private final SqlSession session;
    private final Map<String, SqlText> texts = new HashMap<>();
    private final Memory memory = new Memory(Long.MAX_VALUE);
    private Lsn countedFrom = Lsn.ZERO;

    EngineWriter(ServerConfig config) {
        engine = Engine.open(config);
        database = engine.create("bench");
        session = database.openSession("bench");
    }

    Database database() {
        return database;
    }

    @Override
    public void execute(String sql) {
        session.exec(new SqlRequest(SqlText.of(sql), List.of()), memory.lease());
    }

    @Override
    public void transaction(String sql, List<List<Object>> rows) {
        SqlText text = texts.computeIfAbsent(sql, SqlText::of);
        if (rows.size() == 1) {
            session.exec(new SqlRequest(text, rows.get(0)), memory.lease());
            return;
        }
        List<SqlRequest> requests = new ArrayList<>(rows.size());
        rows.forEach(row -> requests.add(new SqlRequest(text, row)));
        session.batch(requests, memory.lease());
    }

    /** One transaction of so many statements. */
    void numbered(String sql, int count, IntFunction<Object[]> parameters) {
        List<List<Object>> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rows.add(List.of(parameters.apply(i)));
        }
        transaction(sql, rows);
    }

    @Override
    public void count() {
        countedFrom = database.lsn();
    }

    @Override
    public long counted() {
        return database.lsn().value() - countedFrom.value();
    }

    @Override
    public void close() {
        session.close();
        engine.close();
    }
}
