/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/** Receives the rows of a table that differ, or may differ. Cells are valid during the call. */
interface RowSink {
    void removed(Cell before);

    void added(Cell after);

    /**
     * Receives added rows of a leaf, {@code from} to before {@code to}: accepts as many as it can process faster than
     * one by one.
     *
     * @param previous rowid before the first
     * @return the first cell that it did not accept
     */
    default int addedRun(Page leaf, int from, int to, long previous) {
        return from;
    }

    /** Receives rows with the same rowid on both sides that may differ. */
    void candidate(Cell before, Cell after);
}
