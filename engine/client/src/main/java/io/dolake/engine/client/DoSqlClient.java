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
import java.util.function.Supplier;

/**
 * The client of one DoSQL server. Thread-safe. Every method throws {@link DoLakeException} with the code, hint and
 * details of the server's error; CONNECTION_ERROR or TIMEOUT if the server did not answer. Calls that only read are
 * retried if no connection can be made; a call with effects is sent once.
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

    /** Settings of a client; each has a default. {@code build} throws INVALID_ARGUMENT for an invalid one. */
    public interface Builder {
        /** Time limit for making a connection; default 5 s. */
        Builder connectTimeout(Duration timeout);

        /**
         * Time from the first byte sent to the last byte of the answer, also for each request of a session; default 60
         * s.
         */
        Builder requestTimeout(Duration timeout);

        /** The same, for importing a file; default 15 min. */
        Builder uploadTimeout(Duration timeout);

        /**
         * A session or stream that receives nothing for this long, not even the answer to a ping, is dead; default 20
         * s.
         */
        Builder heartbeatTimeout(Duration timeout);

        /** Attempts of a call that only reads, if no connection can be made; default 4. */
        Builder readAttempts(int attempts);

        /** Largest answer or message accepted; default 256 MiB. */
        Builder maxMessageBytes(int bytes);

        /** An API key or JSON web token, sent with every call; default none. It goes in clear text over http. */
        Builder token(String token);

        /**
         * Gives the token: asked at the first call, and again after the server has refused one, upon which the refused
         * call, which had no effect, is sent once more. May be called from any thread, by one at a time.
         */
        Builder token(Supplier<String> supplier);

        DoSqlClient build();
    }

    /** Checks the server; throws unless it answers, at the first attempt, that it is healthy. */
    public void health() {
        JsonNode health = transport.readOnce("/health");
        if (!"ok".equals(health.path("status").asText())) {
            throw new DoLakeException(
                    ErrorCode.INTERNAL_ERROR,
                    "Cannot use DoSQL at " + config.endpoint() + ": it reports "
                            + JsonTrees.excerpt(health.toString()));
        }
    }

    /** The names of all databases, in order. */
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

    /** The captured tables, by name, described as in the change log. */
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

    /** Imports a database file; the database must not exist. */
    public DatabaseStatus importDatabase(String database, Path file) {
        return ReplyReader.status(transport.upload(ClientConfig.path(database, "import"), file));
    }

    /**
     * Imports a database file from a stream, which is read to its end and not closed. If reading fails, nothing is
     * imported, and an unchecked failure is thrown unchanged.
     */
    public DatabaseStatus importDatabase(String database, InputStream content) {
        return ReplyReader.status(transport.upload(ClientConfig.path(database, "import"), content));
    }

    /**
     * Runs a query and returns its rows at once, up to the server's limit. Retried only if the statement certainly
     * changes nothing.
     */
    public QueryResult query(String database, Statement statement) {
        return query(database, statement, JsonTrees.statement(statement));
    }

    /** The same, with at most this number of rows. */
    public QueryResult query(String database, Statement statement, long maxRows) {
        return query(database, statement, JsonTrees.statement(statement).put("maxRows", maxRows));
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
                transport.write("POST", ClientConfig.path(database, "exec"), JsonTrees.statement(statement)));
    }

    /**
     * Runs all statements or none, as one transaction. Returns one result per statement; each has the LSN of the
     * transaction.
     */
    public List<ExecResult> batch(String database, List<Statement> statements) {
        return ReplyReader.batch(
                transport.write("POST", ClientConfig.path(database, "batch"), JsonTrees.statements(statements)));
    }

    /**
     * Verifies some segments of the change log on the server: checksums, order, completeness.
     *
     * @param afterId the segment before the first one to verify; 0 to begin with the oldest
     */
    public LogCheck verifyLog(String database, long afterId) {
        return ReplyReader.logCheck(transport.read(
                "POST",
                ClientConfig.path(database, "wal/verify"),
                JsonTrees.object().put("afterId", afterId)));
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

    /** Closes the client with its sessions and streams. */
    @Override
    public void close() {
        links.close();
    }
}
