/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Client of one DoSQL server. Thread-safe. Every method throws {@link DoLakeException} with the code, hint and details
 * that the server gave; CONNECTION_ERROR or TIMEOUT where it gave none.
 */
public final class DoSqlClient implements AutoCloseable {
    private DoSqlClient() {}

    /** @param server base address, {@code http://host:port} or {@code https://host:port} */
    public static Builder builder(URI server) {
        throw new UnsupportedOperationException();
    }

    /** Settings of a client; each has a default. */
    public interface Builder {
        Builder connectTimeout(Duration timeout);

        Builder requestTimeout(Duration timeout);

        DoSqlClient build();
    }

    /** Throws unless the server answers that it is well. */
    public void health() {
        throw new UnsupportedOperationException();
    }

    /** Names, in order. */
    public List<String> databases() {
        throw new UnsupportedOperationException();
    }

    public DatabaseStatus status(String database) {
        throw new UnsupportedOperationException();
    }

    /** Creates the database if it does not exist. */
    public DatabaseStatus create(String database) {
        throw new UnsupportedOperationException();
    }

    public void drop(String database) {
        throw new UnsupportedOperationException();
    }

    /** Sends the file; the database must not exist. */
    public DatabaseStatus importDatabase(String database, Path file) {
        throw new UnsupportedOperationException();
    }

    public QueryResult query(String database, Statement statement) {
        throw new UnsupportedOperationException();
    }

    public ExecResult exec(String database, Statement statement) {
        throw new UnsupportedOperationException();
    }

    /** All statements or none. One result per statement; each carries the LSN of the whole. */
    public List<ExecResult> batch(String database, List<Statement> statements) {
        throw new UnsupportedOperationException();
    }

    public Session session(String database) {
        throw new UnsupportedOperationException();
    }

    /** Opens a change stream; returns when the server has accepted the position. */
    public CdcStream subscribe(String database, CdcOptions options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
