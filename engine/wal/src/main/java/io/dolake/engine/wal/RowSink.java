/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/** Receives the rows of a table that differ, or may differ. Cells are valid during the call. */
interface RowSink {
    void removed(Cell before);

    void added(Cell after);

    /** The same rowid on both sides, and not evidently the same row. */
    void candidate(Cell before, Cell after);
}
