/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.testkit;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.Operation;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A change stream as one line for each entry, with all of its content: equal lines mean equal entries. */
public final class EventLines implements ChangeListener {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final List<String> lines = new ArrayList<>();
    private Lsn lsn = Lsn.ZERO;
    private boolean open;

    /** Everything after an LSN up to another; checks nothing, so that a test can look at an incomplete one. */
    public static EventLines read(DoSqlClient client, String database, Lsn from, Lsn end, int maxEvents)
            throws InterruptedException {
        EventLines events = new EventLines();
        events.readOn(client, database, from, end, maxEvents);
        return events;
    }

    public void readOn(DoSqlClient client, String database, Lsn from, Lsn end, int maxEvents)
            throws InterruptedException {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        Lsn reached = from;
        CdcOptions options = new CdcOptions(from, null, List.of(), "lines", maxEvents, 1 << 18);
        try (CdcStream stream = client.subscribe(database, options)) {
            while (reached.isBefore(end) && System.nanoTime() < deadline) {
                CdcStream.Message message = stream.poll(Duration.ofSeconds(1));
                if (message instanceof CdcStream.Batch batch) {
                    batch.decode(this);
                    stream.ack(batch.sequence(), lsn, 0.1);
                    reached = open ? reached : lsn;
                } else if (message instanceof CdcStream.KeepAlive keepAlive) {
                    reached = keepAlive.lsn();
                }
            }
        }
    }

    public List<String> lines() {
        return lines;
    }

    /** The lines of the transactions after an LSN. */
    public List<String> after(Lsn from) {
        return lines.stream()
                .filter(line -> Lsn.parse(line.substring(0, line.indexOf(' '))).isAfter(from))
                .toList();
    }

    @Override
    public void begin(Lsn newLsn, long commitTimeMs) {
        lsn = newLsn;
        open = true;
        lines.add(lsn + " begin " + commitTimeMs);
    }

    @Override
    public void schemaChange(SchemaChange change) {
        lines.add(lsn + " " + change.event() + " " + change.kind() + " " + change.name() + " " + change.sql());
    }

    @Override
    public void rowChange(RowChange change) {
        lines.add(lsn + " " + change.event() + " " + change.operation().code() + " "
                + change.schema().name() + " " + change.rowid()
                + (change.operation() == Operation.CREATE ? "" : " " + hash(change.before()))
                + (change.operation() == Operation.DELETE ? "" : " " + hash(change.after())));
    }

    private static int hash(ByteSlice slice) {
        return java.util.Arrays.hashCode(slice.toBytes());
    }

    @Override
    public void commit(long events) {
        open = false;
        lines.add(lsn + " commit " + events);
    }
}
