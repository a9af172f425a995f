/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ByteSlice;

/**
 * Events of a table whose rows are known by a primary key beside or instead of the rowid. A removed row and an added
 * row with equal keys are one row that changed or only moved (REPLACE, VACUUM).
 *
 * <p>The pages are read several times, so that memory is needed only for removed rows, 24 bytes each. The first pass
 * collects the removed rows; if there are none, all added rows are inserts. Otherwise the second pass marks the rows
 * that were added again; then the deletes are emitted, then updates and inserts.
 */
final class KeyedRows {
    private enum Pass {
        COLLECT,
        MATCH,
        EMIT
    }

    private final RowidDiff rowidDiff;
    private final TransactionEmitter emitter;
    private final SqliteRecordReader before;
    private final SqliteRecordReader after;
    private final SqliteRecordReader found = new SqliteRecordReader(null, SqliteRecordReader.Note.NOTHING);
    private final SqliteRecordReader foundAfter = new SqliteRecordReader(null, SqliteRecordReader.Note.NOTHING);
    private final RecordKey keyBefore = new RecordKey();
    private final RecordKey keyAfter = new RecordKey();
    private final Page page = new Page();
    private final Cell cell = new Cell();
    private TableChange change;
    private RowEquality equality;
    private RecordKey.Layout layoutBefore;
    private RecordKey.Layout layoutAfter;
    private IndexPages indexPages;
    private RemovedRows removed;

    KeyedRows(RowidDiff rowidDiff, TransactionEmitter emitter, PageMapChanges changes) {
        this.rowidDiff = rowidDiff;
        this.emitter = emitter;
        before = new SqliteRecordReader(changes, SqliteRecordReader.Note.GONE);
        after = new SqliteRecordReader(changes, SqliteRecordReader.Note.OWNED);
    }

    void run(TableChange newChange) {
        change = newChange;
        equality = RowEquality.of(change);
        removed = new RemovedRows();
        layoutBefore = change.before() == null
                ? null
                : new RecordKey.Layout(change.before().schema());
        layoutAfter = new RecordKey.Layout(change.after().schema());
        indexPages = change.after().withoutRowid() ? new IndexPages(change) : null;
        pass(Pass.COLLECT);
        if (removed.size() > 0) {
            pass(Pass.MATCH);
            emitDeletes();
        }
        pass(Pass.EMIT);
        removed = null;
        indexPages = null;
    }

    private void pass(Pass pass) {
        RowSink sink = switch (pass) {
            case COLLECT -> new Collect();
            case MATCH -> new Match();
            case EMIT -> new Emit();
        };
        if (indexPages == null) {
            rowidDiff.run(change, sink);
            return;
        }
        if (pass == Pass.COLLECT) {
            indexPages.before(sink::removed);
        } else {
            indexPages.after(sink::added);
        }
    }

    private boolean keyChanged(Cell cellBefore, Cell cellAfter) {
        keyBefore.read(layoutBefore, found.read(cellBefore), cellBefore);
        keyAfter.read(layoutAfter, foundAfter.read(cellAfter), cellAfter);
        return !keyBefore.sameAs(keyAfter);
    }

    /** The row before with the key of this one, -1 if there is none. */
    private int find(Cell cellAfter) {
        if (removed.size() == 0) {
            return -1;
        }
        keyAfter.read(layoutAfter, foundAfter.read(cellAfter), cellAfter);
        if (keyAfter.hasNull()) {
            return -1;
        }
        long hash = keyAfter.hash();
        for (int slot = removed.firstSlot(hash); ; slot = removed.nextSlot(slot)) {
            int row = removed.rowAt(slot);
            if (row < 0) {
                return -1;
            }
            if (removed.hash(row) == hash) {
                loadRemoved(row);
                if (keyBefore.read(layoutBefore, found.read(cell), cell).sameAs(keyAfter)) {
                    return row;
                }
            }
        }
    }

    private void loadRemoved(int row) {
        cell.read(
                page.load(
                        change.beforeView(), removed.page(row), change.before().withoutRowid()),
                removed.cell(row));
    }

    private void emitDeletes() {
        for (int row = 0; row < removed.size(); row++) {
            if (!removed.isFound(row)) {
                loadRemoved(row);
                before.read(cell, emitter.before());
                emitter.delete(change.before(), cell.rowid());
            }
        }
    }

    /** Collects the removed rows, and those whose key changed. */
    private final class Collect implements RowSink {
        @Override
        public void removed(Cell gone) {
            keyBefore.read(layoutBefore, found.read(gone), gone);
            removed.add(keyBefore.hash(), gone.page().number(), gone.index());
        }

        @Override
        public void added(Cell came) {
            // Added rows are processed when all removed rows are known.
        }

        @Override
        public void candidate(Cell cellBefore, Cell cellAfter) {
            if (keyChanged(cellBefore, cellAfter)) {
                removed.add(keyBefore.hash(), cellBefore.page().number(), cellBefore.index());
            }
        }
    }

    /** Marks the removed rows that were added again. */
    private final class Match implements RowSink {
        @Override
        public void removed(Cell gone) {
            // Collected already.
        }

        @Override
        public void added(Cell came) {
            int row = find(came);
            if (row >= 0) {
                removed.markFound(row);
            }
        }

        @Override
        public void candidate(Cell cellBefore, Cell cellAfter) {
            if (keyChanged(cellBefore, cellAfter)) {
                added(cellAfter);
            }
        }
    }

    /** Emits updates and inserts. */
    private final class Emit implements RowSink {
        @Override
        public void removed(Cell gone) {
            // Emitted already, or found again.
        }

        @Override
        public void added(Cell came) {
            int row = find(came);
            if (row < 0) {
                after.read(came, emitter.after());
                emitter.create(change.after(), came.rowid());
            } else {
                loadRemoved(row);
                update(cell, came);
            }
        }

        @Override
        public void candidate(Cell cellBefore, Cell cellAfter) {
            if (keyChanged(cellBefore, cellAfter)) {
                added(cellAfter);
            } else {
                update(cellBefore, cellAfter);
            }
        }

        private void update(Cell cellBefore, Cell cellAfter) {
            ByteSlice was = before.read(cellBefore, emitter.before());
            ByteSlice is = after.read(cellAfter, emitter.after());
            if (!equality.test(cellBefore.rowid(), was, cellAfter.rowid(), is)) {
                emitter.update(change.before(), change.after(), cellAfter.rowid());
            }
        }
    }
}
