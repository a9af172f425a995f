/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.faults;

import io.dolake.engine.client.CdcOptions;
import io.dolake.engine.client.CdcStream;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.Operation;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.SqliteRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The events that a consumer receives, as one line of text for each, and the LSN of each marker of
 * {@link FaultWorkload}.
 */
final class FaultEvents implements ChangeListener {
    private final List<String> lines = new ArrayList<>();
    private final Map<Long, Lsn> markers = new TreeMap<>();
    private Lsn lsn = Lsn.ZERO;
    private volatile boolean stopped;

    @Override
    public void begin(Lsn newLsn, long commitTimeMs) {
        lsn = newLsn;
        lines.add("begin " + newLsn + " at " + commitTimeMs);
    }

    @Override
    public void schemaChange(SchemaChange change) {
        lines.add(change.toString());
    }

    @Override
    public void rowChange(RowChange change) {
        Operation operation = change.operation();
        lines.add(change.event() + " " + operation + " " + change.schema().name() + " " + change.rowid() + " "
                + (operation == Operation.CREATE ? "" : hex(change.before())) + " -> "
                + (operation == Operation.DELETE ? "" : hex(change.after())));
        if (operation == Operation.CREATE && change.schema().name().equals(FaultWorkload.MARKERS)) {
            Object[] row = SqliteRecord.values(change.schema(), change.rowid(), change.after());
            if (markers.put((Long) row[0], lsn) != null) {
                throw new AssertionError("marker " + row[0] + " came twice");
            }
        }
    }

    private static String hex(ByteSlice slice) {
        return HexFormat.of().formatHex(slice.array(), slice.offset(), slice.offset() + slice.length());
    }

    @Override
    public void commit(long events) {
        lines.add("commit of " + events);
    }

    List<String> lines() {
        return lines;
    }

    Map<Long, Lsn> markers() {
        return markers;
    }

    Lsn lsn() {
        return lsn;
    }

    /** Ends {@link #follow}. */
    void stop() {
        stopped = true;
    }

    /** Takes in what comes from LSN 0, until stopped or the engine is gone. */
    Void follow(DoSqlClient client, String database) throws InterruptedException {
        try (CdcStream stream = client.subscribe(database, CdcOptions.from(Lsn.ZERO))) {
            while (!stopped) {
                take(stream);
            }
        } catch (DoLakeException e) {
            if (e.code() != ErrorCode.CONNECTION_ERROR) {
                throw e;
            }
        }
        return null;
    }

    /** Takes in everything up to an LSN, in small batches. */
    static FaultEvents read(DoSqlClient client, String database, Lsn end) throws InterruptedException {
        FaultEvents events = new FaultEvents();
        CdcOptions options = new CdcOptions(Lsn.ZERO, null, List.of(), "lines", 7, 5_000);
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        try (CdcStream stream = client.subscribe(database, options)) {
            Lsn reached = Lsn.ZERO;
            while (reached.isBefore(end)) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("still at " + reached + " of " + end);
                }
                reached = events.take(stream) instanceof CdcStream.KeepAlive keepAlive ? keepAlive.lsn() : reached;
            }
        }
        return events;
    }

    private CdcStream.Message take(CdcStream stream) throws InterruptedException {
        CdcStream.Message message = stream.poll(Duration.ofMillis(100));
        if (message instanceof CdcStream.Batch batch) {
            batch.decode(this);
            stream.ack(batch.sequence(), lsn, 0);
        }
        return message;
    }
}
