/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;

/**
 * The calls that a catalog makes of AWS Glue, over HTTP as AWS does (JSON 1.1), kept in memory. There is no
 * server of Glue to be had. An update names the version it has seen, and is refused if that is not the newest.
 */
final class GlueServer implements AutoCloseable {
    private static final String TARGET = "AWSGlue.";

    private final ObjectMapper json = new ObjectMapper();
    private final HttpServer server;
    private final Map<String, ObjectNode> databases = new TreeMap<>();
    private final Map<String, ObjectNode> tables = new TreeMap<>();

    GlueServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** An error of Glue. */
    private static final class GlueException extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final String type;

        GlueException(String type, String message) {
            super(message);
            this.type = type;
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode request = json.readTree(exchange.getRequestBody().readAllBytes());
            String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
            int status = 200;
            ObjectNode answer;
            try {
                answer = answer(target.substring(TARGET.length()), request);
            } catch (GlueException e) {
                status = 400;
                exchange.getResponseHeaders().add("x-amzn-ErrorType", e.type);
                answer = json.createObjectNode().put("__type", e.type).put("Message", e.getMessage());
            }
            byte[] body = json.writeValueAsBytes(answer);
            exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private synchronized ObjectNode answer(String operation, JsonNode request) {
        ObjectNode answer = json.createObjectNode();
        switch (operation) {
            case "CreateDatabase" ->
                add(databases, text(request.path("DatabaseInput"), "Name"), request.get("DatabaseInput"));
            case "GetDatabase" -> answer.set("Database", get(databases, text(request, "Name")));
            case "GetDatabases" -> answer.putArray("DatabaseList").addAll(databases.values());
            case "CreateTable" -> {
                get(databases, text(request, "DatabaseName"));
                JsonNode input = request.get("TableInput");
                ObjectNode table = add(tables, text(request, "DatabaseName") + "." + text(input, "Name"), input);
                table.set("DatabaseName", request.get("DatabaseName"));
                table.put("VersionId", "0");
            }
            case "GetTable" -> answer.set("Table", get(tables, table(request)));
            case "GetTables" -> {
                String prefix = text(request, "DatabaseName") + ".";
                tables.forEach((name, table) -> {
                    if (name.startsWith(prefix)) {
                        answer.withArray("TableList").add(table);
                    }
                });
            }
            case "UpdateTable" -> update(request);
            case "DeleteTable" -> {
                get(tables, table(request));
                tables.remove(table(request));
            }
            default -> throw new GlueException("InvalidInputException", "no operation " + operation + " here");
        }
        return answer;
    }

    private void update(JsonNode request) {
        String name = text(request, "DatabaseName") + "." + text(request.path("TableInput"), "Name");
        ObjectNode old = get(tables, name);
        if (!text(request, "VersionId").equals(text(old, "VersionId"))) {
            throw new GlueException("ConcurrentModificationException", name + " is at " + text(old, "VersionId"));
        }
        ObjectNode table = request.get("TableInput").deepCopy();
        table.set("DatabaseName", old.get("DatabaseName"));
        table.put("VersionId", Integer.toString(Integer.parseInt(text(old, "VersionId")) + 1));
        tables.put(name, table);
    }

    private static String table(JsonNode request) {
        return text(request, "DatabaseName") + "." + text(request, "Name");
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText();
    }

    private static ObjectNode add(Map<String, ObjectNode> all, String name, JsonNode value) {
        if (all.containsKey(name)) {
            throw new GlueException("AlreadyExistsException", name + " is there already");
        }
        ObjectNode copy = value.deepCopy();
        all.put(name, copy);
        return copy;
    }

    private static ObjectNode get(Map<String, ObjectNode> all, String name) {
        ObjectNode value = all.get(name);
        if (value == null) {
            throw new GlueException("EntityNotFoundException", "there is no " + name);
        }
        return value;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
