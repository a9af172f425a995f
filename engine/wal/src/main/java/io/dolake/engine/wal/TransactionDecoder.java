/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.engine.wal.SchemaSource.SchemaRow;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Turns the pages of one transaction into events. The state moves only when the listener has accepted all events, so
 * that a transaction can be decoded again.
 */
final class TransactionDecoder {
    private final DecodedState state;
    private final SchemaSource schemas;
    private final PageMapChanges changes = new PageMapChanges();
    private final TouchedPages marks = new TouchedPages();
    private final TreeDiff treeDiff;
    private final RowidDiff rowidDiff = new RowidDiff(changes);
    private final TransactionEmitter emitter;
    private final RowEvents rowEvents;
    private final KeyedRows keyedRows;
    private final OverflowPages noEvents = new OverflowPages(changes);
    private PageView before;
    private PageView after;
    private TextEncoding encodingAfter;
    private WalTransaction transaction;

    TransactionDecoder(DecodedState state, SchemaSource schemas, LongSupplier commitTimeMs) {
        this.state = state;
        this.schemas = schemas;
        treeDiff = new TreeDiff(state.map, marks, changes);
        emitter = new TransactionEmitter(commitTimeMs);
        rowEvents = new RowEvents(emitter, changes);
        keyedRows = new KeyedRows(rowidDiff, emitter, changes);
    }

    void decode(WalTransaction newTransaction, Lsn lsn, ChangeListener listener) {
        transaction = newTransaction;
        changes.reset();
        state.store.begin();
        before = state.view();
        after = viewAfter();
        marks.clear();
        markPages();
        emitter.start(listener, lsn);
        SchemaPlan plan = null;
        List<SchemaRow> rows = state.schemaRows;
        if (marks.touches(Table.SCHEMA)) {
            rows = readSchema();
            Map<String, TableSchema> described = describe(rows, after.pageCount());
            plan = SchemaPlan.of(state.schemaRows, state.tables(), rows, described, lsn, state.nextTableId);
            for (SchemaChange change : plan.changes()) {
                emitter.schemaChange(change);
            }
        }
        for (SchemaPlan.Pair pair : work(plan)) {
            compare(pair.before(), pair.after());
        }
        emitter.finish();
        commit(plan, rows);
    }

    private void commit(SchemaPlan plan, List<SchemaRow> rows) {
        changes.applyTo(state.map);
        transaction.putAllInto(state.frames);
        state.store.accept(transaction.pages());
        state.pageCount = after.pageCount();
        state.usable = after.usable();
        state.encoding = encodingAfter;
        if (plan != null) {
            state.tables(plan.tables());
            state.schemaRows = rows;
            state.nextTableId = plan.nextId();
        }
    }

    private PageView viewAfter() {
        int frame = transaction.frame(1);
        int usable = state.usable;
        encodingAfter = state.encoding;
        if (frame != 0) {
            byte[] page = state.store.own(1, frame);
            usable = usable(page, state.store.pageSize());
            encodingAfter = encoding(page);
        }
        return new PageView(state.store, state.frames, transaction, transaction.pageCount(), usable);
    }

    static int usable(byte[] page1, int pageSize) {
        int usable = pageSize - (page1[20] & 0xFF);
        if (usable < 480) {
            throw CorruptPage.page(1, 20, (page1[20] & 0xFF) + " reserved bytes leave too little of a page");
        }
        return usable;
    }

    static TextEncoding encoding(byte[] page1) {
        return TextEncoding.of(Bytes.i32(page1, 56));
    }

    private void markPages() {
        for (int i = 0; i < transaction.pages().size(); i++) {
            int page = transaction.pages().get(i);
            if (page != 1 || schemaPageChanged()) {
                marks.mark(state.map, page);
            }
        }
    }

    /** Whether page 1 changed in more than the header of the database, for which alone many transactions contain it. */
    private boolean schemaPageChanged() {
        if (before.pageCount() == 0 || before.usable() != after.usable() || encodingAfter != state.encoding) {
            return true;
        }
        return !Arrays.equals(
                before.page(1),
                Page.DATABASE_HEADER,
                before.usable(),
                after.page(1),
                Page.DATABASE_HEADER,
                after.usable());
    }

    private List<SchemaRow> readSchema() {
        Table was = before.pageCount() == 0 ? null : Table.SCHEMA;
        treeDiff.whole(was, Table.SCHEMA, before, after);
        rowidDiff.run(change(Table.SCHEMA, Table.SCHEMA, false, false), noEvents);
        return SchemaRows.read(after, treeDiff.after(), encodingAfter);
    }

    private Map<String, TableSchema> describe(List<SchemaRow> rows, int pageCount) {
        Map<String, TableSchema> described = schemas.describe(rows, encodingAfter);
        for (SchemaRow row : rows) {
            if (row.type().equals("table")
                    && described.containsKey(row.name())
                    && (row.rootPage() < 2 || row.rootPage() > pageCount)) {
                throw CorruptPage.page(
                        1, 0, "table " + row.name() + " has root page " + row.rootPage() + " of " + pageCount);
            }
        }
        return described;
    }

