/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.verify;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * A multiset of rows in bounded memory: per bucket of keys the number of rows and the sum of their digests. Two sets of
 * the same rows are equal in whatever order they were added; a row missing, changed or there twice shows in the bucket
 * of its key. The digest is 128 bits of SHA-256, which is safe against chance, not against someone who builds
 * collisions.
 */
final class RowSet {
    static final int BUCKETS = 1 << 12;

    private final long[] counts = new long[BUCKETS];
    private final long[] high = new long[BUCKETS];
    private final long[] low = new long[BUCKETS];
    private final MessageDigest sha256 = sha256();
    private long rows;

    void add(Row row) {
        int bucket = row.bucket();
        sha256.reset();
        for (String cell : row.cells()) {
            byte[] bytes = cell.getBytes(StandardCharsets.UTF_8);
            sha256.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
            sha256.update(bytes);
        }
        ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
        counts[bucket]++;
        high[bucket] += digest.getLong();
        low[bucket] += digest.getLong();
        rows++;
    }

    long rows() {
        return rows;
    }

    /** The buckets in which the sets differ. */
    List<Integer> differences(RowSet other) {
        List<Integer> buckets = new ArrayList<>();
        for (int i = 0; i < BUCKETS; i++) {
            if (counts[i] != other.counts[i] || high[i] != other.high[i] || low[i] != other.low[i]) {
                buckets.add(i);
            }
        }
        return buckets;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * A row in the text form of {@link ComparedValue}.
     *
     * @param key cells that identify the row
     * @param cells all of them
     */
    record Row(List<String> key, List<String> cells) {
        int bucket() {
            return Math.floorMod(key.hashCode() * 0x9E3779B1, BUCKETS);
        }
    }
}
