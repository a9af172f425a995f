/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/**
 * Finds the pages of a table whose rows can differ between two views, both lists in the order of the b-tree. Subtrees
 * that are in both views and hold no page of the transaction are not entered.
 *
 * <p>Works top-down, so that a page counts for a table only if it is reachable from its root. The parents that it finds
 * go into the map changes.
 */
final class TreeDiff {
    private static final int LISTED = 1;
    /** State of a page that was also reached before: the same subtree, perhaps moved. */
    private static final int SHARED = 2;

    private final PageMap map;
    private final TouchedPages marks;
    private final PageMapChanges changes;
    private final Page[] levels = new Page[TouchedPages.MAX_DEPTH + 1];
    private final IntList beforePages = new IntList();
    private final IntList afterPages = new IntList();
    /** Unmodified children of modified interior pages, after: {@link #LISTED}, or {@link #SHARED}. */
    private final PageStates listed = new PageStates();

    private final PageStates visited = new PageStates();
    private final ChildLists lists;
    private PageView viewBefore;
    private WalTransaction modified;
    private PageView view;
    private boolean withoutRowid;

    TreeDiff(PageMap map, TouchedPages marks, PageMapChanges changes) {
        this.map = map;
        this.marks = marks;
        this.changes = changes;
        lists = new ChildLists(marks);
        for (int i = 0; i < levels.length; i++) {
            levels[i] = new Page();
        }
    }

    /** Pages to compare, before; valid until the next call. */
    IntList before() {
        return beforePages;
    }

    /** Pages to compare, after; valid until the next call. */
    IntList after() {
        return afterPages;
    }

    /** Compares a table that has the same root page in both views. */
    void compare(Table table, PageView before, PageView after, WalTransaction modifiedPages) {
        begin(table, modifiedPages);
        boolean rootModified = modified.contains(table.root());
        viewBefore = before;
        view = after;
        listAfter(table.root(), 0, false);
        view = before;
        visited.clear();
        walkBefore(table.root(), !rootModified, 0, false);
        view = after;
        visited.clear();
        walkAfter(table.root(), -table.id(), !rootModified, 0, false);
    }

    /** Takes all pages of both views; either table may be null. */
    void whole(Table tableBefore, Table tableAfter, PageView before, PageView after) {
        begin(tableBefore != null ? tableBefore : tableAfter, null);
        if (tableBefore != null) {
            view = before;
            walkBefore(tableBefore.root(), false, 0, false);
        }
        if (tableAfter != null) {
            withoutRowid = tableAfter.withoutRowid();
            view = after;
            visited.clear();
            walkAfter(tableAfter.root(), -tableAfter.id(), false, 0, false);
        }
    }

    /** Removes the pages of a dropped table from the page map, without reading its leaves. */
    void drop(Table table, PageView before) {
        begin(table, null);
        view = before;
        changes.clear(table.root());
        forgetChildren(table.root(), 0);
    }

    private void begin(Table table, WalTransaction modifiedPages) {
        beforePages.clear();
        afterPages.clear();
        listed.clear();
        visited.clear();
        lists.clear();
        modified = modifiedPages;
        withoutRowid = table.withoutRowid();
    }

    private boolean isModified(int page) {
        return modified == null || (marks.mayTouch(page) && modified.contains(page));
    }

    private boolean isDirty(int page) {
        return marks.mayTouch(page) && marks.isDirty(page);
    }

    /** Each walk returns whether the page is a leaf; {@code leaf} requires it, since a page beside it is one. */
    private boolean listAfter(int number, int depth, boolean leaf) {
        Page page = enter(number, depth, leaf);
        if (page == null || page.isLeaf()) {
            return true;
        }
        boolean leaves = false;
        boolean isModified = isModified(number);
        if (isModified && map.parent(number) != 0 && !map.isOverflow(number)) {
            lists.align(number, viewBefore, view);
        }
        int place = lists.place(number);
        int from = place == 0 ? 0 : lists.startAfter(place);
        int to = place == 0 ? page.cells() + 1 : lists.endAfter(place);
        for (int n = from; n < to; n++) {
            int child = page.child(place == 0 ? n : lists.after().get(n));
            if (!isModified && !marks.mayTouch(child)) {
                continue;
            }
            boolean childModified = isModified(child);
            if (isModified && !childModified) {
                listed.set(child, LISTED);
            }
            if (!(leaves && !withoutRowid) && (childModified || isDirty(child))) {
                leaves = listAfter(child, depth + 1, leaves);
            }
        }
        return false;
    }

