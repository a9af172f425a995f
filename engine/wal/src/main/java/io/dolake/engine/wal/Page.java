/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/**
 * A page of a b-tree. Reused: {@link #load} points it at another page. Its bytes may lie anywhere in a larger array;
 * positions are indexes of that array, and {@link #offset} converts them to offsets in the page.
 */
final class Page {
    static final int INTERIOR_INDEX = 2;
    static final int INTERIOR_TABLE = 5;
    static final int LEAF_INDEX = 10;
    static final int LEAF_TABLE = 13;

    /** Page 1 begins with the header of the database. */
    static final int DATABASE_HEADER = 100;

    private PageView view;
    private int number;
    private byte[] bytes;
    private int base;
    private int header;
    private int type;
    private int cells;
    private int pointers;
    private int usable;

    /** @throws io.dolake.schemas.DoLakeException WAL_CORRUPT if it is not a page of a b-tree */
    Page load(PageView newView, int newNumber) {
        return load(newView, newNumber, newView.page(newNumber));
    }

    private Page load(PageView newView, int newNumber, byte[] newBytes) {
        return load(newView, newNumber, newBytes, 0);
    }

    private Page load(PageView newView, int newNumber, byte[] newBytes, int newBase) {
        view = newView;
        number = newNumber;
        bytes = newBytes;
        base = newBase;
        usable = newView.usable();
        header = base + headerOf(number);
        type = bytes[header];
        boolean leaf = type == LEAF_TABLE || type == LEAF_INDEX;
        if (!leaf && type != INTERIOR_TABLE && type != INTERIOR_INDEX) {
            throw CorruptPage.page(number, header - base, "type " + (type & 0xFF) + " is not that of a b-tree page");
        }
        cells = Bytes.u16(bytes, header + 3);
        pointers = header + (leaf ? 8 : 12);
        if (pointers + 2 * cells > base + usable) {
            throw CorruptPage.page(number, header - base + 3, cells + " cells do not fit");
        }
        return this;
    }

    /** Loads a page that must belong to a table of this kind. */
    Page load(PageView newView, int newNumber, boolean withoutRowid) {
        return load(newView, newNumber, newView.page(newNumber), withoutRowid);
    }

    /** The same, with bytes that the caller has read. */
    Page load(PageView newView, int newNumber, byte[] newBytes, boolean withoutRowid) {
        return load(newView, newNumber, newBytes, 0, withoutRowid);
    }

    /** The same, of a page that starts somewhere in an array. */
    Page load(PageView newView, int newNumber, byte[] newBytes, int newBase, boolean withoutRowid) {
        load(newView, newNumber, newBytes, newBase);
        boolean index = type == INTERIOR_INDEX || type == LEAF_INDEX;
        if (index != withoutRowid) {
            throw CorruptPage.page(number, header - base, "type " + type + " does not belong in its table");
        }
        return this;
    }

    /** Refuses a page that is not a leaf. */
    Page checkLeaf() {
        if (!isLeaf()) {
            throw CorruptPage.page(number, header - base, "it is not a leaf");
        }
        return this;
    }

    /** Type of a page by its first byte, whatever the page is. */
    static int typeOf(int number, byte[] bytes) {
        return bytes[headerOf(number)];
    }

    /** Offset at which the header of a b-tree page starts. */
    static int headerOf(int number) {
        return number == 1 ? DATABASE_HEADER : 0;
    }

    static boolean isInteriorType(int type) {
        return type == INTERIOR_TABLE || type == INTERIOR_INDEX;
    }

    static boolean isLeafType(int type) {
        return type == LEAF_TABLE || type == LEAF_INDEX;
    }

    boolean isLeaf() {
        return isLeafType(type);
    }

    PageView view() {
        return view;
    }

    int number() {
        return number;
    }

    byte[] bytes() {
        return bytes;
    }

    int type() {
        return type;
    }

    /** Number of cells. */
    int cells() {
        return cells;
    }

    /** Index of the first cell pointer. */
    int pointers() {
        return pointers;
    }

    /** Index after the last byte of content. */
    int limit() {
        return base + usable;
    }

    /** Offset in the page of an index of the array. */
    int offset(int at) {
        return at - base;
    }

    /** Bytes of the page that hold content. */
    int usable() {
        return usable;
    }

    /** Index of a cell's first byte. */
    int cell(int index) {
        int pointer = pointers + 2 * index;
        int at = base + Bytes.u16(bytes, pointer);
        if (at < pointers + 2 * cells || at > base + usable - 4) {
            throw CorruptPage.page(number, pointer - base, "cell pointer " + (at - base) + " leads out of the content");
        }
        return at;
    }

    /** A child of an interior page; the one of index {@link #cells} is the right-most. */
    int child(int index) {
        int at = index == cells ? header + 8 : cell(index);
        int child = view.checked(Bytes.i32(bytes, at), this, at - base);
        if (child == 1) {
            throw CorruptPage.page(number, at - base, "page 1 is not a child");
        }
        return child;
    }
}
