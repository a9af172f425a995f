/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.capture;

import io.dolake.engine.server.archive.Segment;
import io.dolake.engine.server.changelog.ChangeLog;
import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.ChangeDecoder;
import io.dolake.schemas.ChangeEncoder;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import java.util.function.LongUnaryOperator;

/**
 * Turns decoded transactions into segments: many small transactions share a segment, a large one gets several.
 * Transactions without events are left out.
 */
final class SegmentBuilder implements ChangeListener {
    private final long segmentBytes;
    private final LongUnaryOperator commitTimes;
    private final ChangeLog.Appender appender;
    private ChangeEncoder encoder = new ChangeEncoder();
    private Lsn start;
    private Lsn end;
    private long events;
    private Lsn lsn;
    private long commitTimeMs;
    private boolean begun;
    private boolean schemaChanged;
    private int part;
    private int mark;
    private long markEvents;

    /** @param commitTimes gives the time of a commit in milliseconds, by its LSN, if the decoder has none */
    SegmentBuilder(long segmentBytes, LongUnaryOperator commitTimes, ChangeLog.Appender appender) {
        this.segmentBytes = segmentBytes;
        this.commitTimes = commitTimes;
        this.appender = appender;
    }

    @Override
    public void begin(Lsn newLsn, long newCommitTimeMs) {
        lsn = newLsn;
        commitTimeMs = newCommitTimeMs != 0 ? newCommitTimeMs : commitTimes.applyAsLong(newLsn.value());
        begun = false;
        part = 0;
    }

    @Override
    public void schemaChange(SchemaChange change) {
        ensureBegun();
        schemaChanged = true;
        encoder.schemaChange(change);
        events++;
        flushPartIfLarge();
    }

    @Override
    public void rowChange(RowChange change) {
        ensureBegun();
        encoder.rowChange(change);
        events++;
        flushPartIfLarge();
    }

    @Override
    public void commit(long transactionEvents) {
        if (!begun) {
            return;
        }
        encoder.commit(transactionEvents);
        end = lsn;
        if (part > 0 || encoder.size() >= segmentBytes) {
            flush();
        }
    }

    /** Ends the last segment. Call it between transactions. */
    void finish() {
        if (encoder.size() > 0) {
            flush();
        }
    }

    boolean isSchemaChanged() {
        return schemaChanged;
    }

    private void ensureBegun() {
        if (!begun) {
            begun = true;
            mark = encoder.size();
            markEvents = events;
            if (mark == 0) {
                start = lsn;
            }
            encoder.begin(lsn, commitTimeMs);
        }
    }

    private void flushPartIfLarge() {
        if (encoder.size() < segmentBytes) {
            return;
        }
        if (part == 0 && mark > 0) {
            splitAtMark();
            if (encoder.size() < segmentBytes) {
                return;
            }
        }
        part = Math.max(part, 1);
        end = lsn;
        flush();
        part++;
        start = lsn;
    }

    /**
     * Closes the segment before the open transaction and writes the events of that transaction so far again, so that
     * they can be read on their own.
     */
    private void splitAtMark() {
        ByteSlice all = encoder.slice();
        ChangeDecoder decoder = new ChangeDecoder();
        decoder.decode(new ByteSlice(all.array(), 0, mark), Ignore.INSTANCE);
        ChangeEncoder rest = new ChangeEncoder();
        decoder.decode(new ByteSlice(all.array(), mark, all.length() - mark), rest);
        long restEvents = events - markEvents;
        events = markEvents;
        append(new ByteSlice(all.array(), 0, mark), 0);
        encoder = rest;
        events = restEvents;
        start = lsn;
        mark = 0;
        markEvents = 0;
    }

    private void flush() {
        append(encoder.slice(), part);
        encoder.reset();
        events = 0;
    }

    private void append(ByteSlice block, int number) {
        appender.append(Segment.unplaced(start, end, number, Segment.pack(block), events));
    }

    /** Ignores all events; for a decoder that only learns the schemas of a block. */
    private enum Ignore implements ChangeListener {
        INSTANCE;

        @Override
        public void begin(Lsn lsn, long commitTimeMs) {}

        @Override
        public void schemaChange(SchemaChange change) {}

        @Override
        public void rowChange(RowChange change) {}

        @Override
        public void commit(long events) {}
    }
}
