/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes change events in the encoding of {@code schemas/SPEC.md}, section 4, into a buffer that grows. A table schema
 * is written once, before the first entry that needs it; {@link #reset} forgets which were written, so that what
 * follows can be read alone.
 */
public final class ChangeEncoder implements ChangeListener {
    static final byte BEGIN = 1;
    static final byte TABLE_SCHEMA = 2;
    static final byte SCHEMA_CHANGE = 3;
    static final byte ROW_CHANGE = 4;
    static final byte COMMIT = 5;

    /** Small: one is made for each write of a change log, and many of these hold a few rows. */
    private static final int INITIAL_BYTES = 4 * 1024;

    private final Map<TableSchema, Integer> schemaIds = new HashMap<>();
    private byte[] buffer = new byte[INITIAL_BYTES];
    private int size;
    private TableSchema lastSchema;
    private int lastSchemaId;

    @Override
    public void begin(Lsn lsn, long commitTimeMs) {
        writeByte(BEGIN);
        writeVarint(lsn.value());
        writeVarint(commitTimeMs);
    }

    @Override
    public void schemaChange(SchemaChange change) {
        int schemaId = schemaId(change.schema());
        writeByte(SCHEMA_CHANGE);
        writeVarint(change.event());
        writeByte((byte) change.kind().ordinal());
        writeText(change.type());
        writeText(change.name());
        writeOptionalText(change.previousName());
        writeText(change.sql());
        writeVarint(schemaId);
    }

    @Override
    public void rowChange(RowChange change) {
        int before = schemaId(change.beforeSchema());
        int after = schemaId(change.afterSchema());
        writeByte(ROW_CHANGE);
        writeVarint(change.event());
        writeByte((byte) change.operation().ordinal());
        writeVarint(zigzag(change.rowid()));
        writeVarint(before);
        if (before != 0) {
            writeBytes(change.before());
        }
        writeVarint(after);
        if (after != 0) {
            writeBytes(change.after());
        }
    }

    @Override
    public void commit(long events) {
        writeByte(COMMIT);
        writeVarint(events);
    }

    /** Number of bytes written since the last reset. */
    public int size() {
        return size;
    }

    /** A copy of the bytes written since the last reset. */
    public byte[] toBytes() {
        return Arrays.copyOf(buffer, size);
    }

    /** The bytes written since the last reset, not copied: valid until the next call of any other method. */
    public ByteSlice slice() {
        return new ByteSlice(buffer, 0, size);
    }

    /** Empties the buffer and forgets the schemas written. */
    public void reset() {
        clear();
        schemaIds.clear();
        lastSchema = null;
    }

    /** Empties the buffer; schemas already written are not written again. For a reader that has read all before. */
    public void clear() {
        size = 0;
    }

    /** Replaces an empty buffer that has grown beyond this many bytes by a small one. */
    public void trim(int maxBytes) {
        if (size == 0 && buffer.length > maxBytes) {
            buffer = new byte[INITIAL_BYTES];
        }
    }

    private int schemaId(TableSchema schema) {
        if (schema == null) {
            return 0;
        }
        if (schema == lastSchema) {
            return lastSchemaId;
        }
        Integer known = schemaIds.get(schema);
        if (known == null) {
            known = schemaIds.size() + 1;
            schemaIds.put(schema, known);
            writeSchema(schema);
        }
        lastSchema = schema;
        lastSchemaId = known;
        return known;
    }

    private void writeSchema(TableSchema schema) {
        writeByte(TABLE_SCHEMA);
        writeText(schema.name());
        writeByte((byte) ((schema.withoutRowid() ? 1 : 0) | (schema.strict() ? 2 : 0)));
        writeByte((byte) schema.encoding().number());
        writeVarint(schema.rowidAlias() + 1L);
        writeVarint(schema.schemaLsn().value());
        writeText(schema.sql());
        writeVarint(schema.columns().size());
        for (ColumnSchema column : schema.columns()) {
            writeText(column.name());
            writeText(column.declaredType());
            writeByte((byte) (column.notNull() ? 1 : 0));
            writeVarint(column.primaryKeyIndex());
            writeByte((byte) column.generated().ordinal());
            writeValue(column.defaultValue());
        }
    }

    private void writeValue(Object value) {
        if (value == null) {
            writeByte((byte) 0);
        } else if (value instanceof Long number) {
            writeByte((byte) 1);
            writeVarint(zigzag(number));
        } else if (value instanceof Double number) {
            writeByte((byte) 2);
            writeLong(Double.doubleToRawLongBits(number));
        } else if (value instanceof String text) {
            writeByte((byte) 3);
            writeText(text);
        } else if (value instanceof byte[] bytes) {
            writeByte((byte) 4);
            writeBytes(new ByteSlice(bytes));
        } else if (value instanceof RawText raw) {
            writeByte((byte) 5);
            writeBytes(new ByteSlice(raw.bytes()));
        } else {
            throw new IllegalArgumentException("Cannot encode default value of " + value.getClass());
        }
    }

    private void writeOptionalText(String text) {
        writeByte((byte) (text == null ? 0 : 1));
        if (text != null) {
            writeText(text);
        }
    }

    private void writeText(String text) {
        writeBytes(new ByteSlice(text.getBytes(StandardCharsets.UTF_8)));
    }

    private void writeBytes(ByteSlice bytes) {
        writeVarint(bytes.length());
        ensure(bytes.length());
        System.arraycopy(bytes.array(), bytes.offset(), buffer, size, bytes.length());
        size += bytes.length();
    }

    private void writeByte(byte value) {
        ensure(1);
        buffer[size++] = value;
    }

    private void writeLong(long value) {
        ensure(Long.BYTES);
        for (int shift = 56; shift >= 0; shift -= 8) {
            buffer[size++] = (byte) (value >>> shift);
        }
    }

    private void writeVarint(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[size++] = (byte) rest;
    }

    private static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    private void ensure(int more) {
        if (buffer.length - size >= more) {
            return;
        }
        long wanted = Math.max((long) size + more, buffer.length * 2L);
        if (wanted > Integer.MAX_VALUE - 8) {
            wanted = Integer.MAX_VALUE - 8L;
        }
        if (wanted - size < more) {
            throw new DoLakeException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "Cannot encode changes: more than " + wanted + " bytes without a flush");
        }
        buffer = Arrays.copyOf(buffer, (int) wanted);
    }
}
