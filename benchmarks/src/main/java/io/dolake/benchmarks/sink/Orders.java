/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.sink;

import java.util.Arrays;
import java.util.Random;

/**
 * Changes of orders with keys drawn at random: the row after an insert or update, or a delete of a live row. The same
 * numbers give the same changes. Of each change {@code sequence} is the row's quantity, so that a row tells its version.
 *
 * @param rows changes
 * @param keys distinct keys that they are drawn from
 * @param deletePercent of the draws, where the drawn key is live
 */
record Orders(int rows, int keys, int deletePercent) {
    private static final long SEED = 4711;
    private static final long ABSENT = -1;

    /** Takes changes in order. */
    interface Visitor {
        void change(long sequence, long id, boolean isDelete) throws Exception;
    }

    /** Rows of a table: how many, and the sum of a hash of each one's key and version. */
    record Content(long rows, long checksum) {
        static final Content EMPTY = new Content(0, 0);

        Content with(long id, long sequence) {
            return new Content(rows + 1, checksum + mix(id * 0x9E3779B97F4A7C15L + sequence));
        }
    }

    /** What the changes come to. */
    record Outcome(long inserts, long updates, long deletes, Content appended, Content live) {
        double updateShare() {
            return updates / (double) (inserts + updates + deletes);
        }
    }

    void forEach(Visitor visitor) throws Exception {
        Random random = new Random(SEED);
        boolean[] live = new boolean[keys];
        for (int sequence = 0; sequence < rows; sequence++) {
            int id = random.nextInt(keys);
            boolean isDelete = random.nextInt(100) < deletePercent && live[id] && sequence < rows - 1;
            live[id] = !isDelete;
            visitor.change(sequence, id, isDelete);
        }
    }

    Outcome outcome() throws Exception {
        long[] versions = new long[keys];
        Arrays.fill(versions, ABSENT);
        long[] counts = new long[3];
        Content[] appended = {Content.EMPTY};
        forEach((sequence, id, isDelete) -> {
            int key = (int) id;
            counts[isDelete ? 2 : versions[key] == ABSENT ? 0 : 1]++;
            versions[key] = isDelete ? ABSENT : sequence;
            if (!isDelete) {
                appended[0] = appended[0].with(id, sequence);
            }
        });
        Content live = Content.EMPTY;
        for (int id = 0; id < keys; id++) {
            if (versions[id] != ABSENT) {
                live = live.with(id, versions[id]);
            }
        }
        return new Outcome(counts[0], counts[1], counts[2], appended[0], live);
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
