/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.function.Consumer;

/**
 * Rows of a WITHOUT ROWID table that may differ: all cells of its changed pages, interior ones too, but for runs of
 * equal cells at the start and the end of a page that is on both sides. Which keys sort first is not known here.
 */
final class IndexPages {
    private final TableChange change;
    /** Page to 1 + equal cells at its start (low half), equal cells at its end (high half). */
    private final IntIntMap trimmed = new IntIntMap();

    private final Page before = new Page();
    private final Page after = new Page();
    private final Cell cellBefore = new Cell();
    private final Cell cellAfter = new Cell();

    IndexPages(TableChange change) {
        this.change = change;
        if (!change.shapeChanged() && change.before() != null) {
            IntSet beforePages = new IntSet();
            for (int i = 0; i < change.beforePages().size(); i++) {
                beforePages.add(change.beforePages().get(i));
            }
            for (int i = 0; i < change.afterPages().size(); i++) {
                int page = change.afterPages().get(i);
                if (beforePages.contains(page) && !change.marks().isOverflowTouched(page)) {
                    trim(page);
                }
            }
        }
    }

    private void trim(int page) {
        before.load(change.beforeView(), page, true);
        after.load(change.afterView(), page, true);
        if (before.isLeaf() != after.isLeaf()) {
            return;
        }
        int common = Math.min(before.cells(), after.cells());
        int start = 0;
        while (start < common && same(start, start)) {
            start++;
        }
        int end = 0;
        while (end < common - start && same(before.cells() - 1 - end, after.cells() - 1 - end)) {
            end++;
        }
        trimmed.put(page, end << 16 | (start + 1));
    }

    private boolean same(int indexBefore, int indexAfter) {
        return cellBefore.read(before, indexBefore).sameLocal(cellAfter.read(after, indexAfter));
    }

    void before(Consumer<Cell> rows) {
        if (change.before() != null) {
            each(change.beforePages(), change.beforeView(), before, cellBefore, rows);
        }
    }

    void after(Consumer<Cell> rows) {
        each(change.afterPages(), change.afterView(), after, cellAfter, rows);
    }

    private void each(IntList pages, PageView view, Page page, Cell cell, Consumer<Cell> rows) {
        for (int i = 0; i < pages.size(); i++) {
            page.load(view, pages.get(i), true);
            int trim = trimmed.get(page.number());
            int start = trim == 0 ? 0 : (trim & 0xFFFF) - 1;
            int end = page.cells() - (trim >>> 16);
            for (int c = start; c < end; c++) {
                rows.accept(cell.read(page, c));
            }
        }
    }
}
