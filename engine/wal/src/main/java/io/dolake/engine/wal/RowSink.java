/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/** Receives the rows of a table that differ, or may differ. Cells are valid during the call. */
interface RowSink {
    void removed(Cell before);

    void added(Cell after);

    /**
     * Rows of a leaf that came, {@code from} to before {@code to}: takes as many as it can take faster than one by one.
     *
     * @param previous rowid before the first
     * @return the first cell that it did not take
     */
    default int addedRun(Page leaf, int from, int to, long previous) {
        return from;
    }

    /** The same rowid on both sides, and not evidently the same row. */
    void candidate(Cell before, Cell after);
}
