/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.ArrayList;
import java.util.List;

/** The tables that a transaction touches, and the pages: found from the page map, before any page is read. */
final class TouchedPages {
    /** The largest depth of a b-tree in SQLite. */
    static final int MAX_DEPTH = 20;

    private final IntSet dirty = new IntSet();
    /** Pages of the transaction, and dirty ones. */
    private final PageFilter filter = new PageFilter();

    private final IntSet overflowTouched = new IntSet();
    /** Id of a table to its place in the lists, from 1. */
    private final IntIntMap places = new IntIntMap();

    private final IntList tables = new IntList();
    private final List<IntList> pages = new ArrayList<>();

    void clear() {
        dirty.clear();
        filter.clear();
        overflowTouched.clear();
        places.clear();
        tables.clear();
    }

    /** Marks a page of the transaction, the row's page if it is an overflow page, and all pages above. */
    void mark(PageMap map, int page) {
        filter.add(page);
        int at = page;
        while (map.isOverflow(at)) {
            if (!makeDirty(at)) {
                return;
            }
            at = map.parent(at);
            if (at <= 0) {
                return;
            }
        }
        int table = tableOf(map, at);
        if (table == 0) {
            return;
        }
        if (at != page) {
            overflowTouched.add(at);
        }
        pagesOf(table).add(at);
        while (at > 0 && makeDirty(at)) {
            at = map.parent(at);
        }
    }

    private boolean makeDirty(int page) {
        filter.add(page);
        return dirty.add(page);
    }

    private IntList pagesOf(int table) {
        int place = places.get(table);
        if (place == 0) {
            tables.add(table);
            place = tables.size();
            places.put(table, place);
            if (pages.size() < place) {
                pages.add(new IntList());
            }
            pages.get(place - 1).clear();
        }
        return pages.get(place - 1);
    }

    private static int tableOf(PageMap map, int page) {
        int at = page;
        for (int depth = 0; depth <= MAX_DEPTH; depth++) {
            int parent = map.parent(at);
            if (parent <= 0) {
                return -parent;
            }
            if (map.isOverflow(parent)) {
                return 0;
            }
            at = parent;
        }
        throw CorruptPage.page(page, 0, "its table is deeper than " + MAX_DEPTH + " pages");
    }

    /** Ids of the tables touched. */
    IntList tables() {
        return tables;
    }

    boolean touches(Table table) {
        return places.contains(table.id());
    }

    /** Pages of the table that are in the transaction, or hold a row with an overflow page in it; may repeat. */
    IntList pages(Table table) {
        return pages.get(places.get(table.id()) - 1);
    }

    /** Whether the page is in the transaction or above one that is, as the tables were before it. */
    boolean isDirty(int page) {
        return dirty.contains(page);
    }

    /** False if the page is neither in the transaction nor above one that is. Cheaper than the exact check. */
    boolean mayTouch(int page) {
        return filter.mayContain(page);
    }

    /** Whether an overflow page of a row in this page is in the transaction. */
    boolean isOverflowTouched(int page) {
        return overflowTouched.contains(page);
    }
}
