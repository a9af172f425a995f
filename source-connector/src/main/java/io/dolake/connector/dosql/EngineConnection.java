/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.Session;
import java.util.List;

/**
 * The operations of a DoSQL server that the connector uses. Every method throws DoLakeException with the server's code.
 */
interface EngineConnection extends AutoCloseable {

    /** Throws unless the server is healthy. */
    void health();

    List<String> databases();

    DatabaseStatus status(String database);

    Session session(String database);

    CdcStream subscribe(String database, CdcOptions options);

    @Override
    void close();
}
