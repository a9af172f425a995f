/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.SqliteRecord;
import java.time.Duration;

/** A change stream of a database, which notes when each row arrives: it is in the durable change log then. */
final class LogReaderThread extends Thread implements AutoCloseable, ChangeListener {
    private final CdcStream stream;
    private final Arrivals arrivals;
    private Lsn lsn = Lsn.ZERO;
    private volatile boolean ended;

    LogReaderThread(DoSqlClient client, String database, Arrivals arrivals) {
        super("reader-log");
        setDaemon(true);
        this.arrivals = arrivals;
        stream = client.subscribe(
                database, CdcOptions.from(client.status(database).lsn()));
        start();
    }

    @Override
    public void run() {
        try (stream) {
            while (!ended) {
                if (stream.poll(Duration.ofMillis(100)) instanceof CdcStream.Batch batch) {
                    batch.decode(this);
                    stream.ack(batch.sequence(), lsn, 0);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void begin(Lsn begun, long commitTimeMs) {
        lsn = begun;
    }

    @Override
    public void schemaChange(SchemaChange change) {}

    @Override
    public void rowChange(RowChange change) {
        if (change.after() != null) {
            Object[] row = SqliteRecord.values(change.afterSchema(), change.rowid(), change.after());
            if (row[row.length - 1] instanceof Long mark) {
                arrivals.seen(mark);
            }
        }
    }

    @Override
    public void commit(long events) {}

    @Override
    public void close() throws InterruptedException {
        ended = true;
        join();
    }
}
