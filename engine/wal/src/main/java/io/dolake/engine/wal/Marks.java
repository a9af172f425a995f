/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which tables a transaction touches, and where: found from the page map, before any page is read. */
final class Marks {
    /** SQLite itself goes no deeper. */
    static final int MAX_DEPTH = 20;

    private final IntSet dirty = new IntSet();
    private final IntSet overflowTouched = new IntSet();
    private final Map<Integer, IntList> pagesByTable = new HashMap<>();
    private final List<Integer> tables = new ArrayList<>();

    void clear() {
        dirty.clear();
        overflowTouched.clear();
        pagesByTable.clear();
        tables.clear();
    }

    /** Marks a page of the transaction, the row's page if it is an overflow page, and all pages above. */
    void mark(PageMap map, int page) {
        int at = page;
        while (map.isOverflow(at)) {
            if (!dirty.add(at)) {
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
        IntList pages = pagesByTable.get(table);
        if (pages == null) {
            pages = new IntList();
            pagesByTable.put(table, pages);
            tables.add(table);
        }
        pages.add(at);
        while (at > 0 && dirty.add(at)) {
            at = map.parent(at);
        }
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
        throw Corrupt.page(page, 0, "its table is deeper than " + MAX_DEPTH + " pages");
    }

    /** Ids of the tables touched. */
    List<Integer> tables() {
        return tables;
    }

    boolean touches(Table table) {
        return pagesByTable.containsKey(table.id());
    }

    /** Pages of the table that are in the transaction, or hold a row with an overflow page in it; may repeat. */
    IntList pages(Table table) {
        return pagesByTable.get(table.id());
    }

    /** Whether the page is in the transaction or above one that is, as the tables were before it. */
    boolean isDirty(int page) {
        return dirty.contains(page);
    }

    /** Whether an overflow page of a row in this page is in the transaction. */
    boolean isOverflowTouched(int page) {
        return overflowTouched.contains(page);
    }
}
