/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/** The rows of a run of table leaves, in order of their rowids. */
final class LeafStream {
    private final Page page = new Page();
    private final Cell cell = new Cell();
    private byte[] buffer = {};
    private Page current;
    private PageView view;
    private IntList pages;
    private boolean keep;
    private int next;
    private int end;
    private int index;
    private int limit;
    private boolean any;
    private long last;

    /**
     * Starts over with all pages of the list.
     *
     * @param newKeep whether the pages will be needed again soon, and are worth caching
     */
    LeafStream start(PageView newView, IntList newPages, boolean newKeep) {
        view = newView;
        pages = newPages;
        keep = newKeep;
        next = 0;
        end = newPages.size();
        return begin(null, 0, 0);
    }

    /** Starts over with some cells of one leaf. */
    LeafStream start(Page leaf, int fromCell, int toCell) {
        next = 0;
        end = 0;
        return begin(leaf, fromCell, toCell);
    }

    private LeafStream begin(Page first, int fromCell, int toCell) {
        current = first;
        index = fromCell;
        limit = toCell;
        any = false;
        return this;
    }

    /** Goes to the next row; false at the end. */
    boolean advance() {
        while (index >= limit) {
            if (next == end) {
                return false;
            }
            load(pages.get(next++), keep);
        }
        cell.read(current, index++);
        if (any && cell.rowid() <= last) {
            throw notAscending(last);
        }
        any = true;
        last = cell.rowid();
        return true;
    }

    /** Emits the current row and all after it as added rows, the common case in a bulk load. */
    void addRest(RowSink sink) {
        sink.added(cell);
        while (true) {
            Page leaf = current;
            int cells = limit;
            int from = sink.addedRun(leaf, index, cells, last);
            long previous = from == index ? last : cell.read(leaf, from - 1).rowid();
            for (int i = from; i < cells; i++) {
                long rowid = cell.read(leaf, i).rowid();
                if (rowid <= previous) {
                    throw notAscending(previous);
                }
                previous = rowid;
                sink.added(cell);
            }
            last = previous;
            index = cells;
            if (next == end) {
                return;
            }
            // Of new pages only the last is cached: the next rows will be added there.
            load(pages.get(next++), keep && next == end);
        }
    }

    private RuntimeException notAscending(long previous) {
        return CorruptPage.page(
                current.number(),
                current.offset(current.cell(cell.index())),
                "rowid " + cell.rowid() + " after " + previous);
    }

    private void load(int number, boolean kept) {
        if (kept) {
            page.load(view, number, false);
        } else {
            if (buffer.length < view.pageSize()) {
                buffer = new byte[view.pageSize()];
            }
            view.load(page, number, buffer);
        }
        current = page.checkLeaf();
        index = 0;
        limit = page.cells();
    }

    Cell cell() {
        return cell;
    }
}
