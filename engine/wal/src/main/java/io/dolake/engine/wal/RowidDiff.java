/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/** Merges the rows before and after by rowid. Needs no memory for rows, however many there are. */
final class RowidDiff {
    private final LeafStream before = new LeafStream();
    private final LeafStream after = new LeafStream();
    private final MapChanges changes;

    RowidDiff(MapChanges changes) {
        this.changes = changes;
    }

    void run(TableChange change, RowSink sink) {
        IntList b = change.beforePages();
        IntList a = change.afterPages();
        if (change.pairwise()) {
            for (int i = 0; i < b.size(); i++) {
                merge(change, i, i + 1, i, i + 1, sink);
            }
        } else {
            merge(change, 0, b.size(), 0, a.size(), sink);
        }
    }

    private void merge(TableChange change, int fromB, int toB, int fromA, int toA, RowSink sink) {
        before.start(change.beforeView(), change.beforePages(), fromB, toB);
        after.start(change.afterView(), change.afterPages(), fromA, toA);
        Cell b = before.cell();
        Cell a = after.cell();
        boolean moreB = before.advance();
        boolean moreA = after.advance();
        while (moreB || moreA) {
            if (!moreA || (moreB && b.rowid() < a.rowid())) {
                sink.removed(b);
                moreB = before.advance();
            } else if (!moreB || a.rowid() < b.rowid()) {
                sink.added(a);
                moreA = after.advance();
            } else {
                pair(change, b, a, sink);
                moreB = before.advance();
                moreA = after.advance();
            }
        }
    }

    private void pair(TableChange change, Cell b, Cell a, RowSink sink) {
        if (change.shapeChanged() || !b.sameLocal(a)) {
            sink.candidate(b, a);
        } else if (b.overflow() != 0) {
            if (change.marks().isOverflowTouched(b.page().number())) {
                sink.candidate(b, a);
            } else if (b.page().number() != a.page().number()) {
                changes.overflow(a.overflow(), a.page().number());
            }
        }
    }
}
