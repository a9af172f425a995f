/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * Fills structs of one schema without {@link Struct#put}, which builds the text of an error for each value before it
 * looks at it, and looks at the values of a nested struct a second time: together two fifths of the time for reading a
 * row of a snapshot. What is not certainly valid is left to {@code put}, and with it the error.
 */
final class StructFields {
    /** Types whose values are of other classes: Date, Time, Timestamp, Decimal. */
    private static final String CONNECT_TYPES = "org.apache.kafka.connect.data.";

    /** Null in a version of Kafka whose structs are made in another way. */
    private static final VarHandle VALUES = find();

    private final Schema schema;
    private final Field[] fields;
    /** Of the values of each field; null where a class alone does not show that a value is valid. */
    private final Class<?>[] classes;

    StructFields(Schema schema) {
        this.schema = schema;
        List<Field> all = schema.fields();
        fields = all.toArray(Field[]::new);
        classes = new Class<?>[fields.length];
        for (int i = 0; i < fields.length; i++) {
            classes[i] = classOf(fields[i].schema());
        }
    }

    private static Class<?> classOf(Schema schema) {
        if (schema.name() != null && schema.name().startsWith(CONNECT_TYPES)) {
            return null;
        }
        return switch (schema.type()) {
            case STRUCT -> Struct.class;
            case STRING -> String.class;
            case BOOLEAN -> Boolean.class;
            case INT64 -> Long.class;
            case FLOAT64 -> Double.class;
            case BYTES -> ByteBuffer.class;
            default -> null;
        };
    }

    private static VarHandle find() {
        try {
            return MethodHandles.privateLookupIn(Struct.class, MethodHandles.lookup())
                    .findVarHandle(Struct.class, "values", Object[].class);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    /** Whether a value's class alone always shows that it is valid, and no value is a struct. */
    boolean isPlain() {
        return Arrays.stream(classes).allMatch(known -> known != null && known != Struct.class);
    }

    /** Where a field is among the values; -1 if there is none of this name. */
    int index(String name) {
        Field field = schema.field(name);
        return field == null ? -1 : field.index();
    }

    int size() {
        return fields.length;
    }

    /**
     * A struct with these values, in the order of the fields; null if one of them is not certainly valid. Structs among
     * them must be valid.
     */
    Struct filled(Object[] values) {
        if (VALUES == null) {
            return null;
        }
        for (int i = 0; i < fields.length; i++) {
            if (!fits(i, values[i])) {
                return null;
            }
        }
        Struct struct = new Struct(schema);
        System.arraycopy(values, 0, (Object[]) VALUES.get(struct), 0, values.length);
        return struct;
    }

    private boolean fits(int field, Object value) {
        Schema wanted = fields[field].schema();
        if (value == null) {
            return wanted.isOptional();
        }
        Class<?> known = classes[field];
        return known == value.getClass()
                ? known != Struct.class || ((Struct) value).schema() == wanted
                : known == ByteBuffer.class && value instanceof ByteBuffer;
    }
}
