/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/** Merges the rows before and after by rowid. Needs no memory for rows, however many there are. */
final class RowidDiff {
    /** Up to this many pages of a table are worth caching: the next transaction is likely to need them. */
    private static final int MAX_KEPT_PAGES = 256;

    private final LeafStream before = new LeafStream();
    private final LeafStream after = new LeafStream();
    private final LeafDiff leafDiff = new LeafDiff();
    private final Page pageBefore = new Page();
    private final Page pageAfter = new Page();
    private final PageMapChanges changes;
    private byte[] bufferBefore = {};
    private byte[] bufferAfter = {};

    RowidDiff(PageMapChanges changes) {
        this.changes = changes;
    }

    void run(TableChange change, RowSink sink) {
        IntList b = change.beforePages();
        IntList a = change.afterPages();
        if (change.pairwise()) {
            boolean keep = b.size() <= MAX_KEPT_PAGES;
            for (int i = 0; i < b.size(); i++) {
                loadPair(change, b.get(i), keep);
                leaf(change, sink);
            }
        } else {
            before.start(change.beforeView(), b, b.size() <= MAX_KEPT_PAGES);
            after.start(change.afterView(), a, a.size() <= MAX_KEPT_PAGES);
            merge(change, sink);
        }
    }

    private void loadPair(TableChange change, int number, boolean keep) {
        PageView viewBefore = change.beforeView();
        PageView viewAfter = change.afterView();
        if (keep) {
            pageBefore.load(viewBefore, number, false);
            pageAfter.load(viewAfter, number, false);
        } else {
            if (bufferBefore.length < viewBefore.pageSize()) {
                bufferBefore = new byte[viewBefore.pageSize()];
                bufferAfter = new byte[viewBefore.pageSize()];
            }
            pageBefore.load(viewBefore, number, viewBefore.page(number, bufferBefore), false);
            pageAfter.load(viewAfter, number, viewAfter.page(number, bufferAfter), false);
        }
        pageBefore.checkLeaf();
        pageAfter.checkLeaf();
    }

    /** Two versions of one leaf. */
    private void leaf(TableChange change, RowSink sink) {
        boolean byLayout = !change.shapeChanged()
                && !change.marks().isOverflowTouched(pageBefore.number())
                && leafDiff.find(pageBefore, pageAfter);
        if (!byLayout) {
            before.start(pageBefore, 0, pageBefore.cells());
            after.start(pageAfter, 0, pageAfter.cells());
            merge(change, sink);
            return;
        }
        int i = 0;
        while (i < leafDiff.changed() && leafDiff.slot(i) < leafDiff.prefix()) {
            sink.candidate(leafDiff.before(i), leafDiff.after(i));
            i++;
        }
        before.start(pageBefore, leafDiff.prefix(), pageBefore.cells() - leafDiff.suffix());
        after.start(pageAfter, leafDiff.prefix(), pageAfter.cells() - leafDiff.suffix());
        merge(change, sink);
        for (; i < leafDiff.changed(); i++) {
            sink.candidate(leafDiff.before(i), leafDiff.after(i));
        }
    }

    private void merge(TableChange change, RowSink sink) {
        Cell b = before.cell();
        Cell a = after.cell();
        boolean moreB = before.advance();
        boolean moreA = after.advance();
        while (moreB && moreA) {
            if (b.rowid() < a.rowid()) {
                sink.removed(b);
                moreB = before.advance();
            } else if (a.rowid() < b.rowid()) {
                sink.added(a);
                moreA = after.advance();
            } else {
                pair(change, b, a, sink);
                moreB = before.advance();
                moreA = after.advance();
            }
        }
        for (; moreB; moreB = before.advance()) {
            sink.removed(b);
        }
        if (moreA) {
            after.addRest(sink);
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
