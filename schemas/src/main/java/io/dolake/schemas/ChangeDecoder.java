/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what {@link ChangeEncoder} wrote. Keeps the table schemas it has seen, so one decoder reads one stream of
 * blocks from its start; a block written after {@link ChangeEncoder#reset} needs a new decoder or {@link #reset}.
 */
public final class ChangeDecoder {
    private final List<TableSchema> schemas = new ArrayList<>();
    private final RowChange row = new RowChange();
    private byte[] bytes;
    private int at;
    private int end;

    /** How many table schemas were read so far. */
    public int schemaCount() {
        return schemas.size();
    }

    /**
     * Forgets all table schemas but the first ones, up to a number, to read the blocks that contain the others again.
     */
    public void keepSchemas(int count) {
        schemas.subList(count, schemas.size()).clear();
    }

    /** Forgets all schemas. */
    public void reset() {
        schemas.clear();
    }

    /**
     * Passes every entry of the block to the listener.
     *
     * @throws DoLakeException CHANGE_LOG_CORRUPT if the block is malformed
     */
    public void decode(ByteSlice block, ChangeListener listener) {
        bytes = block.array();
        at = block.offset();
        end = block.offset() + block.length();
        while (at < end) {
            decodeEntry(listener);
        }
    }

    private void decodeEntry(ChangeListener listener) {
        byte type = readByte();
        switch (type) {
            case ChangeEncoder.BEGIN -> listener.begin(new Lsn(readVarint()), readVarint());
            case ChangeEncoder.TABLE_SCHEMA -> schemas.add(readSchema());
            case ChangeEncoder.SCHEMA_CHANGE -> listener.schemaChange(readSchemaChange());
            case ChangeEncoder.ROW_CHANGE -> listener.rowChange(readRowChange());
            case ChangeEncoder.COMMIT -> listener.commit(readVarint());
            default -> throw corrupt("entry type " + type);
        }
    }

    private SchemaChange readSchemaChange() {
        long event = readVarint();
        SchemaChange.Kind kind = readEnum(SchemaChange.Kind.values());
        String type = readText();
        String name = readText();
        String previousName = readByte() == 0 ? null : readText();
        String sql = readText();
        return new SchemaChange(event, kind, type, name, previousName, sql, schema(readVarint()));
    }

    private RowChange readRowChange() {
        long event = readVarint();
        Operation operation = readEnum(Operation.values());
        long rowid = unzigzag(readVarint());
        TableSchema beforeSchema = schema(readVarint());
        if (beforeSchema != null) {
            readSlice(row.before());
        }
        TableSchema afterSchema = schema(readVarint());
        if (afterSchema != null) {
            readSlice(row.after());
        }
        return row.set(event, operation, rowid, beforeSchema, afterSchema);
    }

    private TableSchema readSchema() {
        String name = readText();
        byte flags = readByte();
        TextEncoding encoding = TextEncoding.of(readByte());
        int rowidAlias = (int) readVarint() - 1;
        Lsn schemaLsn = new Lsn(readVarint());
        String sql = readText();
        int count = readLength();
        List<ColumnSchema> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            columns.add(new ColumnSchema(
                    readText(),
                    readText(),
                    readByte() != 0,
                    (int) readVarint(),
                    readEnum(ColumnSchema.Generated.values()),
                    readValue()));
        }
        return new TableSchema(name, columns, (flags & 1) != 0, (flags & 2) != 0, rowidAlias, encoding, schemaLsn, sql);
    }

    private Object readValue() {
        byte type = readByte();
        return switch (type) {
            case 0 -> null;
            case 1 -> unzigzag(readVarint());
            case 2 -> Double.longBitsToDouble(readLong());
            case 3 -> readText();
            case 4 -> readSlice(new ByteSlice()).toBytes();
            case 5 -> new RawText(readSlice(new ByteSlice()).toBytes());
            default -> throw corrupt("value type " + type);
        };
    }

    private TableSchema schema(long id) {
        if (id == 0) {
            return null;
        }
        if (id < 0 || id > schemas.size()) {
            throw corrupt("table schema " + id + " of " + schemas.size());
        }
        return schemas.get((int) id - 1);
    }

    private <E> E readEnum(E[] values) {
        int ordinal = readByte();
        if (ordinal < 0 || ordinal >= values.length) {
            throw corrupt("number " + ordinal + " for one of " + List.of(values));
        }
        return values[ordinal];
    }

    private String readText() {
        return readSlice(new ByteSlice()).toString(StandardCharsets.UTF_8);
    }

    private ByteSlice readSlice(ByteSlice slice) {
        int length = readLength();
        slice.set(bytes, at, length);
        at += length;
        return slice;
    }

    private int readLength() {
        long length = readVarint();
        if (length < 0 || length > end - at) {
            throw corrupt("length " + Long.toUnsignedString(length) + " where " + (end - at) + " bytes are left");
        }
        return (int) length;
    }

    private byte readByte() {
        if (at >= end) {
            throw corrupt("it ends inside an entry");
        }
        return bytes[at++];
    }

    private long readLong() {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | (readByte() & 0xFF);
        }
        return value;
    }

    private long readVarint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = readByte();
            value |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw corrupt("a number of more than 10 bytes");
    }

    private static long unzigzag(long value) {
        return value >>> 1 ^ -(value & 1);
    }

    private static DoLakeException corrupt(String reason) {
        return new DoLakeException(ErrorCode.CHANGE_LOG_CORRUPT, "Cannot read block of changes: " + reason);
    }
}
