/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.Affinity;
import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.TableSchema;
import java.util.Arrays;
import java.util.List;

/**
 * The primary key of a record, in a form whose bytes are equal exactly if the values are: storage class and value of
 * each column, integers in REAL columns as the REAL values that they stand for.
 */
final class RecordKey {
    private byte[] bytes = new byte[64];
    private int length;
    private boolean hasNull;
    private int body;
    private int header;
    private ByteSlice record;

    /** The places of the key columns in the records of a table. */
    static final class Layout {
        /** Place in the key of each value of the record, -1 for values beside the key; ends with the last one in it. */
        private final int[] keyPlace;

        private final boolean[] real;
        private final int keyColumns;

        Layout(TableSchema schema) {
            List<Integer> key = schema.primaryKey();
            int[] order = schema.storageOrder();
            int last = -1;
            int[] places = new int[order.length];
            real = new boolean[order.length];
            for (int i = 0; i < order.length; i++) {
                places[i] = key.indexOf(order[i]);
                real[i] = schema.columns().get(order[i]).affinity() == Affinity.REAL;
                if (places[i] >= 0) {
                    last = i;
                }
            }
            keyPlace = Arrays.copyOf(places, last + 1);
            keyColumns = key.size();
        }
    }

    private int[] typeAt = new int[4];
    private int[] bodyAt = new int[4];
    private long[] types = new long[4];

    /** Extracts the key from a record of this page and cell. */
    RecordKey read(Layout layout, ByteSlice newRecord, Cell cell) {
        record = newRecord;
        header = record.offset();
        long headerSize = varint(record.offset() + record.length(), cell);
        if (headerSize < 1 || headerSize > record.length()) {
            throw CorruptPage.page(cell.page().number(), cell.offset(), "a record header of " + headerSize + " bytes");
        }
        locate(layout, record.offset() + (int) headerSize, cell);
        length = 0;
        hasNull = false;
        for (int k = 0; k < layout.keyColumns; k++) {
            append(types[k], bodyAt[k], layout.real[typeAt[k]]);
        }
        return this;
    }

    /** Finds serial type and start of each key column. */
    private void locate(Layout layout, int headerEnd, Cell cell) {
        if (types.length < layout.keyColumns) {
            typeAt = new int[layout.keyColumns];
            bodyAt = new int[layout.keyColumns];
            types = new long[layout.keyColumns];
        }
        int end = record.offset() + record.length();
        body = headerEnd;
        for (int i = 0; i < layout.keyPlace.length; i++) {
            long type = header < headerEnd ? varint(headerEnd, cell) : 0;
            int place = layout.keyPlace[i];
            if (place >= 0) {
                types[place] = type;
                bodyAt[place] = body;
                typeAt[place] = i;
            }
            long size = size(type);
            if (size < 0 || size > end - body) {
                throw CorruptPage.page(cell.page().number(), cell.offset(), "a value leads out of its record");
            }
            body += (int) size;
        }
    }

    private static long size(long type) {
        if (type < 0) {
            return -1;
        }
        if (type >= 12) {
            return (type - 12) / 2;
        }
        return switch ((int) type) {
            case 1, 2, 3, 4 -> type;
            case 5 -> 6;
            case 6, 7 -> 8;
            case 10, 11 -> -1;
            default -> 0;
        };
    }

    private void append(long type, int at, boolean real) {
        int size = (int) size(type);
        if (type == 0) {
            hasNull = true;
            put(0, 0);
        } else if (type >= 12) {
            put((int) (3 + type % 2), size);
            ensure(size);
            System.arraycopy(record.array(), at, bytes, length, size);
            length += size;
        } else {
            long value = type == 9 ? 1 : 0;
            for (int i = 0; i < size; i++) {
                value = i == 0 ? record.array()[at] : value << 8 | (record.array()[at + i] & 0xFF);
            }
            if (type == 7 || real) {
                double number = type == 7 ? Double.longBitsToDouble(value) : (double) value;
                put(2, Double.doubleToLongBits(number + 0.0));
            } else {
                put(1, value);
            }
        }
    }

    private void put(int tag, long value) {
        ensure(9);
        bytes[length++] = (byte) tag;
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (value >>> shift);
        }
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, more)));
        }
    }

    private long varint(int limit, Cell cell) {
        long value = 0;
        for (int i = 0; i < 9; i++) {
            if (header >= limit) {
                throw CorruptPage.page(cell.page().number(), cell.offset(), "a record header ends inside a number");
            }
            byte b = record.array()[header++];
            if (i == 8) {
                return value << 8 | (b & 0xFF);
            }
            value = value << 7 | (b & 0x7F);
            if (b >= 0) {
                return value;
            }
        }
        return value;
    }

    /** Whether a column of the key is NULL: such a row never equals another (rowid tables allow NULL keys). */
    boolean hasNull() {
        return hasNull;
    }

    boolean sameAs(RecordKey other) {
        return Arrays.equals(bytes, 0, length, other.bytes, 0, other.length);
    }

    long hash() {
        long h = 0xCBF29CE484222325L;
        for (int i = 0; i < length; i++) {
            h = (h ^ bytes[i]) * 0x100000001B3L;
        }
        return h ^ h >>> 32;
    }
}
