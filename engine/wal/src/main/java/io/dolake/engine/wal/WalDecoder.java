/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Decodes row changes from the write-ahead log of one database. Not thread-safe: one thread polls.
 *
 * <p>The caller must guarantee that no frame is checkpointed into the main file before {@link #position} is past it.
 */
public final class WalDecoder implements AutoCloseable {
    /** Bytes of pages kept in memory. */
    public static final long DEFAULT_CACHE_BYTES = 16L * 1024 * 1024;

    private static final String MAGIC = "SQLite format 3\0";

    private final PageSource database;
    private final WalLog log;
    private final long cacheBytes;
    private final DecodedState state = new DecodedState();
    private final TransactionDecoder decoder;
    private final WalTransaction transaction = new WalTransaction();
    private LongSupplier commitClock = () -> 0;
    private WalHeader header;
    private WalScanner scanner;
    private WalPosition position;

    private WalDecoder(PageSource database, Path wal, WalPosition position, SchemaSource schemas, long cacheBytes) {
        this.database = database;
        this.log = new WalLog(wal);
        this.position = position;
        this.cacheBytes = cacheBytes;
        decoder = new TransactionDecoder(state, schemas, () -> commitClock.getAsLong());
    }

    /**
     * Opens the decoder at a position. A log with other salts than the position is treated as a later one that began
     * after the whole log of the position was decoded and checkpointed, as the caller guarantees.
     *
     * @param database the main file, which the decoder leaves open
     * @param wal path of the {@code -wal} file; it may not exist yet
     * @param position where to continue; changes before it are not emitted
     * @param schemaLsns LSN of the last schema change per table, for tables changed since the epoch began
     * @throws DoLakeException WAL_GAP if the log of the position does not hold it any more; WAL_CORRUPT,
     *     INVALID_DATABASE_FILE
     */
    public static WalDecoder open(
            PageSource database, Path wal, WalPosition position, Map<String, Lsn> schemaLsns, SchemaSource schemas)
            throws IOException {
        return open(database, wal, position, schemaLsns, schemas, DEFAULT_CACHE_BYTES);
    }

    /** As above, with a number of bytes for pages kept in memory. */
    public static WalDecoder open(
            PageSource database,
            Path wal,
            WalPosition position,
            Map<String, Lsn> schemaLsns,
            SchemaSource schemas,
            long cacheBytes)
            throws IOException {
        WalDecoder decoder = new WalDecoder(database, wal, position, schemas, cacheBytes);
        try {
            decoder.start(schemaLsns);
            return decoder;
        } catch (UncheckedIOException e) {
            decoder.close();
            throw e.getCause();
        } catch (IOException | RuntimeException | Error e) {
            decoder.close();
            throw e;
        }
    }

    /**
     * Sets the clock for commit times, in ms since 1970, read when a transaction is emitted: the log itself does not
     * hold the time of a commit. Without a clock the commit time is 0, unknown.
     */
    public WalDecoder withCommitClock(LongSupplier clock) {
        commitClock = clock;
        return this;
    }

    /** Decodes the committed transactions, at most {@code maxTransactions}; see the other form. */
    public int poll(ChangeListener listener, int maxTransactions) throws IOException {
        return poll(listener, maxTransactions, new Lsn(-1));
    }

    /**
     * Decodes the transactions that are committed and not decoded yet, oldest first. {@link #position} moves with every
     * commit; if the listener throws, the position stays before that transaction and the poll can be repeated.
     * Transactions without captured changes move the position and do not reach the listener.
     *
     * @param maxTransactions stop after this number
     * @param upTo transactions with a later LSN are not decoded. The owner of the WAL passes the newest commit that has
     *     returned: a commit frame after it may not be on disk yet, and its transaction may still fail
     * @return how many were decoded; 0 if there is nothing new
     */
    public int poll(ChangeListener listener, int maxTransactions, Lsn upTo) throws IOException {
        try {
            int decoded = decode(listener, maxTransactions, upTo);
            if (decoded == 0 && maxTransactions > 0 && log.followReplacement()) {
                decoded = decode(listener, maxTransactions, upTo);
            }
            return decoded;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** The position of the decoder. */
    public WalPosition position() {
        return position;
    }

    /** The tables at {@link #position}, by name. */
    public Map<String, TableSchema> tables() {
        Map<String, TableSchema> tables = new LinkedHashMap<>();
        state.tables().forEach((name, table) -> tables.put(name, table.schema()));
        return tables;
    }

    @Override
    public void close() throws IOException {
        log.close();
    }

    private int decode(ChangeListener listener, int maxTransactions, Lsn upTo) throws IOException {
        Optional<WalHeader> current = log.header();
        if (current.isEmpty()) {
            return 0;
        }
        if (header == null || !header.sameGeneration(current.get())) {
            if (header != null) {
                checkCheckpointed();
            }
            startGeneration(current.get());
        }
        scanner.restart();
        int decoded = 0;
        while (decoded < maxTransactions && scanner.next(transaction)) {
            Lsn lsn = new Lsn(position.lsn().value() + transaction.lastFrame() - scanner.frames());
            if (lsn.compareTo(upTo) > 0) {
                break;
            }
            decoder.decode(transaction, lsn, listener);
            accept(lsn);
            decoded++;
        }
        return decoded;
    }

    private void accept(Lsn lsn) {
        scanner.accept(transaction);
        position = new WalPosition(
                header.salt1(),
                header.salt2(),
                scanner.frames(),
                WalChecksum.first(scanner.checksum()),
                WalChecksum.second(scanner.checksum()),
                lsn);
    }

    private void start(Map<String, Lsn> schemaLsns) throws IOException {
        Optional<WalHeader> current = log.header();
        if (current.isPresent()) {
            boolean holdsPosition = position.salt1() == current.get().salt1()
                    && position.salt2() == current.get().salt2();
            startGeneration(current.get());
            if (holdsPosition) {
                goToPosition();
            }
        }
        byte[] page1 = readHeaderOfMain();
        if (page1 != null) {
            int pageSize = pageSize(page1);
            if (state.store == null) {
                openStore(pageSize);
            } else if (state.store.pageSize() != pageSize) {
                throw new DoLakeException(
                        ErrorCode.INVALID_DATABASE_FILE,
                        "Cannot read database: its pages have " + pageSize + " bytes, those of " + log.path() + " "
                                + state.store.pageSize());
            }
        }
        if (state.frames.size() == 0) {
            state.pageCount = state.store == null ? 0 : Math.toIntExact(database.size() / state.store.pageSize());
        }
        if (state.pageCount > 0) {
            byte[] first = state.view().page(1);
            state.usable = TransactionDecoder.usable(first, state.store.pageSize());
            state.encoding = TransactionDecoder.encoding(first);
            decoder.build(schemaLsns);
        }
    }

    /** Reads the frames up to the position, without emitting anything. */
    private void goToPosition() throws IOException {
        while (scanner.frames() < position.frames()) {
            if (!scanner.next(transaction) || transaction.lastFrame() > position.frames()) {
                throw gap("frame " + position.frames() + " is not a commit any more");
            }
            scanner.accept(transaction);
            transaction.putAllInto(state.frames);
            state.pageCount = transaction.pageCount();
        }
        if (scanner.checksum() != WalChecksum.of(position.checksum1(), position.checksum2())) {
            throw gap("the frames up to " + position.frames() + " are others than those that were decoded");
        }
    }

    /**
     * Checks that the main file now holds the decoded pages, by comparing those that are still in memory. This detects
     * a log that came and went unseen, if it changed one of these pages; salts cannot show it, since SQLite also
     * increments them when it truncates an empty log.
     */
    private void checkCheckpointed() {
        int differing = state.store.differsFromMain(state.frames, state.pageCount);
        if (differing != 0) {
            throw gap("page " + differing + " of the database is not as it was decoded last");
        }
    }

    private DoLakeException gap(String reason) {
        return new DoLakeException(
                        ErrorCode.WAL_GAP,
                        "Cannot continue decoding " + log.path() + " after LSN " + position.lsn() + ": " + reason)
                .withHint("Changes were lost for the change stream. Take a new snapshot of the database.")
                .withDetail("lsn", position.lsn().toString());
    }

    private void startGeneration(WalHeader next) {
        if (state.store == null) {
            openStore(next.pageSize());
        } else if (state.store.pageSize() != next.pageSize()) {
            if (state.pageCount > 0) {
                throw gap(
                        "its page size is " + next.pageSize() + ", that of the database was " + state.store.pageSize());
            }
            openStore(next.pageSize());
        }
        header = next;
        scanner = new WalScanner(log, header);
        state.frames.clear();
        state.store.generation(header, scanner);
    }

    private void openStore(int pageSize) {
        state.store = new PageStore(database, log, pageSize, cacheBytes);
        state.usable = pageSize;
    }

    private byte[] readHeaderOfMain() throws IOException {
        if (database.size() == 0) {
            return null;
        }
        byte[] bytes = new byte[Page.DATABASE_HEADER];
        if (database.read(0, bytes, 0, bytes.length) < bytes.length) {
            throw new DoLakeException(
                    ErrorCode.INVALID_DATABASE_FILE, "Cannot read database: it is shorter than its header");
        }
        if (!new String(bytes, 0, MAGIC.length(), StandardCharsets.ISO_8859_1).equals(MAGIC)) {
            throw new DoLakeException(
                    ErrorCode.INVALID_DATABASE_FILE,
                    "Cannot read database: it is not an SQLite database, or is encrypted");
        }
        return bytes;
    }

    private static int pageSize(byte[] page1) {
        int size = Bytes.u16(page1, 16);
        int pageSize = size == 1 ? 65536 : size;
        if (!WalHeader.isPageSize(pageSize)) {
            throw new DoLakeException(
                    ErrorCode.INVALID_DATABASE_FILE, "Cannot read database: page size " + size + " is not valid");
        }
        return pageSize;
    }
}
