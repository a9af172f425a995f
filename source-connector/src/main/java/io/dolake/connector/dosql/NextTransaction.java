/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import java.time.Duration;

/** The first transaction with events after an LSN. */
final class NextTransaction {
    private static final Duration POLL = Duration.ofMillis(100);

    private final EngineConnection engine;
    private final String database;
    private final String epoch;
    private final Lsn after;

    NextTransaction(EngineConnection engine, String database, String epoch, Lsn after) {
        this.engine = engine;
        this.database = database;
        this.epoch = epoch;
        this.after = after;
    }

    /**
     * The number of its events, 0 if there is no transaction; counted only up to the requested number.
     *
     * @param newest the end of the log
     */
    long events(long atLeast, Lsn newest, Duration timeout) {
        CdcOptions options = CdcOptions.from(after);
        Counter counter = new Counter();
        long deadline = System.nanoTime() + timeout.toNanos();
        try (CdcStream stream = engine.subscribe(
                database,
                new CdcOptions(
                        after, epoch, options.tables(), null, options.maxBatchEvents(), options.maxBatchBytes()))) {
            while (!counter.ended && counter.events < atLeast) {
                CdcStream.Message message = stream.poll(POLL);
                if (message instanceof CdcStream.Batch batch) {
                    batch.decode(counter);
                    stream.ack(batch.sequence(), after, 0);
                } else if (message instanceof CdcStream.KeepAlive keepAlive
                        && !keepAlive.lsn().isBefore(newest)) {
                    return counter.events;
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new DoLakeException(
                            ErrorCode.TIMEOUT,
                            "Cannot count the events after LSN " + after + " of database " + database + ": not read in "
                                    + timeout.toMillis() + " ms");
                }
            }
            return counter.events;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DoLakeException(
                    ErrorCode.TIMEOUT,
                    "Cannot count the events after LSN " + after + " of database " + database + ": interrupted",
                    e);
        }
    }

    private static final class Counter implements ChangeListener {
        private long events;
        private boolean ended;

        @Override
        public void begin(Lsn lsn, long commitTimeMs) {}

        @Override
        public void schemaChange(SchemaChange change) {
            saw(change.event());
        }

        @Override
        public void rowChange(RowChange change) {
            saw(change.event());
        }

        @Override
        public void commit(long count) {
            ended = true;
        }

        private void saw(long event) {
            events = ended ? events : Math.max(events, event + 1);
        }
    }
}
