/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.row.ByteOutput;
import io.dolake.sink.row.Change;
import io.dolake.sink.row.KeyBytes;
import io.dolake.sink.row.KeyNames;
import io.dolake.sink.row.RowCodec;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.row.SoftDeletes;
import io.dolake.sink.row.UnavailableValues;
import io.dolake.sink.types.ConnectFields;
import io.dolake.sink.types.ConnectTypes;
import io.dolake.sink.types.ValueFault;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/**
 * Builds changes from rows and keys. What depends only on schemas is computed once for each schema. An object belongs
 * to one thread.
 */
final class ChangeBuilder {
    /**
     * Number of schemas remembered before all are forgotten; converters return the same schema object again and again.
     */
    static final int MAX_SCHEMAS = 4096;

    private static final List<String> NO_KEY = List.of();
    private static final Struct EMPTY = new Struct(SchemaBuilder.struct().build());

    private final KeyColumns keyColumns;
    private final InferredSchemas inferred;
    private final Map<Schema, Map<List<String>, RowShape>> shapes = new IdentityHashMap<>();
    private final Map<RowShape, RowShape> equalShapes = new HashMap<>();
    private final Map<Schema, List<String>> names = new IdentityHashMap<>();
    private final Map<Schema, Map<List<String>, KeyReader>> readers = new IdentityHashMap<>();
    private final ChangelogColumns changelog;
    private final UnavailableValues.Gaps gaps;
    private final UnavailableValues.Gaps noGaps;
    private final ConnectTypes types;
    private final ConnectTypes keyTypes;
    private final Map<Schema, Map<List<String>, RowShape>> appended = new IdentityHashMap<>();
    private final Map<Schema, Map<List<String>, RowShape>> logged = new IdentityHashMap<>();
    private final SoftDeletes softDeletes;
    private final Map<RowShape, RowShape> softShapes = new IdentityHashMap<>();
    private final ByteOutput scratch = new ByteOutput(1024);

    ChangeBuilder(
            KeyColumns keyColumns,
            InferredSchemas inferred,
            ChangelogColumns changelog,
            UnavailableValues unavailable,
            ConnectTypes types,
            SoftDeletes softDeletes) {
        this.softDeletes = softDeletes;
        this.types = types;
        this.keyTypes = types.ofKeys();
        this.gaps = unavailable.gaps();
        this.noGaps = unavailable.none();
        this.keyColumns = keyColumns;
        this.inferred = inferred;
        this.changelog = changelog;
    }

    /** A value of a record that must be a row: unchanged, or with an inferred schema. */
    Struct row(Object value) {
        if (value instanceof Struct struct) {
            return struct;
        }
        if (value instanceof Map<?, ?> map) {
            return inferred.struct(map);
        }
        throw new DoLakeException(
                        ErrorCode.INVALID_ARGUMENT,
                        "Cannot read record: its value is a " + value.getClass().getSimpleName()
                                + " where a row was expected")
                .withHint("Use a converter that gives structs or maps");
    }

    /** A record's key in the form that the methods here expect: a map as a struct, anything else unchanged. */
    Object key(Object value) {
        // A struct first: to find out that it is not a map would check all interfaces that it implements, each time.
        return !(value instanceof Struct) && value instanceof Map<?, ?> map ? inferred.struct(map) : value;
    }

    /**
     * The row with its key is as given; without key columns, an additional row. Columns in {@code dropped} are left
     * out. {@code isSoft}: with the columns that mark a deletion.
     */
    Change.Upsert upsert(TableIdentifier table, Struct row, Object key, Set<String> dropped, boolean isSoft) {
        List<String> columns = columns(table, key);
        RowShape plain = shape(row.schema(), columns, dropped);
        RowShape shape = isSoft ? softShapes.computeIfAbsent(plain, softDeletes::extended) : plain;
        UnavailableValues.Gaps noted = columns.isEmpty() ? noGaps : gaps;
        noted.take();
        Object[] values = isSoft ? shape.values(row, SoftDeletes.live(), noted) : shape.values(row, noted);
        if (columns.isEmpty()) {
            return new Change.Upsert(table, shape, null, RowCodec.encode(shape, values, scratch));
        }
        BitSet missing = noted.take();
        byte[] bytes = RowCodec.encode(shape, values, scratch);
        return new Change.Upsert(table, shape, keyOf(columns, key, row), bytes, missing);
    }

