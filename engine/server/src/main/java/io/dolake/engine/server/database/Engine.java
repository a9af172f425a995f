/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.database;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.sqlite.DatabaseFiles;
import io.dolake.engine.server.sqlite.MainFile;
import io.dolake.engine.server.sqlite.SqlErrors;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.server.support.Failures;
import io.dolake.engine.server.support.QuietClose;
import io.dolake.engine.server.support.Suggestions;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The databases of one directory. Each is opened at its first use, and stays open. Thread-safe. */
public final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private static final String LOCK_FILE = "engine.lock";

    private final ServerConfig config;
    private final EngineResources resources;
    private final FileChannel lockChannel;
    private final Map<String, DatabaseSlot> slots = new ConcurrentHashMap<>();
    private final IdleLogScheduler visits;
    /** Whether errors may name databases that the caller did not name. */
    private volatile BooleanSupplier tellsNames = () -> true;

    private Engine(ServerConfig config, FileChannel lockChannel, EngineResources resources) {
        this.config = config;
        this.lockChannel = lockChannel;
        this.resources = resources;
        visits = new IdleLogScheduler(resources, this::names, this::slot);
        long interval = config.limit(Limit.HOUSEKEEPING_INTERVAL_MS);
        resources
                .timer()
                .scheduleWithFixedDelay(
                        Failures.repeated("run housekeeping", this::keepHouse),
                        interval,
                        interval,
                        TimeUnit.MILLISECONDS);
    }

    /**
     * Locks the directory and opens the engine on it.
     *
     * @throws DoLakeException INVALID_CONFIGURATION if another engine has the directory open
     */
    public static Engine open(ServerConfig config) {
        Sqlite.checkVersion();
        try {
            MainFile.createDirectory(config.directory().toAbsolutePath());
            FileChannel channel = lock(config.directory().resolve(LOCK_FILE));
            try {
                removeTemporary(config.directory());
                return new Engine(config, channel, new EngineResources(config));
            } catch (IOException | RuntimeException e) {
                QuietClose.close(channel);
                throw e;
            }
        } catch (IOException e) {
            throw SqlErrors.io("use directory " + config.directory(), e);
        }
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("{} is locked by this process", file, e);
        }
        channel.close();
        throw new DoLakeException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "Cannot use directory " + file.getParent() + ": another engine has it open")
                .withHint("Stop the other engine, or set DOSQL_DATA_DIR to another directory.");
    }

    private static void removeTemporary(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(
                            f -> DatabaseFiles.isTemporary(f.getFileName().toString()))
                    .toList()) {
                removeTemporary(directory, file);
            }
        }
    }

    /**
     * Removes the leftovers of operations that did not finish. A file that cannot be removed stays and does not prevent
     * the start.
     */
    private static void removeTemporary(Path directory, Path file) {
        try {
            Importer.finishRemoval(directory, file);
            Files.delete(file);
        } catch (IOException | DoLakeException e) {
            LOG.warn("Cannot remove {}: {}", file, e.toString());
        }
    }

    public ServerConfig config() {
        return config;
    }

    public EngineResources resources() {
        return resources;
    }

    /** The names of all databases, in order. */
    public List<String> names() {
        try (Stream<Path> files = Files.list(config.directory())) {
            return files.map(file -> DatabaseFiles.nameOf(file.getFileName().toString()))
                    .filter(Objects::nonNull)
                    .distinct()
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw SqlErrors.io("list databases", e);
        }
    }

    /**
     * The database, opened if it is not yet. One that could not be opened is tried again when its files change.
     *
     * @throws DoLakeException DATABASE_NOT_FOUND, or why it cannot be opened
     */
    public Database database(String name) {
        DatabaseFiles files = new DatabaseFiles(config.directory(), name);
        requireExisting(files);
        DatabaseSlot slot = slot(name);
        return slot.exclusively(() -> {
            if (slot.database() == null) {
                requireExisting(files);
                open(files, slot);
            }
            return slot.database();
        });
    }

    /** Any failure here concerns this one database only. */
    private void open(DatabaseFiles files, DatabaseSlot slot) {
        OpenFailure known = slot.failure();
        if (known != null && known.stillStands(files)) {
            throw known.error();
        }
        long start = System.nanoTime();
        try {
            slot.database(Database.open(files, resources));
            slot.failure(null);
        } catch (RuntimeException | StackOverflowError e) {
            OpenFailure failure = OpenFailure.of(files, config, e, known, start);
            slot.failure(failure);
            if (known == null || !known.since().equals(failure.since())) {
                LOG.error("Database '{}' is suspended", files.name(), e);
            }
            throw failure.error();
        }
    }

    /** Opens a suspended database with its files as they are now; does nothing to a database that is not suspended. */
    public Database resume(String name) {
        DatabaseFiles files = new DatabaseFiles(config.directory(), name);
        requireExisting(files);
        DatabaseSlot slot = slot(name);
        return slot.exclusively(() -> {
            requireExisting(files);
            if (slot.database() != null && !slot.database().isSuspended()) {
                return slot.database();
            }
            closeDatabase(slot);
            slot.failure(null);
            open(files, slot);
            return slot.database();
        });
    }

    /** The slots of the names used since the start. */
    public Map<String, DatabaseSlot> slots() {
        return slots;
    }

    /** @param condition whether a database that does not exist may be answered with the name of one that does */
    public void tellNamesIf(BooleanSupplier condition) {
        tellsNames = condition;
    }

    /** Slots are never removed, so only names of databases that exist, or are about to exist, get one. */
    private DatabaseSlot slot(String name) {
        return slots.computeIfAbsent(name, n -> new DatabaseSlot());
    }

    private void requireExisting(DatabaseFiles files) {
        if (files.exist()) {
            return;
        }
        DoLakeException error = new DoLakeException(
                        ErrorCode.DATABASE_NOT_FOUND, "Cannot open database '" + files.name() + "': it does not exist")
                .withDetail("database", files.name());
        String near = tellsNames.getAsBoolean() ? Suggestions.nearest(files.name(), names()) : null;
        throw near == null
                ? error.withHint("PUT /v1/databases/" + files.name() + " creates it.")
                : Suggestions.add(error, near);
    }

    /** Creates the database if it does not exist. */
    public Database create(String name) {
        DatabaseFiles files = new DatabaseFiles(config.directory(), name);
        DatabaseSlot slot = slot(name);
        return slot.exclusively(() -> {
            if (slot.database() == null && !files.exist()) {
                Importer.createEmpty(files, config);
            }
            if (slot.database() == null) {
                open(files, slot);
            }
            return slot.database();
        });
    }

    /** Imports a copy of an SQLite file. */
    public Database importDatabase(String name, InputStream content) {
        DatabaseFiles files = new DatabaseFiles(config.directory(), name);
        refuseExisting(files);
        Path checked = Importer.receive(files, content, config);
        DatabaseSlot slot = slot(name);
        return slot.exclusively(() -> {
            try {
                refuseExisting(files);
                Importer.moveIn(files, checked);
            } finally {
                Importer.delete(checked);
            }
            slot.failure(null);
            open(files, slot);
            return slot.database();
        });
    }

    private static void refuseExisting(DatabaseFiles files) {
        if (files.exist()) {
            throw new DoLakeException(
                            ErrorCode.DATABASE_EXISTS,
                            "Cannot import database '" + files.name() + "': a database of that name exists")
                    .withHint("Choose another name, or DELETE the database first.")
                    .withDetail("database", files.name());
        }
    }

    /** Removes the database and its change log. */
    public void drop(String name) {
        DatabaseFiles files = new DatabaseFiles(config.directory(), name);
        requireExisting(files);
        DatabaseSlot slot = slot(name);
        slot.exclusively(() -> {
            requireExisting(files);
            closeDatabase(slot);
            Importer.remove(files);
            slot.failure(null);
            return null;
        });
    }

    private static void closeDatabase(DatabaseSlot slot) {
        if (slot.database() != null) {
            slot.database().close();
            slot.database(null);
        }
    }

    private void keepHouse() {
        slots.values().forEach(slot -> {
            Database database = slot.database();
            if (database != null && !slot.isBusy()) {
                slot.busy(true);
                try {
                    resources.chores().execute(() -> keepHouse(slot, database));
                } catch (RejectedExecutionException e) {
                    slot.busy(false);
                    LOG.debug("Housekeeping is skipped: the engine is stopping");
                }
            }
        });
        visits.wake(System.nanoTime());
    }

    private static void keepHouse(DatabaseSlot slot, Database database) {
        try {
            database.keepHouse();
        } catch (RuntimeException | Error e) {
            LOG.warn("Housekeeping of database '{}' failed: {}", database.name(), e.toString());
        } finally {
            slot.busy(false);
        }
    }

    @Override
    public void close() {
        visits.close();
        slots.values()
                .forEach(slot -> slot.exclusively(() -> {
                    QuietClose.close(slot.database());
                    slot.database(null);
                    return null;
                }));
        QuietClose.close(resources, lockChannel);
    }
}
