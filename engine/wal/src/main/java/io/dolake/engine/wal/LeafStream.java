/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/** The rows of a run of table leaves, in order of their rowids. */
final class LeafStream {
    private final Page page = new Page();
    private final Cell cell = new Cell();
    private View view;
    private IntList pages;
    private int next;
    private int end;
    private int index;
    private boolean loaded;
    private boolean any;
    private long last;

    /** Starts over, with the pages {@code [from, to)} of the list. */
    LeafStream start(View newView, IntList newPages, int from, int to) {
        view = newView;
        pages = newPages;
        next = from;
        end = to;
        loaded = false;
        any = false;
        return this;
    }

    /** Goes to the next row; false at the end. */
    boolean advance() {
        while (!loaded || index >= page.cells()) {
            if (next == end) {
                return false;
            }
            page.load(view, pages.get(next++), false);
            if (!page.isLeaf()) {
                throw Corrupt.page(page.number(), 0, "it is no leaf any more");
            }
            loaded = true;
            index = 0;
        }
        cell.read(page, index++);
        if (any && cell.rowid() <= last) {
            throw Corrupt.page(page.number(), page.cell(cell.index()), "rowid " + cell.rowid() + " after " + last);
        }
        any = true;
        last = cell.rowid();
        return true;
    }

    Cell cell() {
        return cell;
    }
}
