/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The pages of the database in their newest decoded version, and the pages of the transaction that is being decoded. It
 * keeps a bounded number of each and reuses the arrays of old versions.
 */
final class PageStore {
    /** Pages compared with the main file when the log restarts. */
    private static final int MAX_CHECKED = 64;
    /** The share of the page memory that is for pages of the transaction. */
    private static final int OWN_SHARE = 8;

    private static final int MIN_PAGES = 16;
    private static final int MAX_SPARE = 256;

    private final PageSource main;
    private final WalLog log;
    private final int pageSize;
    private final PageCache decoded;
    private final PageCache own;
    /** Arrays to reuse: first the free ones, then those that a view may still read. */
    private final byte[][] spare = new byte[MAX_SPARE][];

    private int spares;
    private int retired;
    private boolean ownUsed;
    private WalScanner scanner;
    private FrameWindow window;

    PageStore(PageSource main, WalLog log, int pageSize, long cacheBytes) {
        this.main = main;
        this.log = log;
        this.pageSize = pageSize;
        int pages = (int) Math.min(Integer.MAX_VALUE, cacheBytes / pageSize);
        own = new PageCache(Math.max(MIN_PAGES, pages / OWN_SHARE));
        decoded = new PageCache(Math.max(MIN_PAGES, pages - pages / OWN_SHARE));
    }

    /**
     * Begins a new generation: frame numbers now mean other pages, and the main file holds the content of the old
     * frames.
     */
    void generation(WalHeader newHeader, WalScanner newScanner) {
        scanner = newScanner;
        window = new FrameWindow(log, newHeader);
        decoded.clear();
        own.clear();
    }

    int pageSize() {
        return pageSize;
    }

    /** Begins to decode a transaction, for the first time or again. */
    void begin() {
        window.forget();
        release();
        if (ownUsed) {
            own.clear();
            ownUsed = false;
        }
    }

    /** Accepts the decoded transaction: its pages are now the newest decoded versions. */
    void accept(IntList pages) {
        for (int i = 0; i < pages.size(); i++) {
            int number = pages.get(i);
            byte[] page = ownUsed ? own.remove(number) : null;
            retire(page == null ? decoded.remove(number) : decoded.put(number, page));
        }
        ownUsed = false;
        release();
    }

    /**
     * The newest decoded version of a page. Read-only; valid until {@link #accept}.
     *
     * @param newest page to its newest frame; a page that it does not contain is in the main file
     */
    byte[] decoded(int number, IntIntMap newest) {
        byte[] page = decoded.get(number);
        if (page == null) {
            page = array();
            load(number, newest.get(number), page);
            retire(decoded.put(number, page));
        }
        return page;
    }

    /** The page as it is in the transaction. Read-only; valid until {@link #accept}. */
    byte[] own(int number, int frame) {
        byte[] page = own.get(number);
        if (page == null) {
            page = array();
            load(number, frame, page);
            retire(own.put(number, page));
            ownUsed = true;
        }
        return page;
    }

    /** As {@link #decoded}; if it is not kept already it is not from now on, but read into the buffer. */
    byte[] decoded(int number, IntIntMap newest, byte[] buffer) {
        byte[] page = decoded.get(number);
        if (page == null) {
            load(number, newest.get(number), buffer);
            return buffer;
        }
        return page;
    }

    /** As {@link #own}; if it is not kept already it is not from now on, but read into the buffer. */
    byte[] own(int number, int frame, byte[] buffer) {
        byte[] page = own.get(number);
        if (page == null) {
            load(number, frame, buffer);
            return buffer;
        }
        return page;
    }

    /**
     * Compares pages that are kept, and whose newest version is in the log, with the main file.
     *
     * @param newest page to its newest frame
     * @return a page that is not the same; 0 if there is none among those looked at
     */
    int differsFromMain(IntIntMap newest, int pageCount) {
        long[] byFrame = newest.byValue();
        byte[] inMain = new byte[pageSize];
        int checked = 0;
        for (int i = byFrame.length - 1; i >= 0 && checked < MAX_CHECKED; i--) {
            int number = (int) byFrame[i];
            byte[] page = decoded.get(number);
            if (page != null && number <= pageCount) {
                checked++;
                loadMain(number, inMain);
                if (!Arrays.equals(page, inMain)) {
                    return number;
                }
            }
        }
        return 0;
    }

    /** Where in {@link #readBuffer} the page of a frame of the transaction starts, -1 if it is not there. */
    int inReadBuffer(int frame) {
        return scanner.place(frame);
    }

    /** What was read of the log last; as it is until {@link #accept}. */
    byte[] readBuffer() {
        return scanner.chunk();
    }

    private byte[] array() {
        if (spares == 0) {
            return new byte[pageSize];
        }
        byte[] array = spare[--spares];
        if (retired > 0) {
            spare[spares] = spare[spares + retired];
        }
        return array;
    }

    /** Keeps an array from reuse until no view reads it any more. */
    private void retire(byte[] page) {
        if (page != null && spares + retired < MAX_SPARE) {
            spare[spares + retired++] = page;
        }
    }

    /** No view is in use. */
    private void release() {
        spares += retired;
        retired = 0;
    }

    private void load(int number, int frame, byte[] target) {
        if (frame == 0) {
            loadMain(number, target);
        } else if (!scanner.copyPage(frame, target)) {
            try {
                window.read(frame, target);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void loadMain(int number, byte[] target) {
        try {
            int n = main.read((number - 1L) * pageSize, target, 0, pageSize);
            if (n < pageSize) {
                throw CorruptPage.page(number, Math.max(n, 0), "it lies past the end of the database file");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
