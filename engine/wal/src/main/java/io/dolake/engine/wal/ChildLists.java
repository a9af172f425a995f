/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/**
 * Decides which children of changed interior pages to visit. Where the lists of children before and after begin or end
 * with the same pages, it leaves out those of them that the transaction does not touch, neither the page nor anything
 * below it. In a table that grows at its end only a few of hundreds remain.
 */
final class ChildLists {
    private final TouchedPages marks;
    private final Page pageBefore = new Page();
    private final Page pageAfter = new Page();
    /** Page to its place in the lists of ranges, from 1. */
    private final IntIntMap places = new IntIntMap();

    private final IntList beforeEnds = new IntList();
    private final IntList afterEnds = new IntList();
    private final IntList beforeIndexes = new IntList();
    private final IntList afterIndexes = new IntList();
    private final IntSet usedBefore = new IntSet();

    ChildLists(TouchedPages marks) {
        this.marks = marks;
    }

    void clear() {
        places.clear();
        beforeEnds.clear();
        afterEnds.clear();
        beforeIndexes.clear();
        afterIndexes.clear();
        usedBefore.clear();
    }

    /** Compares an interior page that is in the same tree before and after. */
    void align(int number, PageView viewBefore, PageView viewAfter) {
        if (!Page.isInteriorType(Page.typeOf(number, viewBefore.page(number)))) {
            return;
        }
        pageBefore.load(viewBefore, number);
        pageAfter.load(viewAfter, number);
        int countBefore = pageBefore.cells() + 1;
        int countAfter = pageAfter.cells() + 1;
        int common = Math.min(countBefore, countAfter);
        int prefix = 0;
        for (int child; prefix < common && (child = pageAfter.child(prefix)) == pageBefore.child(prefix); prefix++) {
            if (marks.mayTouch(child)) {
                beforeIndexes.add(prefix);
                afterIndexes.add(prefix);
            }
        }
        int suffix = 0;
        while (suffix < common - prefix
                && pageAfter.child(countAfter - suffix - 1) == pageBefore.child(countBefore - suffix - 1)) {
            suffix++;
        }
        range(beforeIndexes, prefix, countBefore - suffix);
        range(afterIndexes, prefix, countAfter - suffix);
        for (int i = countAfter - suffix; i < countAfter; i++) {
            if (marks.mayTouch(pageAfter.child(i))) {
                beforeIndexes.add(i - countAfter + countBefore);
                afterIndexes.add(i);
            }
        }
        beforeEnds.add(beforeIndexes.size());
        afterEnds.add(afterIndexes.size());
        places.put(number, afterEnds.size());
    }

    private static void range(IntList list, int from, int to) {
        for (int i = from; i < to; i++) {
            list.add(i);
        }
    }

    /** Place of a page whose children are listed, 0 if all children must be visited. */
    int place(int number) {
        return places.get(number);
    }

    /** The same for the walk through the tree before: the pages left out are known to be in it. */
    int placeBefore(int number) {
        int place = places.get(number);
        if (place != 0) {
            usedBefore.add(number);
        }
        return place;
    }

    /**
     * The same for the tree after, where only pages that the walk through the tree before has left out may be left out.
     */
    int placeAfter(int number) {
        return usedBefore.contains(number) ? places.get(number) : 0;
    }

    /** Where the children of a place start in {@link #before}. */
    int startBefore(int place) {
        return place == 1 ? 0 : beforeEnds.get(place - 2);
    }

    int endBefore(int place) {
        return beforeEnds.get(place - 1);
    }

    /** Where the children of a place start in {@link #after}. */
    int startAfter(int place) {
        return place == 1 ? 0 : afterEnds.get(place - 2);
    }

    int endAfter(int place) {
        return afterEnds.get(place - 1);
    }

    /** Indexes of children in their page, before. */
    IntList before() {
        return beforeIndexes;
    }

    /** Indexes of children in their page, after. */
    IntList after() {
        return afterIndexes;
    }
}
