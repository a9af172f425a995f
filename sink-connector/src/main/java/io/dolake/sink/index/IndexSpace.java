/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.index;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.IndexConfig;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.BitSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The storage of the key indexes of a task's tables: memory, up to a budget that all tasks of the worker share, and
 * beyond that one file per task. The file has no name once it is open (on Windows it is deleted when its process ends),
 * so a process that dies leaves nothing behind. Thread-safe.
 */
public final class IndexSpace implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexSpace.class);
    private static final Set<OpenOption> OPENING = Set.of(
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);

    /** Usage of all tasks of this worker: there is one object per class loader of the plugin, hence one per worker. */
    public static final class Usage {
        static final Usage SHARED = new Usage();

        private final AtomicLong memoryBytes = new AtomicLong();
        private final AtomicLong spilledBytes = new AtomicLong();

        long memoryBytes() {
            return memoryBytes.get();
        }

        long spilledBytes() {
            return spilledBytes.get();
        }
    }

    private final IndexConfig config;
    private final Usage usage;
    private final BitSet slots = new BitSet();
    private volatile FileChannel file;
    private int firstFree;
    private int fileSlots;
    private long memoryBytes;
    private boolean isClosed;

    public IndexSpace(IndexConfig config) {
        this(config, Usage.SHARED);
    }

    public IndexSpace(IndexConfig config, Usage usage) {
        this.config = config;
        this.usage = usage;
    }

    IndexConfig config() {
        return config;
    }

    /** Reserves memory if the budget has some left. */
    synchronized boolean takeMemory(long bytes) {
        if (isClosed || usage.memoryBytes.addAndGet(bytes) > config.memoryMaxBytes()) {
            usage.memoryBytes.addAndGet(isClosed ? 0 : -bytes);
            return false;
        }
        memoryBytes += bytes;
        return true;
    }

    /** Charges memory that cannot be moved to the file; negative if it is released. */
    synchronized void noteMemory(long bytes) {
        if (!isClosed) {
            usage.memoryBytes.addAndGet(bytes);
            memoryBytes += bytes;
        }
    }

    /** A slot of the file for a page of a table's index. */
    synchronized int takeSlot(Object table) {
        int slot = slots.nextClearBit(firstFree);
        if (slot >= fileSlots) {
            if (usage.spilledBytes.addAndGet(KeyPage.BYTES) > config.spillMaxBytes()) {
                usage.spilledBytes.addAndGet(-KeyPage.BYTES);
                throw full(table);
            }
            fileSlots = slot + 1;
        }
        slots.set(slot);
        firstFree = slot + 1;
        return slot;
    }

    private DoLakeException full(Object table) {
        return new DoLakeException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "Cannot index the keys of table " + table + ": the indexes of this worker take "
                                + usage.memoryBytes() + " bytes of memory and " + usage.spilledBytes()
                                + " of disk, and " + IndexConfig.SPILL_MAX_BYTES + " is " + config.spillMaxBytes())
                .withHint("Raise " + IndexConfig.SPILL_MAX_BYTES + ", or " + IndexConfig.MEMORY_MAX_BYTES + " and "
                        + IndexConfig.MAX_BYTES + " and the heap of the worker; a key takes about 40 bytes");
    }

    synchronized void giveSlot(int slot) {
        slots.clear(slot);
        firstFree = Math.min(firstFree, slot);
    }

    /** Truncates the unused end of the file. */
    synchronized void trim() {
        int used = slots.length();
        if (isClosed || file == null || used == fileSlots) {
            return;
        }
        try {
            file.truncate((long) used * KeyPage.BYTES);
        } catch (IOException e) {
            LOG.warn("Cannot shorten the file of the key indexes in {}", config.spillDirectory(), e);
            return;
        }
        usage.spilledBytes.addAndGet((long) (used - fileSlots) * KeyPage.BYTES);
        fileSlots = used;
    }

    /** @param buffer of {@link KeyPage#BYTES}, used by the caller alone */
    void read(int slot, long[] page, ByteBuffer buffer) {
        try {
            buffer.clear();
            long at = (long) slot * KeyPage.BYTES;
            while (buffer.hasRemaining()) {
                int count = open().read(buffer, at + buffer.position());
                if (count < 0) {
                    throw new EOFException("it ends before page " + slot);
                }
            }
            buffer.flip().asLongBuffer().get(page);
        } catch (IOException e) {
            throw failure("read", e);
        }
    }

    void write(int slot, long[] page, ByteBuffer buffer) {
        try {
            buffer.clear().asLongBuffer().put(page);
            long at = (long) slot * KeyPage.BYTES;
            while (buffer.hasRemaining()) {
                open().write(buffer, at + buffer.position());
            }
        } catch (IOException e) {
            throw failure("write", e);
        }
    }

    private FileChannel open() throws IOException {
        FileChannel opened = file;
        return opened == null ? openFirst() : opened;
    }

    private synchronized FileChannel openFirst() throws IOException {
        if (isClosed) {
            throw new IOException("the task has stopped");
        }
        if (file == null) {
            Path directory = config.spillDirectory();
            Files.createDirectories(directory);
            FileAttribute<?>[] attributes =
                    directory.getFileSystem().supportedFileAttributeViews().contains("posix")
                            ? new FileAttribute<?>[] {
                                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                            }
                            : new FileAttribute<?>[0];
            file = FileChannel.open(directory.resolve("dolake-index-" + UUID.randomUUID()), OPENING, attributes);
        }
        return file;
    }

    private DoLakeException failure(String verb, IOException e) {
        boolean isFull =
                String.valueOf(e.getMessage()).matches("(?i).*(no space left|quota exceeded|not enough space).*");
        return new DoLakeException(
                        isFull ? ErrorCode.STORAGE_FULL : ErrorCode.IO_ERROR,
                        "Cannot " + verb + " the file of the key indexes in " + config.spillDirectory() + ": " + e,
                        e)
                .withHint("Free space there, or set " + IndexConfig.SPILL_DIR + " to a directory on another disk");
    }

    long memoryBytes() {
        return usage.memoryBytes();
    }

    /** Releases everything; later uses fail. */
    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        usage.memoryBytes.addAndGet(-memoryBytes);
        usage.spilledBytes.addAndGet(-(long) fileSlots * KeyPage.BYTES);
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            throw failure("close", e);
        }
    }
}
