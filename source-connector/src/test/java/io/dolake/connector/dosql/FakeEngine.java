/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.Session;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.util.ArrayList;
import java.util.List;

/** An engine whose network can fail: it lists databases and their status, or throws. */
final class FakeEngine implements EngineConnection {
    List<String> databases = new ArrayList<>();
    DoLakeException failure;
    boolean closed;

    private void fail() {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void health() {
        fail();
    }

    @Override
    public List<String> databases() {
        fail();
        return List.copyOf(databases);
    }

    @Override
    public DatabaseStatus status(String database) {
        fail();
        if (!databases.contains(database)) {
            throw new DoLakeException(ErrorCode.DATABASE_NOT_FOUND, "Cannot find database " + database);
        }
        return new DatabaseStatus(database, Fixtures.EPOCH, new Lsn(90), new Lsn(90), new Lsn(10), 0, 0, 0, List.of());
    }

    @Override
    public Session session(String database) {
        throw new UnsupportedOperationException("no sessions");
    }

    @Override
    public CdcStream subscribe(String database, CdcOptions options) {
        throw new UnsupportedOperationException("no streams");
    }

    @Override
    public void close() {
        closed = true;
    }
}
