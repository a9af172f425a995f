/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.schemas.Lsn;
import java.time.Duration;

/** Replays a change stream into {@link ReplayedTables}, and acknowledges it. */
public final class Consumer {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private Consumer() {}

    /** Reads until everything up to an LSN was received. */
    public static void readTo(Lsn end, DoSqlClient client, String database, ReplayedTables tables) {
        readTo(end, client, database, tables, 100, 1 << 16);
    }

    public static void readTo(
            Lsn end, DoSqlClient client, String database, ReplayedTables tables, int maxEvents, int maxBytes) {
        CdcOptions options = new CdcOptions(tables.lsn(), null, java.util.List.of(), "test", maxEvents, maxBytes);
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        try (CdcStream stream = client.subscribe(database, options)) {
            Lsn reached = tables.lsn();
            while (reached.isBefore(end)) {
                assertThat(System.nanoTime())
                        .as("still at %s of %s", reached, end)
                        .isLessThan(deadline);
                CdcStream.Message message = stream.poll(Duration.ofSeconds(1));
                if (message instanceof CdcStream.Batch batch) {
                    batch.decode(tables);
                    stream.ack(batch.sequence(), tables.lsn(), 0.1);
                    reached = tables.isBetweenTransactions() ? tables.lsn() : reached;
                } else if (message instanceof CdcStream.KeepAlive keepAlive && tables.isBetweenTransactions()) {
                    // One may also come between two batches of a transaction.
                    reached = keepAlive.lsn();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        assertThat(tables.isBetweenTransactions()).isTrue();
    }
}
