/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * Answers sessions from one in-memory SQLite database, so that drivers read real PRAGMAs and real values. All sessions
 * share one connection; LSNs are counted commits.
 */
public final class SqliteBackend implements AutoCloseable {
    private final Connection sqlite;
    private final Map<Integer, ResultSet> cursors = new HashMap<>();
    private final ScriptedServer server;
    private int lastCursor;
    private int lsn;

    public SqliteBackend() throws Exception {
        sqlite = DriverManager.getConnection("jdbc:sqlite::memory:");
        server = new ScriptedServer();
        server.onText = (peer, text) -> peer.text(answer(JsonTrees.read(text)));
    }

    public int port() {
        return server.port();
    }

    /** What clients asked for, newest last, as JSON. */
    public Iterable<String> requests(int session) throws InterruptedException {
        ScriptedServer.Peer peer = null;
        for (int i = 0; i <= session; i++) {
            peer = server.nextPeer();
        }
        return peer.received;
    }

    @Override
    public void close() throws Exception {
        server.close();
        sqlite.close();
    }

    private synchronized String answer(JsonNode request) {
        ObjectNode reply = JsonTrees.object().put("id", request.get("id").longValue());
        try {
            reply.set("result", result(request));
        } catch (SQLException e) {
            String code = e.getMessage().contains("constraint") ? "CONSTRAINT_VIOLATION" : "SYNTAX_ERROR";
            reply.set("error", JsonTrees.object().put("code", code).put("message", "Cannot run: " + e.getMessage()));
        }
        return JsonTrees.write(reply);
    }

    private ObjectNode result(JsonNode request) throws SQLException {
        int fetchSize = request.path("fetchSize").asInt(1000);
        switch (request.get("op").asText()) {
            case "begin" -> {
                run(request.get("mode").asText().equals("immediate") ? "BEGIN IMMEDIATE" : "BEGIN");
                return JsonTrees.object().put("lsn", "" + lsn).put("epoch", "ab");
            }
            case "commit", "rollback" -> {
                run(request.get("op").asText());
                lsn++;
                return JsonTrees.object().put("lsn", "" + lsn);
            }
            case "exec" -> {
                return exec(request);
            }
            case "batch" -> {
                ObjectNode result = JsonTrees.object().put("lsn", "" + lsn);
                ArrayNode results = result.putArray("results");
                for (JsonNode each : request.get("statements")) {
                    results.add(exec(each));
                }
                return result;
            }
            case "query" -> {
                PreparedStatement statement = prepare(request);
                ResultSet rows = statement.executeQuery();
                cursors.put(++lastCursor, rows);
                ObjectNode result = describe(rows.getMetaData(), JsonTrees.object());
                return result.setAll(page(lastCursor, fetchSize));
            }
            case "fetch" -> {
                return page(request.get("cursor").intValue(), fetchSize);
            }
            case "closeCursor" -> {
                cursors.remove(request.get("cursor").intValue()).close();
                return JsonTrees.object();
            }
            case "status" -> {
                return (ObjectNode) JsonTrees.read("{\"name\": \"shop\", \"epoch\": \"ab\", \"lsn\": \"1\","
                        + " \"durableLsn\": \"1\", \"oldestLsn\": \"0\"}");
            }
            default -> throw new SQLException("unknown operation");
        }
    }

    private void run(String sql) throws SQLException {
        try (var statement = sqlite.createStatement()) {
            statement.execute(sql);
        }
    }

    private ObjectNode exec(JsonNode request) throws SQLException {
        ObjectNode result = JsonTrees.object().put("lsn", "" + lsn);
        try (PreparedStatement statement = prepare(request)) {
            if (statement.execute()) {
                ResultSet rows = statement.getResultSet();
                describe(rows.getMetaData(), result);
                ArrayNode list = result.putArray("rows");
                while (rows.next()) {
                    list.add(row(rows));
                }
            }
            result.put("changes", Math.max(0, statement.getUpdateCount()));
        }
        try (var statement = sqlite.createStatement();
                ResultSet rowid = statement.executeQuery("SELECT last_insert_rowid()")) {
            result.put("lastInsertRowid", rowid.getLong(1));
            if (request.get("sql").asText().startsWith("INSERT")) {
                result.put("generatedKey", rowid.getLong(1));
            }
        }
        return result;
    }

    private PreparedStatement prepare(JsonNode request) throws SQLException {
        PreparedStatement statement = sqlite.prepareStatement(request.get("sql").asText());
        int number = 1;
        for (JsonNode value : request.path("params")) {
            statement.setObject(number++, value.isBoolean() ? (Object) value.asInt() : JsonValues.fromJson(value));
        }
        return statement;
    }

    private ObjectNode page(int cursor, int fetchSize) throws SQLException {
        ObjectNode result = JsonTrees.object();
        ArrayNode list = result.putArray("rows");
        ResultSet rows = cursors.get(cursor);
        while (list.size() < fetchSize) {
            if (!rows.next()) {
                cursors.remove(cursor).close();
                return result;
            }
            list.add(row(rows));
        }
        return result.put("cursor", cursor);
    }

    private static ArrayNode row(ResultSet rows) throws SQLException {
        ArrayNode row = JsonTrees.object().putArray("row");
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            Object value = rows.getObject(i);
            row.add(JsonValues.toJson(value instanceof Integer number ? (Object) number.longValue() : value));
        }
        return row;
    }

    private static ObjectNode describe(ResultSetMetaData columns, ObjectNode result) throws SQLException {
        ArrayNode list = result.putArray("columns");
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            String type = columns.getTableName(i).isEmpty() ? "" : columns.getColumnTypeName(i);
            list.add(JsonTrees.object().put("name", columns.getColumnLabel(i)).put("declaredType", type));
        }
        return result;
    }
}
