/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Row changes out of the write-ahead log of one database. Not thread-safe: one thread polls.
 *
 * <p>Whoever runs it promises that no frame is checkpointed into the main file before {@link #position} is past it.
 */
public final class WalDecoder implements AutoCloseable {
    private WalDecoder() {}

    /**
     * Opens the decoder at a position.
     *
     * @param database the main file, handed in and left open
     * @param wal path of the {@code -wal} file; it may not exist yet
     * @param position where to go on; what lies before it is not emitted
     * @param schemaLsns LSN of the last schema change per table, for tables changed since the epoch began
     * @throws DoLakeException WAL_GAP if the WAL does not hold the position any more; WAL_CORRUPT, INVALID_DATABASE_FILE
     */
    public static WalDecoder open(
            PageSource database, Path wal, WalPosition position, Map<String, Lsn> schemaLsns, SchemaSource schemas)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Decodes whatever is committed, at most {@code maxTransactions}; see the other form. */
    public int poll(ChangeListener listener, int maxTransactions) throws IOException {
        return poll(listener, maxTransactions, new Lsn(-1));
    }

    /**
     * Decodes the transactions that are committed and not decoded yet, oldest first. {@link #position} moves with every
     * commit; if the listener throws, the position stays before that transaction and the poll can be repeated.
     *
     * @param maxTransactions stop after so many
     * @param upTo transactions with a later LSN are left alone. The owner of the WAL passes the newest commit that has
     *     returned: a commit frame behind it may not be on disk yet, and its transaction may still fail
     * @return how many were decoded; 0 if there is nothing new
     */
    public int poll(ChangeListener listener, int maxTransactions, Lsn upTo) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Where the decoder stands. */
    public WalPosition position() {
        throw new UnsupportedOperationException();
    }

    /** The tables at {@link #position}, by name. */
    public Map<String, TableSchema> tables() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() throws IOException {
        throw new UnsupportedOperationException();
    }
}
