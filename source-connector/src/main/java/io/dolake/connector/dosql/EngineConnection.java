/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.Session;
import java.util.List;

/** What the connector needs of a DoSQL server. Every method throws DoLakeException with the code the server gave. */
interface EngineConnection extends AutoCloseable {

    /** Throws unless the server is well. */
    void health();

    List<String> databases();

    DatabaseStatus status(String database);

    Session session(String database);

    CdcStream subscribe(String database, CdcOptions options);

    @Override
    void close();
}
