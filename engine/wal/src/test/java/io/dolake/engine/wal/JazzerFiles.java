/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads an input of the fuzzer as changes to the three files of a {@link FuzzPair}: to the header of the log and those
 * of its frames, to the {@code -shm} file, to the header of the main file, and to the lengths of all three.
 */
final class JazzerFiles {
    private static final int MAX_CHANGES = 16;
    private static final int MODE_SEALED = 1;
    private static final int MODE_INDEX = 2;
    private static final int MODE_SKIP = 4;
    private static final int MODE_BIG_ENDIAN = 8;
    private static final int MODE_FOREIGN_INDEX = 16;

    private static final int INDEX_BYTES = 136;
    private static final int INDEX_VERSION = 3007000;
    private static final int[] INDEX_FIELDS = {0, 32, 36, 48, 80, 84, 96, 100, 128};
    private static final int BACKFILL = 96;
    private static final int BACKFILL_ATTEMPTED = 128;

    private final byte[] input;
    private final FuzzPair pair;
    private final int mode;
    private int at = 2;
    private byte[] main;
    private byte[] wal;
    private byte[] index;
    private boolean changesMain;

    JazzerFiles(byte[] input, FuzzPair pair) {
        this.input = input;
        this.pair = pair;
        mode = input.length > 1 ? input[1] : 0;
        main = pair.main();
        wal = pair.wal().clone();
        if ((mode & MODE_INDEX) != 0) {
            index = emptyIndex(wal, order());
        }
    }

    /** An index of this log that says that nothing was checkpointed. */
    static byte[] emptyIndex(byte[] wal, ByteOrder order) {
        ByteBuffer buffer = ByteBuffer.allocate(INDEX_BYTES).order(order);
        buffer.putInt(0, INDEX_VERSION).putInt(48, INDEX_VERSION);
        System.arraycopy(wal, 16, buffer.array(), 32, 8);
        System.arraycopy(wal, 16, buffer.array(), 80, 8);
        return buffer.array();
    }

    private ByteOrder order() {
        boolean foreign = (mode & MODE_FOREIGN_INDEX) != 0;
        boolean big = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;
        return foreign == big ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    }

    JazzerFiles apply() {
        for (int i = 0; i < MAX_CHANGES && at < input.length; i++) {
            change(next());
        }
        if (sealed() && wal.length >= WalHeader.SIZE) {
            WalBytes.seal(wal, (mode & MODE_BIG_ENDIAN) != 0);
        }
        return this;
    }

    byte[] main() {
        return main;
    }

    byte[] wal() {
        return wal;
    }

    /** Null if there is none. */
    byte[] index() {
        return index;
    }

    /** Whether checksums were made right again. */
    boolean sealed() {
        return (mode & MODE_SEALED) != 0;
    }

    boolean skips() {
        return (mode & MODE_SKIP) != 0;
    }

    boolean changesMain() {
        return changesMain;
    }

    /** Frames that a sound index of this log, whose header is sound, says are in the main file; 0 if none is there. */
    int checkpointed() {
        boolean isSound = index != null
                && index.length >= INDEX_BYTES
                && wal.length >= WalHeader.SIZE
                && Arrays.equals(wal, 0, WalHeader.SIZE, pair.wal(), 0, WalHeader.SIZE)
                && ByteBuffer.wrap(index).order(order()).getInt(0) == INDEX_VERSION
                && Arrays.equals(index, 32, 40, wal, 16, 24);
        if (!isSound) {
            return 0;
        }
        ByteBuffer buffer = ByteBuffer.wrap(index).order(order());
        return Math.max(buffer.getInt(BACKFILL), buffer.getInt(BACKFILL_ATTEMPTED));
    }

    private void change(int operation) {
        switch (operation % 9) {
            case 0 -> put(wal, next() % WalHeader.SIZE, 1, next());
            case 1 -> put(wal, next() % 8 * 4, 4, number());
            case 2 -> put(wal, frameHeader() + next() % 6 * 4, 4, number());
            case 3 -> wal = Arrays.copyOf(wal, length(wal));
            case 4 -> repeatFrames();
            case 5 -> changeIndex();
            case 6 -> {
                changeMain();
                put(main, next() % Page.DATABASE_HEADER, 1, next());
            }
            case 7 -> {
                changeMain();
                main = Arrays.copyOf(main, length(main));
            }
            default -> put(wal, frameHeader() + next() % 64, 1, next());
        }
    }

    private void changeMain() {
        if (!changesMain) {
            changesMain = true;
            main = main.clone();
        }
    }

    private void changeIndex() {
        if (index == null) {
            return;
        }
        int how = next();
        switch (how & 3) {
            case 0 -> put(index, next() % INDEX_BYTES, 1, next());
            case 1 -> index = Arrays.copyOf(index, next());
            default -> put(index, INDEX_FIELDS[(how >> 2) % INDEX_FIELDS.length], 4, inOrder(number()));
        }
    }

    private int inOrder(int value) {
        return order() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value);
    }

    private int frameHeader() {
        return pair.frame(next() % pair.frames()) - WalHeader.FRAME_HEADER_SIZE;
    }

    /** A length near that of now, near a frame, or near nothing. */
    private int length(byte[] bytes) {
        int how = next();
        int fraction = next();
        return switch (how & 3) {
            case 0 -> bytes.length - Math.min(bytes.length, fraction);
            case 1 -> fraction;
            case 2 -> Math.min(bytes.length, frameHeader() + fraction - 128 & 0x7FFFFFFF);
            default -> (int) ((long) bytes.length * fraction / 255);
        };
    }

    /** Puts frames at the end that were there before: an old generation, or the same pages again. */
    private void repeatFrames() {
        int first = frameHeader();
        int end = frameHeader();
        if (first < end && end <= wal.length && wal.length < 4 * pair.wal().length) {
            byte[] longer = Arrays.copyOf(wal, wal.length + end - first);
            System.arraycopy(wal, first, longer, wal.length, end - first);
            wal = longer;
        }
    }

    /** Small, a power of two, around the ends of 32 bits, or any. */
    private int number() {
        int how = next();
        int value = next();
        return switch (how & 3) {
            case 0 -> value;
            case 1 -> 1 << (value & 31);
            case 2 -> (value & 1) != 0 ? -(value >> 1) : Integer.MAX_VALUE - (value >> 1);
            default -> value << 24 | next() << 16 | next() << 8 | next();
        };
    }

    private static void put(byte[] target, int place, int width, int value) {
        for (int i = 0; i < width && place + i < target.length; i++) {
            target[place + i] = (byte) (value >> (8 * (width - 1 - i)));
        }
    }

    private int next() {
        return at < input.length ? input[at++] & 0xFF : 0;
    }
}