    /** @param same whether the page is unmodified and in the table after, too */
    private boolean walkBefore(int number, boolean same, int depth, boolean leaf) {
        Page page = enter(number, depth, leaf);
        boolean isLeaf = page == null || page.isLeaf();
        if (!same) {
            changes.clear(number);
        }
        if ((isLeaf || withoutRowid) && (!same || marks.isOverflowTouched(number))) {
            beforePages.add(number);
        }
        if (isLeaf) {
            return true;
        }
        boolean leaves = false;
        int place = same ? 0 : lists.placeBefore(number);
        int from = place == 0 ? 0 : lists.startBefore(place);
        int to = place == 0 ? page.cells() + 1 : lists.endBefore(place);
        for (int n = from; n < to; n++) {
            int child = page.child(place == 0 ? n : lists.before().get(n));
            if (same && !marks.mayTouch(child)) {
                continue;
            }
            if (isModified(child)) {
                leaves = walkBefore(child, false, depth + 1, leaves);
            } else if (same) {
                if (isDirty(child)) {
                    leaves = walkBefore(child, true, depth + 1, leaves);
                }
            } else if (listed.get(child) != 0) {
                listed.set(child, SHARED);
                if (isDirty(child)) {
                    leaves = walkBefore(child, true, depth + 1, leaves);
                }
            } else {
                leaves = walkBefore(child, false, depth + 1, leaves);
            }
        }
        return false;
    }

    private boolean walkAfter(int number, int parent, boolean same, int depth, boolean leaf) {
        Page page = enter(number, depth, leaf);
        boolean isLeaf = page == null || page.isLeaf();
        if (!same || map.parent(number) != parent) {
            changes.tree(number, parent);
        }
        if ((isLeaf || withoutRowid) && (!same || marks.isOverflowTouched(number))) {
            afterPages.add(number);
        }
        if (isLeaf) {
            return true;
        }
        boolean leaves = false;
        int place = same ? 0 : lists.placeAfter(number);
        int from = place == 0 ? 0 : lists.startAfter(place);
        int to = place == 0 ? page.cells() + 1 : lists.endAfter(place);
        for (int n = from; n < to; n++) {
            int child = page.child(place == 0 ? n : lists.after().get(n));
            if (same && !marks.mayTouch(child)) {
                continue;
            }
            if (isModified(child)) {
                leaves = walkAfter(child, number, false, depth + 1, leaves);
            } else if (!same && listed.get(child) != SHARED) {
                leaves = walkAfter(child, number, false, depth + 1, leaves);
            } else if (isDirty(child)) {
                leaves = walkAfter(child, number, true, depth + 1, leaves);
            } else if (!same && map.parent(child) != number) {
                changes.tree(child, number);
            }
        }
        return false;
    }

    private void forgetChildren(int number, int depth) {
        Page page = enter(number, depth, false);
        if (page.isLeaf()) {
            return;
        }
        boolean leaves = Page.isLeafType(Page.typeOf(page.child(0), view.page(page.child(0))));
        for (int i = 0; i <= page.cells(); i++) {
            int child = page.child(i);
            changes.clear(child);
            if (!leaves) {
                forgetChildren(child, depth + 1);
            }
        }
    }

    /**
     * The page, null if it need not be read because all leaves are on one level. Reading its rows later shows if it is
     * not a leaf.
     */
    private Page enter(int number, int depth, boolean leaf) {
        if (depth > TouchedPages.MAX_DEPTH) {
            throw CorruptPage.page(number, 0, "its table is deeper than " + TouchedPages.MAX_DEPTH + " pages");
        }
        if (!visited.add(number)) {
            throw CorruptPage.page(number, 0, "it is in its table twice");
        }
        // In a WITHOUT ROWID table interior pages hold rows too, so reading the rows would not show it.
        return leaf && !withoutRowid ? null : levels[depth].load(view, number, withoutRowid);
    }
}
