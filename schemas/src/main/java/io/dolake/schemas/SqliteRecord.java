/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.util.Arrays;

/** Reads records in the SQLite file format (section 2.1, "Record Format"). */
public final class SqliteRecord {
    private SqliteRecord() {}

    /**
     * The values of a row, one per column of the schema in declared order: Long, Double, String, {@link RawText},
     * byte[] or null. The rowid alias takes the rowid; integers in a REAL column become Double; columns missing from a
     * short record take their default; virtual generated columns are null.
     *
     * @throws DoLakeException WAL_CORRUPT if lengths do not fit the record
     */
    public static Object[] values(TableSchema schema, long rowid, ByteSlice record) {
        Object[] values = new Object[schema.columns().size()];
        Cursor cursor = new Cursor(record);
        for (int column : schema.storageOrder()) {
            ColumnSchema definition = schema.columns().get(column);
            Object value = cursor.hasNext() ? cursor.next(schema.encoding()) : definition.defaultValue();
            if (column == schema.rowidAlias()) {
                value = rowid;
            } else if (value instanceof Long number && definition.affinity() == Affinity.REAL) {
                value = (double) number;
            }
            values[column] = value;
        }
        return values;
    }

    /** Walks header and body of a record side by side. */
    private static final class Cursor {
        private final byte[] bytes;
        private final int headerEnd;
        private final int end;
        private int header;
        private int body;

        Cursor(ByteSlice record) {
            bytes = record.array();
            end = record.offset() + record.length();
            header = record.offset();
            long headerSize = varint(end);
            if (headerSize < 1 || headerSize > record.length()) {
                throw corrupt("header of " + headerSize + " bytes in a record of " + record.length());
            }
            headerEnd = record.offset() + (int) headerSize;
            body = headerEnd;
        }

        boolean hasNext() {
            return header < headerEnd;
        }

        Object next(TextEncoding encoding) {
            long type = varint(headerEnd);
            if (type < 0) {
                throw corrupt("serial type " + Long.toUnsignedString(type));
            }
            return switch ((int) Math.min(type, 12)) {
                case 0 -> null;
                case 1 -> integer(1);
                case 2 -> integer(2);
                case 3 -> integer(3);
                case 4 -> integer(4);
                case 5 -> integer(6);
                case 6 -> integer(8);
                case 7 -> Double.longBitsToDouble(integer(8));
                case 8 -> 0L;
                case 9 -> 1L;
                case 12 -> bytes(type, encoding);
                default -> throw corrupt("serial type " + type);
            };
        }

        private long integer(int size) {
            int at = take(size);
            long value = bytes[at];
            for (int i = 1; i < size; i++) {
                value = value << 8 | (bytes[at + i] & 0xFF);
            }
            return value;
        }

        private Object bytes(long type, TextEncoding encoding) {
            long size = (type - 12) / 2;
            if (size > end - body) {
                throw corrupt("value of " + size + " bytes where " + (end - body) + " are left");
            }
            int at = take((int) size);
            return type % 2 == 0
                    ? Arrays.copyOfRange(bytes, at, at + (int) size)
                    : RawText.of(bytes, at, (int) size, encoding);
        }

        private int take(int size) {
            if (size > end - body) {
                throw corrupt("value of " + size + " bytes where " + (end - body) + " are left");
            }
            int at = body;
            body += size;
            return at;
        }

        private long varint(int limit) {
            long value = 0;
            for (int i = 0; i < 9; i++) {
                if (header >= limit) {
                    throw corrupt("header ends inside a number");
                }
                byte b = bytes[header++];
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

        private static DoLakeException corrupt(String reason) {
            return new DoLakeException(ErrorCode.WAL_CORRUPT, "Cannot read record: " + reason);
        }
    }
}
