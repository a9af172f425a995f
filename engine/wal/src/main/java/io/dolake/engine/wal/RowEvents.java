/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ByteSlice;

/** Events of a table whose rows are known by their rowid: what the merge finds is what happened. */
final class RowEvents implements RowSink {
    private final Emitter emitter;
    private final RecordReader before;
    private final RecordReader after;
    private TableChange change;
    private RowEquality equality;

    RowEvents(Emitter emitter, MapChanges changes) {
        this.emitter = emitter;
        before = new RecordReader(changes, RecordReader.Note.GONE);
        after = new RecordReader(changes, RecordReader.Note.OWNED);
    }

    RowEvents start(TableChange newChange) {
        change = newChange;
        equality = RowEquality.of(newChange);
        return this;
    }

    @Override
    public void removed(Cell cell) {
        before.read(cell, emitter.before());
        emitter.delete(change.before(), cell.rowid());
    }

    @Override
    public void added(Cell cell) {
        after.read(cell, emitter.after());
        emitter.create(change.after(), cell.rowid());
    }

    @Override
    public void candidate(Cell cellBefore, Cell cellAfter) {
        ByteSlice was = before.read(cellBefore, emitter.before());
        ByteSlice is = after.read(cellAfter, emitter.after());
        if (!equality.test(cellBefore.rowid(), was, cellAfter.rowid(), is)) {
            emitter.update(change.before(), change.after(), cellAfter.rowid());
        }
    }
}
