/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Arrays;

/** A Bloom filter with one hash: recognizes most pages that are not in a set, faster than the set itself. */
final class PageFilter {
    private static final int WORDS = 128;

    private final long[] bits = new long[WORDS];

    void clear() {
        Arrays.fill(bits, 0);
    }

    void add(int page) {
        bits[page >>> 6 & WORDS - 1] |= 1L << page;
    }

    /** False if the page was not added. */
    boolean mayContain(int page) {
        return (bits[page >>> 6 & WORDS - 1] & 1L << page) != 0;
    }
}
