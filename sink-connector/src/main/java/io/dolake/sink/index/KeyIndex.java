/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.index;

import io.dolake.sink.row.KeyHash;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maps each key to its live row: 128-bit key hash to (file number, row position). It is an extendible hash table: the
 * first bits of a hash select an entry of the directory, which names the page ({@link KeyPage}) of the key. A full page
 * is split in two, two nearly empty ones are merged. Pages are in memory while the budgets allow, else in the file of
 * {@link IndexSpace}; a page of the file that is used when there is room moves to memory. After an exception the
 * content is undefined until {@link #clear}. File numbers are positive. Not thread-safe.
 */
public final class KeyIndex {
    private static final Logger LOG = LoggerFactory.getLogger(KeyIndex.class);
    public static final long ABSENT = -1;

    /** An array in memory and its reference. */
    private static final long PAGE_MEMORY = KeyPage.BYTES + 24;

    /** 2^28 pages hold more keys than a table can have files for; the directory alone is 1 GB then. */
    private static final int MAX_DEPTH = 28;

    private static final int MERGE_BELOW = KeyPage.MAX_KEYS / 8;
    private static final int MERGE_UP_TO = KeyPage.MAX_KEYS / 2;

    /** Receives the previous place of a key that had one. */
    @FunctionalInterface
    public interface Replaced {
        void at(long place);
    }

    private final IndexSpace space;
    private final long maxBytes;
    private final Object owner;

    /** Pages in memory, by number; null where the number is free. Pages in the file have negative numbers: ~slot. */
    private final List<long[]> pages = new ArrayList<>();

    private final List<Integer> freeNumbers = new ArrayList<>();
    private int[] directory = new int[0];
    private int depth;
    private long size;
    private long bytes;
    private long spilledBytes;

    /** The cached page of the file; allocated with the first page in the file. */
    private long[] scratch;

    private ByteBuffer buffer;
    private boolean hasScratch;
    private boolean isDirty;
    private int scratchSlot;

    /** {@code owner} names the table in errors. */
    public KeyIndex(IndexSpace space, Object owner) {
        this.space = space;
        this.maxBytes = space.config().tableMaxBytes();
        this.owner = owner;
    }

    /** A {@link RowPosition}, or {@link #ABSENT}. */
    long find(KeyHash key) {
        return directory.length == 0 ? ABSENT : KeyPage.find(load(number(key.high())), key.high(), key.low());
    }

    /** Looks up all keys of a batch, in the order of the file, and sets their places. */
    public void findAll(KeyBatch batch) {
        boolean isEmpty = directory.length == 0;
        if (isEmpty || spilledBytes == 0) {
            for (int i = 0; i < batch.size(); i++) {
                batch.place(i, isEmpty ? ABSENT : find(batch, i));
            }
            return;
        }
        for (int i : batch.orderedBy(high -> Math.max(0, ~number(high)))) {
            batch.place(i, find(batch, i));
        }
    }

    private long find(KeyBatch batch, int i) {
        return KeyPage.find(load(number(batch.high(i))), batch.high(i), batch.low(i));
    }

    /** Sets the place of a key; returns its previous place, or {@link #ABSENT}. */
    long put(KeyHash key, int file, int position) {
        return put(key.high(), key.low(), RowPosition.pack(file, position));
    }

    /** Puts all keys of a batch, page by page; if a key is in it twice, either place may stay. */
    public void putAll(KeyBatch batch, Replaced replaced) {
        if (spilledBytes == 0) {
            for (int i = 0; i < batch.size(); i++) {
                put(batch, i, replaced);
            }
        } else {
            for (int i : batch.orderedBy(high -> high >>> Integer.SIZE)) {
                put(batch, i, replaced);
            }
        }
    }

    private void put(KeyBatch batch, int i, Replaced replaced) {
        long previous = put(batch.high(i), batch.low(i), batch.place(i));
        if (previous != ABSENT) {
            replaced.at(previous);
        }
    }

    private long put(long high, long low, long place) {
        if (directory.length == 0) {
            int first = add(KeyPage.create(0, 0));
            setDirectory(new int[] {first});
        }
        long[] page = loadToChange(high);
        while (KeyPage.count(page) == KeyPage.MAX_KEYS && KeyPage.find(page, high, low) == ABSENT) {
            split(high, page);
            page = loadToChange(high);
        }
        long previous = KeyPage.put(page, high, low, place);
        size += previous == ABSENT ? 1 : 0;
        return previous;
    }

    /** Removes a key; returns the place it had, or {@link #ABSENT}. */
    long remove(KeyHash key) {
        if (directory.length == 0) {
            return ABSENT;
        }
        long[] page = loadToChange(key.high());
        long previous = KeyPage.remove(page, key.high(), key.low());
        if (previous != ABSENT) {
            size--;
            mergeIfFew(key.high());
        }
        return previous;
    }

    /**
     * Removes every key whose row is in a file that does not pass the test. Visits all pages, those of the file in its
     * order.
     */
    void keepFiles(IntPredicate lives) {
        List<Long> thinned = new ArrayList<>();
        for (int number : numbers()) {
            long[] page = load(number);
            int removed = KeyPage.keepFiles(page, lives);
            if (removed > 0) {
                isDirty |= number < 0;
                size -= removed;
                if (KeyPage.count(page) < MERGE_BELOW) {
                    thinned.add(KeyPage.prefix(page));
                }
            }
        }
        thinned.forEach(this::mergeIfFew);
    }

    /** The numbers of all pages: those in memory, then those in the file, in its order. */
    private int[] numbers() {
        int count = 0;
        int[] found = new int[directory.length];
        for (int i = 0; i < directory.length; i++) {
            // All directory entries of a page are adjacent.
            if (i == 0 || directory[i] != directory[i - 1]) {
                found[count++] = directory[i] < 0 ? ~directory[i] : directory[i] | Integer.MIN_VALUE;
            }
        }
        Arrays.sort(found, 0, count);
        return Arrays.stream(found, 0, count)
                .map(key -> key < 0 ? key & Integer.MAX_VALUE : ~key)
                .toArray();
    }

    /** Forgets all keys and releases memory and file. */
    void clear() {
        for (int number : numbers()) {
            release(number);
        }
        space.noteMemory(-(long) directory.length * Integer.BYTES);
        pages.clear();
        freeNumbers.clear();
        hasScratch = false;
        isDirty = false;
        depth = 0;
        directory = new int[0];
        size = 0;
        bytes = 0;
        spilledBytes = 0;
        space.trim();
    }

    public long size() {
        return size;
    }

    /** Bytes in memory. */
    public long bytes() {
        return bytes;
    }

    /** Bytes in the file. */
    public long spilledBytes() {
        return spilledBytes;
    }

    private int entry(long high) {
        return depth == 0 ? 0 : (int) (high >>> (Long.SIZE - depth));
    }

    private int number(long high) {
        return directory[entry(high)];
    }

    /** The page of this number; a page of the file stays cached until the next one is loaded. */
    private long[] load(int number) {
        if (number >= 0) {
            return pages.get(number);
        }
        if (!hasScratch || scratchSlot != ~number) {
            writeBack();
            hasScratch = false;
            space.read(~number, scratch, buffer);
            scratchSlot = ~number;
            hasScratch = true;
        }
        return scratch;
    }

    /** Loads a key's page; into memory for good, if there is room. */
    private long[] loadToChange(long high) {
        int number = number(high);
        long[] page = load(number);
        if (number >= 0) {
            return page;
        }
        int inMemory = tryMemory(page);
        if (inMemory < 0) {
            isDirty = true;
            return page;
        }
        release(number);
        point(pages.get(inMemory), inMemory);
        return pages.get(inMemory);
    }

    private void writeBack() {
        if (isDirty) {
            space.write(scratchSlot, scratch, buffer);
            isDirty = false;
        }
    }

    /** Adds a page, in memory if there is room; returns its number. */
    private int add(long[] page) {
        int inMemory = tryMemory(page);
        if (inMemory >= 0) {
            return inMemory;
        }
        if (buffer == null) {
            LOG.info(
                    "Table {}: its key index takes more than the {} bytes of memory it could have, the rest goes to a file in {}",
                    owner,
                    bytes,
                    space.config().spillDirectory());
            scratch = new long[KeyPage.LONGS];
            buffer = ByteBuffer.allocateDirect(KeyPage.BYTES).order(ByteOrder.nativeOrder());
        }
        int slot = space.takeSlot(owner);
        spilledBytes += KeyPage.BYTES;
        space.write(slot, page, buffer);
        return ~slot;
    }

    /** Puts a copy of the page into memory; returns its number, or -1 if there is no room. */
    private int tryMemory(long[] page) {
        if (bytes + PAGE_MEMORY > maxBytes || !space.takeMemory(PAGE_MEMORY)) {
            return -1;
        }
        bytes += PAGE_MEMORY;
        int number = freeNumbers.isEmpty() ? pages.size() : freeNumbers.remove(freeNumbers.size() - 1);
        long[] copy = page.clone();
        if (number == pages.size()) {
            pages.add(copy);
        } else {
            pages.set(number, copy);
        }
        return number;
    }

    private void release(int number) {
        if (number >= 0) {
            pages.set(number, null);
            freeNumbers.add(number);
            bytes -= PAGE_MEMORY;
            space.noteMemory(-PAGE_MEMORY);
        } else {
            if (hasScratch && scratchSlot == ~number) {
                hasScratch = false;
                isDirty = false;
            }
            space.giveSlot(~number);
            spilledBytes -= KeyPage.BYTES;
        }
    }

    private void split(long high, long[] page) {
        if (KeyPage.depth(page) == depth) {
            if (depth == MAX_DEPTH) {
                throw new IllegalStateException("Cannot index the keys of table " + owner + ": there are too many");
            }
            int[] doubled = new int[2 * directory.length];
            for (int i = 0; i < doubled.length; i++) {
                doubled[i] = directory[i >> 1];
            }
            depth++;
            setDirectory(doubled);
        }
        long[] right = KeyPage.split(page);
        int number = number(high);
        point(right, add(right));
        // Only now: whatever add() did, the cached page is still this one.
        isDirty |= number < 0;
    }

    /** Sets a page's number in the directory. */
    private void point(long[] page, int number) {
        int first = entry(KeyPage.prefix(page));
        Arrays.fill(directory, first, first + (1 << (depth - KeyPage.depth(page))), number);
    }

    private void setDirectory(int[] newDirectory) {
        long more = ((long) newDirectory.length - directory.length) * Integer.BYTES;
        space.noteMemory(more);
        bytes += more;
        directory = newDirectory;
    }

    /** Merges a nearly empty page with its other half, as long as that is possible. */
    private void mergeIfFew(long high) {
        boolean mayMerge = true;
        while (mayMerge) {
            int number = number(high);
            long[] page = load(number);
            int pageDepth = KeyPage.depth(page);
            mayMerge = pageDepth > 0 && KeyPage.count(page) < MERGE_BELOW && merge(number, page.clone());
        }
    }

    private boolean merge(int number, long[] page) {
        int buddyNumber = number(KeyPage.prefix(page) ^ (Long.MIN_VALUE >>> (KeyPage.depth(page) - 1)));
        long[] buddy = load(buddyNumber);
        if (KeyPage.depth(buddy) != KeyPage.depth(page) || KeyPage.count(buddy) + KeyPage.count(page) > MERGE_UP_TO) {
            return false;
        }
        KeyPage.merge(buddy, page);
        isDirty |= buddyNumber < 0;
        point(buddy, buddyNumber);
        release(number);
        return true;
    }
}
