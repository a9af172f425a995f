/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import io.dolake.engine.server.archive.ArchivedSegment;
import io.dolake.engine.server.archive.Segment;
import io.dolake.schemas.ChangeDecoder;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import java.util.function.Consumer;

/**
 * Verifies segments one after the other: each must follow the one before it, and its positions must ascend and form
 * whole transactions.
 */
final class SegmentVerifier {
    /**
     * True while inside a transaction of which not all parts so far were seen; the transaction may also have ended in
     * one of those.
     */
    private static final long UNKNOWN = -1;

    private Lsn end;
    private int part;
    private boolean open;
    private long nextEvent;

    /**
     * @param oldest the log is complete after this LSN; null to begin after a segment given to {@link #follow} first
     */
    SegmentVerifier(Lsn oldest) {
        end = oldest;
    }

    /** Follows a segment without reporting its faults. */
    void follow(Segment segment) {
        open = true;
        nextEvent = UNKNOWN;
        take(segment, fault -> {});
    }

    /** Follows a segment whose content could not be read, which was already reported. */
    void skip(ArchivedSegment segment, Consumer<String> faults) {
        order(segment.start(), segment.end(), segment.part(), segment.previous(), faults);
        end = segment.end();
        part = segment.part();
        open = part > 0;
        nextEvent = UNKNOWN;
    }

    /** @param faults receives the reasons */
    void take(Segment segment, Consumer<String> faults) {
        order(segment.start(), segment.end(), segment.part(), segment.previous(), faults);
        if (segment.part() < 2) {
            open = false;
        }
        Content content = new Content(segment, faults);
        new ChangeDecoder().decode(segment.unpack(), content);
        content.end();
        end = segment.end();
        part = segment.part();
    }

    private void order(Lsn start, Lsn newEnd, int newPart, Lsn previous, Consumer<String> faults) {
        if (newEnd.isBefore(start)) {
            faults.accept("it ends at LSN " + newEnd + ", before its start at " + start);
        }
        if (newPart > 0 && !newEnd.equals(start)) {
            faults.accept("it is part " + newPart + " of a transaction, and goes from LSN " + start + " to " + newEnd);
        }
        if (newPart > 1) {
            if (part != newPart - 1 || !newEnd.equals(end)) {
                faults.accept("part " + (newPart - 1) + " of transaction " + newEnd + " is missing before it");
                open = true;
                nextEvent = UNKNOWN;
            }
            return;
        }
        if (isOpen()) {
            faults.accept("the transaction " + end + " before it does not end: parts of it are missing");
        }
        if (end != null && !start.isAfter(end)) {
            faults.accept("it starts at LSN " + start + ", and the log reaches " + end + " before it");
        } else if (end != null && previous != null && !previous.equals(end)) {
            faults.accept("there is a segment missing before it, or more: the log reaches LSN " + end
                    + ", and it follows on " + previous);
        }
    }

    /** Whether the log ends inside a transaction. */
    boolean isOpen() {
        return open && nextEvent != UNKNOWN;
    }

    /** The end of the last segment; null before the first. */
    Lsn end() {
        return end;
    }

    /** Counts the entries of one segment. */
    private final class Content implements ChangeListener {
        private final Segment segment;
        private final Consumer<String> faults;
        private Lsn lsn;
        private Lsn first;
        private long events;

        Content(Segment segment, Consumer<String> faults) {
            this.segment = segment;
            this.faults = faults;
            this.lsn = segment.part() > 1 ? segment.start() : null;
        }

        @Override
        public void begin(Lsn newLsn, long commitTimeMs) {
            if (isOpen()) {
                faults.accept("transaction " + newLsn + " begins inside another");
            }
            if (lsn != null && !newLsn.isAfter(lsn)) {
                faults.accept("transaction " + newLsn + " comes after " + lsn);
            }
            lsn = newLsn;
            first = first == null ? newLsn : first;
            open = true;
            nextEvent = 0;
        }

        @Override
        public void schemaChange(SchemaChange change) {
            event(change.event());
        }

        @Override
        public void rowChange(RowChange change) {
            event(change.event());
        }

        private void event(long event) {
            events++;
            if (!open) {
                faults.accept("event " + event + " is outside of a transaction");
            } else if (nextEvent != UNKNOWN && event != nextEvent) {
                faults.accept("event " + event + " of transaction " + lsn + " is where " + nextEvent + " is expected");
            }
            nextEvent = event + 1;
        }

        @Override
        public void commit(long count) {
            if (!open) {
                faults.accept("a transaction ends that has not begun");
            } else if (nextEvent != UNKNOWN && count != nextEvent) {
                faults.accept("transaction " + lsn + " ends after " + nextEvent + " of " + count + " events");
            }
            open = false;
        }

        void end() {
            if (events != segment.events()) {
                faults.accept("it has " + events + " events, not " + segment.events());
            }
            if (segment.part() == 0 && open) {
                faults.accept("it ends inside transaction " + lsn);
            }
            if (first != null && !first.equals(segment.start())) {
                faults.accept("its first transaction is " + first + ", not " + segment.start());
            }
            if (lsn != null && !lsn.equals(segment.end())) {
                faults.accept("its last transaction is " + lsn + ", not " + segment.end());
            }
        }
    }
}
