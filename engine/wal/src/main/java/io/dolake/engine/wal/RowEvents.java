/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ByteSlice;

/**
 * Emits the events of a table whose rows are identified by rowid: each difference that the merge finds is one event.
 */
final class RowEvents implements RowSink {
    private final TransactionEmitter emitter;
    private final SqliteRecordReader before;
    private final SqliteRecordReader after;
    private TableChange change;
    private RowEquality equality;

    RowEvents(TransactionEmitter emitter, PageMapChanges changes) {
        this.emitter = emitter;
        before = new SqliteRecordReader(changes, SqliteRecordReader.Note.GONE);
        after = new SqliteRecordReader(changes, SqliteRecordReader.Note.OWNED);
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

    /** Emits short rows without reading a separate cell for each; bulk loads consist of them. */
    @Override
    public int addedRun(Page leaf, int from, int to, long previous) {
        byte[] bytes = leaf.bytes();
        int pointers = leaf.pointers();
        int content = pointers + 2 * leaf.cells();
        int base = content - leaf.offset(content);
        int limit = leaf.limit();
        Table table = change.after();
        ByteSlice slice = emitter.after();
        long last = previous;
        int i = from;
        for (; i < to; i++) {
            int at = base + Bytes.u16(bytes, pointers + 2 * i);
            if (at < content || at + Cell.MAX_HEADER > limit) {
                break;
            }
            long header = Bytes.i64(bytes, at);
            int rowidBytes = Cell.rowidBytes(header);
            int size = (int) (header >>> 56);
            int start = at + 1 + rowidBytes;
            // A record this short has no overflow pages, whatever the page size.
            if (header < 0 || rowidBytes > 4 || start + size > limit) {
                break;
            }
            long rowid = Cell.rowid(header, rowidBytes);
            if (rowid <= last) {
                break;
            }
            last = rowid;
            slice.set(bytes, start, size);
            if (i == from) {
                emitter.create(table, rowid);
            } else {
                emitter.createNext(rowid);
            }
        }
        emitter.created(Math.max(0, i - from - 1));
        return i;
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