    /** An additional row, whatever its key. */
    Change.Upsert append(TableIdentifier table, Struct row, Object key, Set<String> dropped) {
        RowShape shape = keyless(appended, row.schema(), key, dropped, List.of());
        return new Change.Upsert(table, shape, null, RowCodec.encode(shape, shape.values(row, noGaps), scratch));
    }

    /**
     * The shape of rows of a table without a key, with {@code more} columns; {@code known}: the shapes built before.
     */
    private RowShape keyless(
            Map<Schema, Map<List<String>, RowShape>> known,
            Schema row,
            Object key,
            Set<String> dropped,
            List<RowShape.Column> more) {
        if (known.size() >= MAX_SCHEMAS) {
            known.clear();
        }
        List<String> likeKeys = key instanceof Struct columns ? keyNames(columns.schema()) : NO_KEY;
        return known.computeIfAbsent(row, any -> new IdentityHashMap<>()).computeIfAbsent(likeKeys, any -> {
            RowShape shape = RowShape.of(row, NO_KEY, likeKeys, dropped, types).extended(more);
            if (shape.columns().isEmpty()) {
                throw noColumns();
            }
            return equalShapes.computeIfAbsent(shape, same -> same);
        });
    }

    private List<String> keyNames(Schema key) {
        if (names.size() >= MAX_SCHEMAS) {
            names.clear();
        }
        return names.computeIfAbsent(key, RowShape::keyNames);
    }

    private static DoLakeException noColumns() {
        return new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot write row: it has no columns");
    }

    /** An additional row that records an event: the image after, else the one before, else the key. */
    Change.Upsert logged(TableIdentifier table, RowEvent event, Object key) {
        Struct image = event.after() != null ? event.after() : event.before();
        Struct row = image != null ? image : key instanceof Struct struct ? struct : EMPTY;
        RowShape shape = keyless(logged, row.schema(), key, event.dropped(), changelog.columns());
        Object[] values =
                shape.values(row, ChangelogColumns.values(event.op(), event.source(), event.record()), noGaps);
        return new Change.Upsert(table, shape, null, RowCodec.encode(shape, values, scratch));
    }

    /**
     * The row with this key is deleted.
     *
     * @param row an image of the row that has the key columns if the record's key does not have them; null if there is
     *     none
     */
    Change.Delete delete(TableIdentifier table, Object key, Struct row) {
        List<String> columns = columns(table, key);
        if (columns.isEmpty()) {
            throw keyless("a delete");
        }
        return new Change.Delete(table, columns, keyOf(columns, key, row));
    }

    /** Refuses a tombstone whose key is not the key of its table, if that table exists. */
    void checkKey(TableIdentifier table, Object key) {
        List<String> have = keyColumns.ofTable(table);
        List<String> given = columns(table, key);
        if (!have.isEmpty() && !have.equals(given) && !KeyNames.areParts(have, given)) {
            throw Tombstones.other(table, "columns " + given, have.toString());
        }
    }

    boolean hasKey(TableIdentifier table, Object key) {
        return !columns(table, key).isEmpty();
    }

    /** The previous key, if an update changed it: the other image has other values in its columns; null if not. */
    Change.Delete movedFrom(TableIdentifier table, Object key, Struct before, Struct after) {
        List<String> columns = columns(table, key);
        boolean isMoved = false;
        for (String column : columns) {
            if (before.schema().field(column) == null) {
                return null;
            }
            isMoved |= !Objects.deepEquals(before.getWithoutDefault(column), ConnectFields.get(after, column));
        }
        return isMoved
                ? new Change.Delete(
                        table, columns, reader(before.schema(), columns).read(before))
                : null;
    }

    static DoLakeException keyless(String what) {
        return new DoLakeException(
                        ErrorCode.INVALID_ARGUMENT,
                        "Cannot apply " + what + ": neither the record nor the settings define its key")
                .withHint("Set message.key.columns on the source connector, or " + InputConfig.DEFAULT_ID_COLUMNS
                        + " on the sink");
    }

