/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

/**
 * A change of one row, net over its transaction. The source reuses the object: it is valid only until the listener
 * returns; {@link #copy()} keeps it.
 *
 * <p>Images are SQLite record bytes; {@link SqliteRecord} reads them with the schema that belongs to the image. The two
 * schemas differ only in a transaction that also altered the table.
 */
public final class RowChange {
    private long event;
    private Operation operation;
    private long rowid;
    private TableSchema beforeSchema;
    private TableSchema afterSchema;
    private final ByteSlice before = new ByteSlice();
    private final ByteSlice after = new ByteSlice();

    /** Fills in everything but the images, which stay as they are. */
    public RowChange set(
            long newEvent, Operation newOperation, long newRowid, TableSchema newBefore, TableSchema newAfter) {
        event = newEvent;
        rowid = newRowid;
        // Mostly unchanged; storing a reference costs more than comparing it (GC barrier).
        if (operation != newOperation) {
            operation = newOperation;
        }
        if (beforeSchema != newBefore) {
            beforeSchema = newBefore;
        }
        if (afterSchema != newAfter) {
            afterSchema = newAfter;
        }
        return this;
    }

    /** Moves to the next event, of another row but the same kind and schemas. */
    public RowChange next(long newRowid) {
        event++;
        rowid = newRowid;
        return this;
    }

    /** Index of the event in the transaction. */
    public long event() {
        return event;
    }

    public Operation operation() {
        return operation;
    }

    /**
     * The rowid, after the transaction if the row exists then; 0 for WITHOUT ROWID tables. In a table with a primary
     * key that is not the rowid, an updated row may have had another one before.
     */
    public long rowid() {
        return rowid;
    }

    /** Schema that reads {@link #before}; null for CREATE. */
    public TableSchema beforeSchema() {
        return beforeSchema;
    }

    /** Schema that reads {@link #after}; null for DELETE. */
    public TableSchema afterSchema() {
        return afterSchema;
    }

    /** The schema of whichever image there is, the later one if both. */
    public TableSchema schema() {
        return afterSchema != null ? afterSchema : beforeSchema;
    }

    /** Record before the transaction; meaningless for CREATE. */
    public ByteSlice before() {
        return before;
    }

    /** Record after the transaction; meaningless for DELETE. */
    public ByteSlice after() {
        return after;
    }

    /** A copy with its own bytes. */
    public RowChange copy() {
        RowChange copy = new RowChange().set(event, operation, rowid, beforeSchema, afterSchema);
        if (operation != Operation.CREATE) {
            copy.before.set(before.toBytes(), 0, before.length());
        }
        if (operation != Operation.DELETE) {
            copy.after.set(after.toBytes(), 0, after.length());
        }
        return copy;
    }
}
