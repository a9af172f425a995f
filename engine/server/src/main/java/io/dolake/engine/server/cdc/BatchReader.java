/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.cdc;

import io.dolake.engine.server.archive.Segment;
import io.dolake.engine.server.changelog.LogReader;
import io.dolake.schemas.ChangeDecoder;
import io.dolake.schemas.ChangeEncoder;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.SqliteNames;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads the change log from an LSN on and cuts it into the batches of one subscription. A batch holds changes of the
 * subscribed tables only, and is limited in events and bytes (except for a single larger event). Table schemas are
 * written once per subscription.
 */
final class BatchReader implements AutoCloseable {
    /** Larger buffers are given up after each batch: hundreds of consumers may wait with theirs. */
    private static final int MAX_KEPT_BYTES = 1 << 20;

    private final LogReader log;
    private final SendWindow window;
    private final CdcRequest request;
    private final Set<String> tables;
    private final ChangeEncoder encoder = new ChangeEncoder();
    private final Filter filter = new Filter();
    private Lsn after;
    private long afterId = Long.MAX_VALUE;
    private Lsn whole;
    private Lsn wholeBefore;
    private long events;
    private long sequence;
    private int added;

    BatchReader(LogReader log, CdcRequest request, SendWindow window) {
        this.log = log;
        this.request = request;
        this.window = window;
        this.tables = request.tables().stream().map(SqliteNames::fold).collect(Collectors.toSet());
        this.after = request.fromLsn();
        this.whole = after;
        this.wholeBefore = after;
    }

    /**
     * Reads until a batch is complete or the log ends.
     *
     * @param durable the log is complete up to this LSN, so nobody needs to ask it for more once that is read
     * @return false at the end of the log
     * @throws DoLakeException CDC_LSN_NOT_FOUND if retention has dropped the position of this reader
     */
    boolean fill(Lsn durable) {
        added = 0;
        while (added == 0) {
            LogReader.Found found = isRead(durable) ? null : log.next(after, afterId);
            if (found == null) {
                cut();
                return added > 0;
            }
            boolean insideTransaction = afterId != Long.MAX_VALUE;
            if (found.oldest().isAfter(after)
                    || insideTransaction && found.oldest().equals(after)) {
                throw CdcErrors.notFound(after, found.oldest(), found.segment().end());
            }
            read(found.segment());
        }
        return true;
    }

    private boolean isRead(Lsn durable) {
        return afterId == Long.MAX_VALUE && !after.isBefore(durable);
    }

    private void read(Segment segment) {
        new ChangeDecoder().decode(segment.unpack(), filter);
        after = segment.end();
        afterId = filter.inTransaction ? segment.id() : Long.MAX_VALUE;
    }

    private void cutIfLarge() {
        if (events >= request.maxBatchEvents() || encoder.size() >= request.maxBatchBytes()) {
            cut();
        }
    }

    private void cut() {
        if (encoder.size() > 0) {
            sequence++;
            added++;
            window.add(new Batch(sequence, encoder.toBytes(), events, wholeBefore, whole));
            wholeBefore = whole;
            events = 0;
            encoder.clear();
            encoder.trim(MAX_KEPT_BYTES);
        }
    }

    @Override
    public void close() {
        log.close();
    }

    /** Passes on the changes that the subscription asked for. */
    private final class Filter implements ChangeListener {
        private Lsn lsn;
        private long commitTimeMs;
        private boolean inTransaction;
        private boolean skipped;
        private boolean begun;

        @Override
        public void begin(Lsn newLsn, long newCommitTimeMs) {
            lsn = newLsn;
            commitTimeMs = newCommitTimeMs;
            inTransaction = true;
            begun = false;
            skipped = !newLsn.isAfter(request.fromLsn()) || !newLsn.isAfter(whole);
        }

        @Override
        public void schemaChange(SchemaChange change) {
            if (!skipped && isWanted(change)) {
                ensureBegun();
                encoder.schemaChange(change);
                events++;
                cutIfLarge();
            }
        }

        private boolean isWanted(SchemaChange change) {
            return tables.isEmpty()
                    || change.type().equals("table")
                            && (isWanted(change.name())
                                    || change.previousName() != null && isWanted(change.previousName()));
        }

        private boolean isWanted(String table) {
            return tables.contains(SqliteNames.fold(table));
        }

        @Override
        public void rowChange(RowChange change) {
            if (!skipped && (tables.isEmpty() || isWanted(change.schema().name()))) {
                ensureBegun();
                encoder.rowChange(change);
                events++;
                cutIfLarge();
            }
        }

        private void ensureBegun() {
            if (!begun) {
                begun = true;
                encoder.begin(lsn, commitTimeMs);
            }
        }

        @Override
        public void commit(long transactionEvents) {
            inTransaction = false;
            if (skipped) {
                return;
            }
            whole = lsn;
            if (begun) {
                encoder.commit(transactionEvents);
                cutIfLarge();
            }
        }
    }
}