    private List<String> columns(TableIdentifier table, Object key) {
        List<String> configured = keyColumns.configured(table);
        if (configured != null) {
            return configured;
        }
        if (key == null) {
            return keyColumns.ofTable(table);
        }
        if (!(key instanceof Struct columns)) {
            throw new DoLakeException(
                            ErrorCode.TYPE_MISMATCH,
                            "Cannot read record: its key is not a struct of key columns, but a "
                                    + key.getClass().getSimpleName())
                    .withHint("Name the column that it holds in " + InputConfig.DEFAULT_ID_COLUMNS);
        }
        return keyNames(columns.schema());
    }

    private KeyBytes keyOf(List<String> columns, Object key, Struct row) {
        if (key instanceof Struct fields && hasAll(fields, columns)) {
            return reader(fields.schema(), columns).read(fields);
        }
        if (row != null && hasAll(row, columns)) {
            return reader(row.schema(), columns).read(row);
        }
        if (columns.size() == 1 && key != null && !(key instanceof Struct)) {
            try {
                ConnectTypes.Mapped mapped = keyTypes.map(inferred.schemaOf(key), new ConnectTypes.Ids());
                return KeyBytes.of(new Object[] {mapped.convert(key)});
            } catch (RuntimeException e) {
                throw ValueFault.inColumn(columns.get(0), ValueFault.within(" (of the key)", e));
            }
        }
        throw new DoLakeException(
                ErrorCode.COLUMN_NOT_FOUND,
                "Cannot read change: key columns " + columns + " are neither in its key nor in its row");
    }

    private static boolean hasAll(Struct struct, List<String> columns) {
        for (String column : columns) {
            if (struct.schema().field(column) == null) {
                return false;
            }
        }
        return true;
    }

    private RowShape shape(Schema row, List<String> columns, Set<String> dropped) {
        if (shapes.size() >= MAX_SCHEMAS) {
            shapes.clear();
            equalShapes.clear();
            softShapes.clear();
        }
        return shapes.computeIfAbsent(row, any -> new IdentityHashMap<>()).computeIfAbsent(columns, any -> {
            RowShape shape = RowShape.of(row, columns, dropped, types);
            if (shape.columns().isEmpty()) {
                throw noColumns();
            }
            return equalShapes.computeIfAbsent(shape, same -> same);
        });
    }

    private KeyReader reader(Schema schema, List<String> columns) {
        if (readers.size() >= MAX_SCHEMAS) {
            readers.clear();
        }
        return readers.computeIfAbsent(schema, any -> new IdentityHashMap<>())
                .computeIfAbsent(columns, any -> new KeyReader(schema, columns, keyTypes));
    }

    /** Reads the key columns of a struct in the order of their names. */
    private static final class KeyReader {
        private final List<String> names;
        private final List<ConnectTypes.Mapped> converters;

        KeyReader(Schema schema, List<String> names, ConnectTypes types) {
            this.names = names;
            this.converters = names.stream()
                    .map(schema::field)
                    .map(field -> mapped(field, types))
                    .toList();
        }

        private static ConnectTypes.Mapped mapped(Field field, ConnectTypes types) {
            ConnectTypes.Mapped mapped = types.map(field.schema(), new ConnectTypes.Ids());
            if (mapped == null || mapped.type().isNestedType()) {
                throw new DoLakeException(
                        ErrorCode.TYPE_MISMATCH,
                        "Cannot read record: its key column " + field.name() + " is not a single value");
            }
            return mapped;
        }

        KeyBytes read(Struct key) {
            Object[] values = new Object[names.size()];
            int i = 0;
            try {
                for (; i < values.length; i++) {
                    values[i] = converters.get(i).convert(key.getWithoutDefault(names.get(i)));
                }
                return KeyBytes.of(values);
            } catch (RuntimeException e) {
                // In a key of several columns, the failing column is not known any more once they are combined.
                String place = names.size() == 1 ? names.get(0) : i < names.size() ? names.get(i) : names.toString();
                throw ValueFault.inColumn(place, ValueFault.within(" (of the key)", e));
            }
        }
    }
}
