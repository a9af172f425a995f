/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** Pages by where they are: a frame of the WAL, or the main file. Keeps a bounded number of them. */
final class PageStore {
    /** Pages compared with the main file when the log begins anew. */
    private static final int MAX_CHECKED = 64;

    private final PageSource main;
    private final WalLog log;
    private final int pageSize;
    private final PageCache cache;
    private WalHeader header;
    private WalScanner scanner;

    PageStore(PageSource main, WalLog log, int pageSize, long cacheBytes) {
        this.main = main;
        this.log = log;
        this.pageSize = pageSize;
        cache = new PageCache((int) Math.max(16, cacheBytes / pageSize));
    }

    /** A new generation begins: frame numbers mean other pages, and the main file holds what the old ones held. */
    void generation(WalHeader newHeader, WalScanner newScanner) {
        header = newHeader;
        scanner = newScanner;
        cache.clear();
    }

    int pageSize() {
        return pageSize;
    }

    /** The page in a committed frame. Not to be written to. */
    byte[] frame(int frame) {
        byte[] page = cache.get(frame);
        if (page == null) {
            page = new byte[pageSize];
            loadFrame(frame, page);
            cache.put(frame, page);
        }
        return page;
    }

    /** The page in the main file. Not to be written to. */
    byte[] main(int number) {
        byte[] page = cache.get(-number);
        if (page == null) {
            page = new byte[pageSize];
            loadMain(number, page);
            cache.put(-number, page);
        }
        return page;
    }

    /** As {@link #frame}, into an array of the caller and without keeping the page. */
    void readFrame(int frame, byte[] target) {
        byte[] page = cache.get(frame);
        if (page == null) {
            loadFrame(frame, target);
        } else {
            System.arraycopy(page, 0, target, 0, pageSize);
        }
    }

    /** As {@link #main}, into an array of the caller and without keeping the page. */
    void readMain(int number, byte[] target) {
        byte[] page = cache.get(-number);
        if (page == null) {
            loadMain(number, target);
        } else {
            System.arraycopy(page, 0, target, 0, pageSize);
        }
    }

    /**
     * Compares pages whose newest frame is in the cache with the main file.
     *
     * @param newest page to its newest frame
     * @return a page that is not the same; 0 if there is none among those looked at
     */
    int differsFromMain(IntIntMap newest, int pageCount) {
        long[] byFrame = newest.byValue();
        byte[] inMain = new byte[pageSize];
        int checked = 0;
        for (int i = byFrame.length - 1; i >= 0 && checked < MAX_CHECKED; i--) {
            int page = (int) byFrame[i];
            byte[] decoded = cache.get(byFrame[i] >>> 32);
            if (decoded != null && page <= pageCount) {
                checked++;
                loadMain(page, inMain);
                if (!Arrays.equals(decoded, inMain)) {
                    return page;
                }
            }
        }
        return 0;
    }

    private void loadFrame(int frame, byte[] target) {
        if (scanner.copyPage(frame, target)) {
            return;
        }
        try {
            log.readPage(header, frame, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void loadMain(int number, byte[] target) {
        try {
            int n = main.read((number - 1L) * pageSize, target, 0, pageSize);
            if (n < pageSize) {
                throw Corrupt.page(number, Math.max(n, 0), "it lies past the end of the database file");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
