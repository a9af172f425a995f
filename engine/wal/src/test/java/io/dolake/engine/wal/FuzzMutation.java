/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/**
 * Reads an input of the fuzzer as changes to the bytes of a {@link FuzzPair}. A change is an operation, a page, a place
 * in the page and a value; places are counted so that headers, cell pointers and cells are met often.
 */
final class FuzzMutation {
    private static final int MAX_CHANGES = 40;
    private static final int MODE_RAW = 1;
    private static final int MODE_MAIN = 2;
    private static final int MODE_RESTART = 4;

    private final byte[] input;
    private final FuzzPair pair;
    private final int mode;
    private int at = 2;
    private byte[] main;
    private byte[] wal;

    FuzzMutation(byte[] input, FuzzPair pair) {
        this.input = input;
        this.pair = pair;
        mode = input.length > 1 ? input[1] : 0;
        main = pair.main();
        wal = pair.wal().clone();
    }

    /** Whether checksums stay as they were, so that SQLite would see where the damage begins. */
    boolean raw() {
        return (mode & MODE_RAW) != 0;
    }

    /** Whether the decoder is closed and opened again on the way. */
    boolean restarts() {
        return (mode & MODE_RESTART) != 0;
    }

    /** Whether the main file was changed. */
    boolean changesMain() {
        return (mode & MODE_MAIN) != 0;
    }

    byte[] main() {
        return main;
    }

    byte[] wal() {
        return wal;
    }

    /** Applies all changes of the input. */
    FuzzMutation apply() {
        if (changesMain()) {
            main = main.clone();
        }
        for (int i = 0; i < MAX_CHANGES && at < input.length; i++) {
            change(next());
        }
        if (!raw()) {
            WalBytes.seal(wal, false);
        }
        return this;
    }

    private void change(int operation) {
        boolean inMain = changesMain() && (operation & 0x80) != 0;
        byte[] target = inMain ? main : wal;
        int page = inMain
                ? next() % Math.max(1, main.length / pair.pageSize()) * pair.pageSize()
                : pair.frame(next() % pair.frames());
        switch (operation & 7) {
            case 0, 1 -> put(target, place(target, page), 1, next());
            case 2 -> put(target, place(target, page), 2, next() << 8 | next());
            case 3 -> put(target, place(target, page), 4, next());
            case 4 -> put(target, place(target, page), 4, next() << 24 | next() << 16 | next() << 8 | next());
            case 5 -> flip(target, place(target, page));
            case 6 -> copy(target, page);
            default -> rare(target, page, inMain);
        }
    }

    /** A byte of a page: near its start, in one of its cells, or anywhere. */
    private int place(byte[] target, int page) {
        int how = next();
        int header = page + (isFirst(target, page) ? Page.DATABASE_HEADER : 0);
        int offset = switch (how & 3) {
            case 0 -> header - page + (how >> 2);
            case 1, 2 -> cell(target, header, how >> 2) + next() % 48;
            default -> (how >> 2) << 8 | next();
        };
        return page + offset % pair.pageSize();
    }

    private boolean isFirst(byte[] target, int page) {
        return target == main ? page == 0 : Bytes.i32(target, page - WalHeader.FRAME_HEADER_SIZE) == 1;
    }

    private int cell(byte[] target, int header, int cell) {
        if (header + 8 > target.length) {
            return 0;
        }
        int cells = Math.max(1, Math.min(Bytes.u16(target, header + 3), pair.pageSize() / 4));
        int pointers = header + ((target[header] & 8) != 0 ? 8 : 12);
        int pointer = pointers + cell % cells * 2;
        return pointer + 2 > target.length ? 0 : Bytes.u16(target, pointer);
    }

    private static void put(byte[] target, int place, int width, int value) {
        for (int i = 0; i < width && place + i < target.length; i++) {
            target[place + i] = (byte) (value >> (8 * (width - 1 - i)));
        }
    }

    private void flip(byte[] target, int place) {
        if (place < target.length) {
            target[place] ^= (byte) (1 << (next() & 7));
        }
    }

    /** Puts another page of the log in the place of this one. */
    private void copy(byte[] target, int page) {
        int length = Math.min(pair.pageSize(), target.length - page);
        System.arraycopy(pair.wal(), pair.frame(next() % pair.frames()), target, page, Math.max(0, length));
    }

    private void rare(byte[] target, int page, boolean inMain) {
        int what = next();
        switch (what & 3) {
            // Page number or size after commit, in the header of a frame.
            case 0 -> put(wal, pair.frame(next() % pair.frames()) - WalHeader.FRAME_HEADER_SIZE, 4, next());
            case 1 -> put(wal, pair.frame(next() % pair.frames()) - WalHeader.FRAME_HEADER_SIZE + 4, 4, next());
            case 2 -> put(wal, next() % WalHeader.SIZE, 1, next());
            default -> {
                int from = page + pair.pageSize() / 8 * (what >> 5);
                for (int i = from; i < Math.min(target.length, page + pair.pageSize()); i++) {
                    target[i] = (byte) (inMain ? 0xFF : what);
                }
            }
        }
    }

    private int next() {
        return at < input.length ? input[at++] & 0xFF : 0;
    }
}
