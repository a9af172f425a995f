/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/**
 * Which children of changed interior pages to look at. Where the lists of children before and after begin or end with
 * the same pages, those of them that the transaction does not touch, nor anything below them, are left out: in a table
 * that grows at its end that is all but a few of hundreds.
 */
final class ChildLists {
    private final Marks marks;
    private final Page before = new Page();
    private final Page after = new Page();
    /** Page to its place in the lists of ranges, from 1. */
    private final IntIntMap places = new IntIntMap();

    private final IntList beforeEnds = new IntList();
    private final IntList afterEnds = new IntList();
    private final IntList beforeIndexes = new IntList();
    private final IntList afterIndexes = new IntList();
    private final IntSet usedBefore = new IntSet();

    ChildLists(Marks marks) {
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
    void align(int number, View viewBefore, View viewAfter) {
        if (!Page.isInteriorType(Page.typeOf(number, viewBefore.page(number)))) {
            return;
        }
        before.load(viewBefore, number);
        after.load(viewAfter, number);
        int countBefore = before.cells() + 1;
        int countAfter = after.cells() + 1;
        int common = Math.min(countBefore, countAfter);
        int prefix = 0;
        for (int child; prefix < common && (child = after.child(prefix)) == before.child(prefix); prefix++) {
            if (marks.mayTouch(child)) {
                beforeIndexes.add(prefix);
                afterIndexes.add(prefix);
            }
        }
        int suffix = 0;
        while (suffix < common - prefix
                && after.child(countAfter - suffix - 1) == before.child(countBefore - suffix - 1)) {
            suffix++;
        }
        range(beforeIndexes, prefix, countBefore - suffix);
        range(afterIndexes, prefix, countAfter - suffix);
        for (int i = countAfter - suffix; i < countAfter; i++) {
            if (marks.mayTouch(after.child(i))) {
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

    /** How many children of the page to look at, in the tree before. */
    int countBefore(Page page) {
        usedBefore.add(page.number());
        return count(beforeEnds, page);
    }

    /** How many children of the page to look at, in the tree after. */
    int countAfter(Page page) {
        return count(afterEnds, page);
    }

    /** Whether what the lists leave out was seen to be in both trees. */
    boolean isUsedBefore(int number) {
        return usedBefore.contains(number);
    }

    private int count(IntList ends, Page page) {
        int place = places.get(page.number());
        return place == 0 ? page.cells() + 1 : ends.get(place - 1) - start(ends, place);
    }

    /** Index of a child to look at. */
    int indexBefore(Page page, int n) {
        return index(beforeEnds, beforeIndexes, page, n);
    }

    /** Index of a child to look at. */
    int indexAfter(Page page, int n) {
        return index(afterEnds, afterIndexes, page, n);
    }

    private int index(IntList ends, IntList indexes, Page page, int n) {
        int place = places.get(page.number());
        return place == 0 ? n : indexes.get(start(ends, place) + n);
    }

    private static int start(IntList ends, int place) {
        return place == 1 ? 0 : ends.get(place - 2);
    }
}
