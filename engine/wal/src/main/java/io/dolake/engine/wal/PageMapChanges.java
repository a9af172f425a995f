/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/**
 * Changes of the page map, held until the listener has accepted the transaction. Clearing comes before setting: a page
 * may leave one table and join another.
 */
final class PageMapChanges {
    private final IntList cleared = new IntList();
    private final IntList treePages = new IntList();
    private final IntList treeParents = new IntList();
    private final IntList overflowPages = new IntList();
    private final IntList overflowParents = new IntList();

    /** The page is not part of a table any more. */
    void clear(int page) {
        cleared.add(page);
    }

    /** The page belongs to a b-tree, below this parent (or is a root: minus the id of the table). */
    void tree(int page, int parent) {
        treePages.add(page);
        treeParents.add(parent);
    }

    /**
     * The page is an overflow page that follows this one (the b-tree page with the row, or the page before in the
     * chain).
     */
    void overflow(int page, int parent) {
        overflowPages.add(page);
        overflowParents.add(parent);
    }

    void applyTo(PageMap map) {
        for (int i = 0; i < cleared.size(); i++) {
            map.set(cleared.get(i), 0, false);
        }
        for (int i = 0; i < treePages.size(); i++) {
            map.set(treePages.get(i), treeParents.get(i), false);
        }
        for (int i = 0; i < overflowPages.size(); i++) {
            map.set(overflowPages.get(i), overflowParents.get(i), true);
        }
        reset();
    }

    void reset() {
        cleared.clear();
        treePages.clear();
        treeParents.clear();
        overflowPages.clear();
        overflowParents.clear();
    }
}
