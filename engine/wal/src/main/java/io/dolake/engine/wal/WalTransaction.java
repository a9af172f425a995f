/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Arrays;

/** The frames of one transaction: its pages, each with the last frame that holds it. */
final class WalTransaction {
    /** A transaction without pages. */
    static final WalTransaction NONE = new WalTransaction();

    /** Page to its place in the lists, from 1. */
    private final IntIntMap places = new IntIntMap();

    private final IntList pages = new IntList();
    private final IntList frames = new IntList();
    private byte[] types = new byte[16];
    private int lastFrame;
    private int pageCount;
    private long checksum;

    void clear() {
        places.clear();
        pages.clear();
        frames.clear();
    }

    /** @param type the type that the page has if it is a b-tree page */
    void add(int page, int frame, byte type) {
        int place = places.get(page);
        if (place == 0) {
            pages.add(page);
            frames.add(frame);
            place = pages.size();
            places.put(page, place);
            if (place > types.length) {
                types = Arrays.copyOf(types, Math.multiplyExact(types.length, 2));
            }
        } else {
            frames.set(place - 1, frame);
        }
        types[place - 1] = type;
    }

    void commit(int frame, int databasePages, long runningChecksum) {
        lastFrame = frame;
        pageCount = databasePages;
        checksum = runningChecksum;
    }

    /** The last frame of a page, 0 if it is not in the transaction. */
    int frame(int page) {
        int place = places.get(page);
        return place == 0 ? 0 : frames.get(place - 1);
    }

    boolean contains(int page) {
        return places.contains(page);
    }

    /** Type that a page of the transaction has in its last frame, if it is a b-tree page. */
    int type(int page) {
        return types[places.get(page) - 1];
    }

    /** Records the last frame of each page. */
    void putAllInto(IntIntMap newest) {
        for (int i = 0; i < pages.size(); i++) {
            newest.put(pages.get(i), frames.get(i));
        }
    }

    /** The pages, each once, in the order in which they first appear. */
    IntList pages() {
        return pages;
    }

    /** The commit frame. */
    int lastFrame() {
        return lastFrame;
    }

    /** Pages in the database after it. */
    int pageCount() {
        return pageCount;
    }

    /** Running checksum after the commit frame. */
    long checksum() {
        return checksum;
    }
}