    /**
     * The tables to compare, in the order of their root pages, an order that does not depend on when the decoder was
     * opened.
     */
    private List<SchemaPlan.Pair> work(SchemaPlan plan) {
        List<SchemaPlan.Pair> work = new ArrayList<>();
        if (plan == null) {
            for (int i = 0; i < marks.tables().size(); i++) {
                int id = marks.tables().get(i);
                Table table = state.table(id);
                if (table == null) {
                    throw new DoLakeException(
                            ErrorCode.INTERNAL_ERROR, "Cannot decode transaction: table " + id + " is not known");
                }
                work.add(new SchemaPlan.Pair(table, table));
            }
        } else {
            plan.dropped().forEach(table -> treeDiff.drop(table, before));
            work.addAll(plan.kept());
            plan.created().forEach(table -> work.add(new SchemaPlan.Pair(null, table)));
        }
        work.sort(Comparator.comparingInt(pair -> pair.after().root()));
        return work;
    }

    private void compare(Table was, Table is) {
        if (was == null || was.root() != is.root() || !RowEquality.keepsUntouchedRows(was.schema(), is.schema())) {
            treeDiff.whole(was, is, before, after);
            rows(change(was, is, false, shapeChanged(was, is)));
        } else if (marks.touches(is)) {
            IntList pairs = unmovedPages(is);
            boolean shapeChanged = shapeChanged(was, is);
            if (pairs != null) {
                rows(new TableChange(was, is, before, after, pairs, pairs, true, shapeChanged, marks));
            } else {
                treeDiff.compare(is, before, after, transaction);
                rows(change(was, is, false, shapeChanged));
            }
        }
    }

    private static boolean shapeChanged(Table was, Table is) {
        return was != null && !RowEquality.sameShape(was.schema(), is.schema());
    }

    private TableChange change(Table was, Table is, boolean pairwise, boolean shapeChanged) {
        return new TableChange(
                was, is, before, after, treeDiff.before(), treeDiff.after(), pairwise, shapeChanged, marks);
    }

    private void rows(TableChange change) {
        Table.Identity identity = change.after().identity();
        if (identity == Table.Identity.ROWID) {
            rowidDiff.run(change, rowEvents.start(change));
        } else {
            keyedRows.run(change);
        }
    }

    /**
     * The pages of a table to compare one by one; null if an interior page is among them: then rows may have moved. In
     * a WITHOUT ROWID table interior pages hold rows. An interior page that is a leaf now is its root, or the page
     * above it was changed too.
     */
    private IntList unmovedPages(Table table) {
        IntList touched = marks.pages(table);
        touched.sort();
        IntList pages = new IntList();
        for (int i = 0; i < touched.size(); i++) {
            int page = touched.get(i);
            if (i > 0 && page == touched.get(i - 1)) {
                continue;
            }
            if (transaction.contains(page)) {
                if (!Page.isLeafType(transaction.type(page))
                        || (page == table.root() && !isLeaf(page, before.page(page)))) {
                    return null;
                }
            } else if (!table.withoutRowid() && !isLeaf(page, before.page(page))) {
                // An overflow page of a dropped table led here, to a page that now has another use.
                continue;
            }
            pages.add(page);
        }
        return pages;
    }

    private static boolean isLeaf(int page, byte[] bytes) {
        return Page.isLeafType(Page.typeOf(page, bytes));
    }

    /** Fills the page map at {@link WalDecoder#open} from all present tables. */
    void build(Map<String, Lsn> schemaLsns) {
        before = state.view();
        after = before;
        encodingAfter = state.encoding;
        treeDiff.whole(null, Table.SCHEMA, before, after);
        noEvents.own(treeDiff.after(), after, false);
        state.schemaRows = SchemaRows.read(after, treeDiff.after(), encodingAfter);
        Map<String, TableSchema> described = describe(state.schemaRows, state.pageCount);
        SchemaPlan plan = SchemaPlan.of(List.of(), Map.of(), state.schemaRows, described, Lsn.ZERO, state.nextTableId);
        for (Map.Entry<String, Table> entry : plan.tables().entrySet()) {
            Table table = entry.getValue();
            Lsn lsn = schemaLsns.get(entry.getKey());
            if (lsn != null) {
                table = Table.of(table.id(), table.root(), SchemaPlan.at(table.schema(), lsn));
                entry.setValue(table);
            }
            treeDiff.whole(null, table, before, after);
            noEvents.own(treeDiff.after(), after, table.withoutRowid());
        }
        state.tables(plan.tables());
        state.nextTableId = plan.nextId();
        changes.applyTo(state.map);
    }
}
