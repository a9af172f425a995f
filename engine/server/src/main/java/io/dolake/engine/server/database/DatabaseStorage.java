/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.archive.ObjectStore;
import io.dolake.engine.server.archive.SegmentArchive;
import io.dolake.engine.server.changelog.ChangeLog;
import io.dolake.engine.server.changelog.HighWaterMark;
import io.dolake.engine.server.changelog.LogState;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.sqlite.MainFile;
import io.dolake.engine.server.sqlite.PageFile;
import io.dolake.engine.server.sqlite.SqlErrors;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.server.sqlite.SqliteSchemaSource;
import io.dolake.engine.server.sqlite.WalSalts;
import io.dolake.engine.server.support.QuietClose;
import io.dolake.engine.wal.WalDecoder;
import io.dolake.engine.wal.WalPosition;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/**
 * The files and connections that make up an open database, and the check that the change log belongs to the database
 * file and its WAL. If it does not, the database gets a new epoch with the reason: changes are never streamed as if
 * nothing had happened.
 */
final class DatabaseStorage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseStorage.class);

    private final DatabaseFiles files;
    private final ServerConfig config;
    private final ObjectStore store;
    private SQLiteConnection fence;
    private SQLiteConnection keeper;
    private PageFile pages;
    private ChangeLog log;
    private WalDecoder decoder;
    private WalPosition position;
    private int pageBytes;

    private DatabaseStorage(DatabaseFiles files, ServerConfig config, ObjectStore store) {
        this.files = files;
        this.config = config;
        this.store = store;
    }

    static DatabaseStorage open(DatabaseFiles files, EngineResources resources) {
        DatabaseStorage storage = new DatabaseStorage(files, resources.config(), resources.archiveStore());
        try {
            storage.openAll();
            return storage;
        } catch (SQLException | IOException e) {
            storage.close();
            throw SqlErrors.io("open database '" + files.name() + "'", e);
        } catch (RuntimeException e) {
            storage.close();
            throw e;
        }
    }

    private void openAll() throws SQLException, IOException {
        files.checkMain();
        // Must be checked before SQLite creates the file.
        boolean isWalThere = Files.exists(files.wal());
        fence = Sqlite.openWriter(files.main(), config);
        if (!"wal".equals(Sqlite.text(fence, "PRAGMA main.journal_mode"))) {
            String mode = Sqlite.text(fence, "PRAGMA main.journal_mode = WAL");
            if (!"wal".equals(mode)) {
                throw new SQLException("its journal mode stays " + mode);
            }
        }
        keeper = Sqlite.openReader(files.main(), config);
        Sqlite.text(keeper, "SELECT count(*) FROM sqlite_schema");
        pageBytes = (int) Sqlite.numbers(fence, "PRAGMA page_size", 1)[0];
        pages = new PageFile(files.main());
        log = ChangeLog.open(files, config, new SegmentArchive(files.name(), store));
        String reason = reasonForNewEpoch(isWalThere);
        if (reason != null) {
            if (log.state() != null) {
                checkWhole();
            }
            beginEpoch(reason);
        }
        try {
            decoder = openDecoder();
        } catch (DoLakeException e) {
            if (e.code() != ErrorCode.WAL_GAP) {
                throw e;
            }
            beginEpoch("the WAL does not hold the position of the change log: " + e.getMessage());
            decoder = openDecoder();
        }
    }

    /** Why the database needs a new epoch; null if the change log can continue at its position. */
    private String reasonForNewEpoch(boolean isWalThere) throws IOException, SQLException {
        LogState state = log.state();
        if (state == null) {
            return "the database is new";
        }
        if (state.isUnsound()) {
            return "the WAL could not be read to its end when it was last in use";
        }
        if (!state.fingerprint().isEmpty() && !state.fingerprint().equals(MainFile.fingerprint(files.main()))) {
            return "the database file was changed or replaced while the engine was down";
        }
        if (HighWaterMark.read(files).filter(log::isBehind).isPresent()) {
            return "the database and its change log are older than they were when the engine went down";
        }
        WalPosition at = state.position();
        boolean started = at.salt1() != 0 || at.salt2() != 0;
        if (started && !isWalThere) {
            return "the WAL was deleted while the engine was down";
        }
        if (started && !isOfThisWal(at) && !state.mayReset()) {
            return "the WAL was reset or replaced while the engine was down";
        }
        long frames = Sqlite.numbers(fence, "PRAGMA main.wal_checkpoint(noop)", 3)[1];
        if (started && isOfThisWal(at) && frames < at.frames()) {
            // SQLite stops at the first damaged frame; if the header is damaged, it treats the WAL as empty.
            return "the WAL can be read up to frame " + Math.max(frames, 0) + " only, and was captured up to frame "
                    + at.frames();
        }
        return null;
    }

    /** Checks files that another program has put here, as an import does. */
    private void checkWhole() throws SQLException {
        String result = Sqlite.text(fence, "PRAGMA main.integrity_check(1)");
        if (!"ok".equals(result)) {
            throw new DoLakeException(
                    ErrorCode.INVALID_DATABASE_FILE,
                    "Cannot open database '" + files.name() + "': " + files.main()
                            + " has changed since the engine last had it open, and integrity_check reports " + result);
        }
    }

    private boolean isOfThisWal(WalPosition at) throws IOException {
        return WalSalts.read(files.wal()).equals(new WalSalts(at.salt1(), at.salt2()));
    }

    /** Moves the whole WAL into the main file, and starts with an empty log. */
    private void beginEpoch(String reason) throws SQLException {
        long busy = Sqlite.numbers(fence, "PRAGMA main.wal_checkpoint(truncate)", 3)[0];
        if (busy != 0) {
            throw new SQLException("its WAL is in use");
        }
        log.beginEpoch(reason);
        LOG.warn("Database '{}' begins epoch {}: {}", files.name(), log.state().epoch(), reason);
    }

    /**
     * Opens a decoder at the end of the change log. A WAL that was reset after a checkpoint had announced it is read
     * from its start.
     */
    WalDecoder openDecoder() throws IOException {
        LogState state = log.state();
        WalPosition at = state.position();
        position = state.mayReset() && !isOfThisWal(at) ? WalPosition.start(at.lsn()) : at;
        return WalDecoder.open(pages, files.wal(), position, log.schemaLsns(), new SqliteSchemaSource());
    }

    SQLiteConnection fence() {
        return fence;
    }

    SQLiteConnection keeper() {
        return keeper;
    }

    ChangeLog log() {
        return log;
    }

    WalDecoder decoder() {
        return decoder;
    }

    /** The position at which {@link #decoder} began. */
    WalPosition position() {
        return position;
    }

    int pageBytes() {
        return pageBytes;
    }

    /**
     * Closes the shared connections and files. The last SQLite connection to close is a read-only one, so that the WAL
     * survives; the file handle of the decoder is closed after it.
     */
    @Override
    public void close() {
        QuietClose.close(fence, keeper, pages, log);
    }
}
