/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.TableSchema;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Client of one DoSQL server. Thread-safe. Every method throws {@link DoLakeException} with the code, hint and details
 * that the server gave; CONNECTION_ERROR or TIMEOUT where it gave none. Calls that only read are tried again while no
 * connection comes about; a call with effects is sent once.
 */
public final class DoSqlClient implements AutoCloseable {
    private final HttpTransport transport;
    private final WebSocketConnector connector;
    private final ClientConfig config;
    private final ConnectionMonitor links;

    DoSqlClient(ClientConfig config) {
        this.config = config;
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(config.connectTimeout())
                .build();
        transport = new HttpTransport(config, http);
        connector = new WebSocketConnector(config, http, transport);
        links = new ConnectionMonitor(config.heartbeatTimeout());
    }

    /** @param server base address, {@code http://host:port} or {@code https://host:port} */
    public static Builder builder(URI server) {
        return new ClientBuilder(server);
    }

    /** Settings of a client; each has a default. {@code build} throws INVALID_ARGUMENT for one that makes no sense. */
    public interface Builder {
        /** Default 5 s. */
        Builder connectTimeout(Duration timeout);

        /** From the first byte sent to the last byte of the answer; default 60 s. Also of each request of a session. */
        Builder requestTimeout(Duration timeout);

        /** The same, for importing a file; default 15 min. */
        Builder uploadTimeout(Duration timeout);

        /** A session or stream over which nothing comes for so long, not even an answer to a ping, is dead; 20 s. */
        Builder heartbeatTimeout(Duration timeout);

        /** How often a call that only reads is tried while no connection comes about; default 4. */
        Builder readAttempts(int attempts);

        /** Largest answer or message taken; default 256 MiB. */
        Builder maxMessageBytes(int bytes);

        DoSqlClient build();
    }

    /** Throws unless the server answers, at the first attempt, that it is well. */
    public void health() {
        JsonNode health = transport.readOnce("/health");
        if (!"ok".equals(health.path("status").asText())) {
            throw new DoLakeException(
                    ErrorCode.INTERNAL_ERROR,
                    "Cannot use DoSQL at " + config.endpoint() + ": it says " + Json.excerpt(health.toString()));
        }
    }

    /** Names, in order. */
    public List<String> databases() {
        List<String> names = new ArrayList<>();
        JsonNode page = transport.read("GET", "/v1/databases", null);
        names.addAll(ReplyReader.databases(page));
        while (page.hasNonNull("next")) {
            page = transport.read("GET", "/v1/databases?after=" + ReplyReader.text(page, "next"), null);
            names.addAll(ReplyReader.databases(page));
        }
        return List.copyOf(names);
    }

    public DatabaseStatus status(String database) {
        return ReplyReader.status(transport.read("GET", ClientConfig.path(database), null));
    }

    /** The tables that are captured, by name, described as in the change log. */
    public List<TableSchema> schema(String database) {
        return ReplyReader.tables(transport.read("GET", ClientConfig.path(database, "schema"), null));
    }

    /** Creates the database if it does not exist. */
    public DatabaseStatus create(String database) {
        return ReplyReader.status(transport.write("PUT", ClientConfig.path(database), null));
    }

    public void drop(String database) {
        transport.write("DELETE", ClientConfig.path(database), null);
    }

    /** Sends the file; the database must not exist. */
    public DatabaseStatus importDatabase(String database, Path file) {
        return ReplyReader.status(transport.upload(ClientConfig.path(database, "import"), file));
    }

    /**
     * Sends what the stream gives, up to its end, and does not close it. If reading fails, nothing is imported, and the
     * failure is thrown as it is where it is unchecked.
     */
    public DatabaseStatus importDatabase(String database, InputStream content) {
        return ReplyReader.status(transport.upload(ClientConfig.path(database, "import"), content));
    }

    /** Rows at once, as many as the server gives. Tried again only if the statement surely changes nothing. */
    public QueryResult query(String database, Statement statement) {
        return query(database, statement, Json.statement(statement));
    }

    /** The same, with at most so many rows. */
    public QueryResult query(String database, Statement statement, long maxRows) {
        return query(database, statement, Json.statement(statement).put("maxRows", maxRows));
    }

    private QueryResult query(String database, Statement statement, ObjectNode request) {
        String path = ClientConfig.path(database, "query");
        return ReplyReader.query(
                SqlText.onlyReads(statement.sql())
                        ? transport.read("POST", path, request)
                        : transport.write("POST", path, request));
    }

    public ExecResult exec(String database, Statement statement) {
        return ReplyReader.exec(
                transport.write("POST", ClientConfig.path(database, "exec"), Json.statement(statement)));
    }

    /** All statements or none. One result per statement; each carries the LSN of the whole. */
    public List<ExecResult> batch(String database, List<Statement> statements) {
        return ReplyReader.batch(
                transport.write("POST", ClientConfig.path(database, "batch"), Json.statements(statements)));
    }

    /**
     * Has the server look at some segments of the change log: checksums, order, completeness.
     *
     * @param afterId those behind this one; 0 for the oldest
     */
    public LogCheck verifyLog(String database, long afterId) {
        return ReplyReader.logCheck(transport.read(
                "POST", ClientConfig.path(database, "wal/verify"), Json.object().put("afterId", afterId)));
    }

    public Session session(String database) {
        links.throwIfClosed();
        return WebSocketSession.open(database, config, connector, links);
    }

    /** Opens a change stream; returns when the server has accepted the position. */
    public CdcStream subscribe(String database, CdcOptions options) {
        links.throwIfClosed();
        return WebSocketCdcStream.open(database, options, config, connector, links);
    }

    /** Closes its sessions and streams too. */
    @Override
    public void close() {
        links.close();
    }
}
