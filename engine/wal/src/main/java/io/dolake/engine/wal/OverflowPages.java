/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/** Records only the overflow pages of rows. */
final class OverflowPages implements RowSink {
    private final SqliteRecordReader before;
    private final SqliteRecordReader after;
    private final Page page = new Page();
    private final Cell cell = new Cell();

    OverflowPages(PageMapChanges changes) {
        before = new SqliteRecordReader(changes, SqliteRecordReader.Note.GONE);
        after = new SqliteRecordReader(changes, SqliteRecordReader.Note.OWNED);
    }

    /** Visits all rows in these pages. */
    void own(IntList pages, PageView view, boolean withoutRowid) {
        for (int i = 0; i < pages.size(); i++) {
            page.load(view, pages.get(i), withoutRowid);
            if (!withoutRowid) {
                page.checkLeaf();
            }
            for (int c = 0; c < page.cells(); c++) {
                after.note(cell.read(page, c));
            }
        }
    }

    @Override
    public void removed(Cell gone) {
        before.note(gone);
    }

    @Override
    public void added(Cell came) {
        after.note(came);
    }

    @Override
    public void candidate(Cell cellBefore, Cell cellAfter) {
        before.note(cellBefore);
        after.note(cellAfter);
    }
}
