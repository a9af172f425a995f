/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Reads Debezium envelopes. Shapes are worked out once for each pair of schemas; a reader belongs to one thread.
 */
final class EnvelopeReader {
    /** Schemas remembered before all are forgotten; converters hand out the same schema object again and again. */
    static final int MAX_SCHEMAS = 4096;

    private final TableNames names;
    private final Map<Schema, Map<Schema, RowShape>> shapes = new IdentityHashMap<>();
    private final Map<RowShape, RowShape> equalShapes = new HashMap<>();
    private final Map<Schema, KeyReader> keys = new IdentityHashMap<>();
    private final ByteSink scratch = new ByteSink(1024);

    EnvelopeReader(TableNames names) {
        this.names = names;
    }

    /** Throws {@link DoLakeException} for a record that cannot be taken. */
    Change read(SinkRecord record) {
        if (record.value() == null) {
            return new Change.Nothing();
        }
        Struct envelope = envelope(record);
        String op = envelope.getString("op");
        return switch (op == null ? "" : op) {
            case "c", "r", "u" -> upsert(record, envelope, op);
            case "d" -> delete(record, envelope);
            case "t" -> new Change.Truncate(table(envelope));
            case "m" -> new Change.Nothing();
            default ->
                throw new DoLakeException(
                        ErrorCode.INVALID_ARGUMENT, "Cannot take a change: its operation is '" + op + "'");
        };
    }

    private static Struct envelope(SinkRecord record) {
        if (!(record.value() instanceof Struct struct)
                || struct.schema().field("op") == null
                || struct.schema().field("source") == null) {
            throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot take a record: its value is no Debezium envelope with op and source")
                    .withHint("Use a converter with schemas, and no transformation that unwraps the envelope");
        }
        return struct;
    }

    private TableIdentifier table(Struct envelope) {
        return names.tableOf(envelope.getStruct("source"));
    }

    private Change upsert(SinkRecord record, Struct envelope, String op) {
        Struct after = envelope.schema().field("after") == null ? null : envelope.getStruct("after");
        if (after == null) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot take a change: operation '" + op + "' without an after image");
        }
        if (record.key() == null && op.equals("u")) {
            throw keyless(op);
        }
        Schema keySchema = record.key() == null ? null : keySchema(record);
        RowShape shape = shape(after.schema(), keySchema);
        byte[] row = RowCodec.encode(shape, shape.values(after), scratch);
        return new Change.Upsert(table(envelope), shape, keySchema == null ? null : key(record), row);
    }

    private Change delete(SinkRecord record, Struct envelope) {
        if (record.key() == null) {
            throw keyless("d");
        }
        List<String> keyNames = RowShape.keyNames(keySchema(record));
        return new Change.Delete(table(envelope), keyNames, key(record));
    }

    private static DoLakeException keyless(String op) {
        return new DoLakeException(
                        ErrorCode.INVALID_ARGUMENT, "Cannot take a change: operation '" + op + "' without a record key")
                .withHint("Set message.key.columns on the source connector");
    }

    private static Schema keySchema(SinkRecord record) {
        if (!(record.key() instanceof Struct struct)) {
            throw new DoLakeException(
                            ErrorCode.TYPE_MISMATCH, "Cannot take a record: its key is no struct of key columns")
                    .withHint("Use a key converter with schemas");
        }
        return struct.schema();
    }

    private RowShape shape(Schema row, Schema key) {
        if (shapes.size() >= MAX_SCHEMAS) {
            shapes.clear();
            equalShapes.clear();
        }
        return shapes.computeIfAbsent(row, any -> new IdentityHashMap<>()).computeIfAbsent(key, any -> {
            RowShape shape = RowShape.of(row, key);
            return equalShapes.computeIfAbsent(shape, same -> same);
        });
    }

    private KeyBytes key(SinkRecord record) {
        Struct key = (Struct) record.key();
        if (keys.size() >= MAX_SCHEMAS) {
            keys.clear();
        }
        return keys.computeIfAbsent(key.schema(), KeyReader::new).read(key);
    }

    /** Reads the columns of a key in the order of their names. */
    private static final class KeyReader {
        private final List<String> names;
        private final List<ConnectTypes.Mapped> converters;

        KeyReader(Schema schema) {
            names = RowShape.keyNames(schema);
            converters = names.stream()
                    .map(schema::field)
                    .map(Field::schema)
                    .map(field -> ConnectTypes.map(field, new ConnectTypes.Ids()))
                    .toList();
        }

        KeyBytes read(Struct key) {
            Object[] values = new Object[names.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = converters.get(i).convert(key.getWithoutDefault(names.get(i)));
            }
            return KeyBytes.of(values);
        }
    }
}
