/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** The type that holds the values of two types, at any depth. */
public final class TypeUnion {
    /** The common type of two types without parts that differ; null if they have nothing in common. */
    private interface Rule {
        public Type of(Type left, Type right);
    }

    private final Rule rule;
    /** Ids of nested fields are assigned again when a column is added; they have to differ within the type. */
    private int lastId;

    private TypeUnion(Rule rule) {
        this.rule = rule;
    }

    /**
     * A type to which a column of either type may be promoted by Iceberg's rules; null if there is none. Fields of
     * structs that only one has are optional.
     */
    public static Type of(Type left, Type right) {
        return new TypeUnion(TypeUnion::promoted).union(left, right);
    }

    /** The same for columns of rows in one commit: whole numbers and other numbers together are doubles. */
    public static Type ofRows(Type left, Type right) {
        return new TypeUnion(TypeUnion::number).union(left, right);
    }

    /**
     * The type that a table's column needs to hold values of another type; the column's own type where the values can
     * be converted. Null if it cannot hold them.
     */
    public static Type into(Type column, Type rows, boolean mayWiden) {
        return new TypeUnion((have, type) -> converted(have, type, mayWiden)).union(column, rows);
    }

    private static Type promoted(Type left, Type right) {
        if (widens(right, left)) {
            return left;
        }
        return widens(left, right) ? right : null;
    }

    private static Type number(Type left, Type right) {
        Type promoted = promoted(left, right);
        return promoted == null && isNumber(left) && isNumber(right) ? Types.DoubleType.get() : promoted;
    }

    private static boolean isNumber(Type type) {
        return switch (type.typeId()) {
            case INTEGER, LONG, FLOAT, DOUBLE -> true;
            default -> false;
        };
    }

    private static Type converted(Type have, Type rows, boolean mayWiden) {
        if (mayWiden && widens(have, rows)) {
            return rows;
        }
        return widens(rows, have) || TypeConversions.of(rows, have) != null ? have : null;
    }

    /** Whether {@code to} holds every value of {@code from}, and more. */
    public static boolean widens(Type from, Type to) {
        return switch (from.typeId()) {
            case INTEGER -> to.typeId() == Type.TypeID.LONG;
            case FLOAT -> to.typeId() == Type.TypeID.DOUBLE;
            case DECIMAL ->
                to instanceof Types.DecimalType wide
                        && wide.scale() == ((Types.DecimalType) from).scale()
                        && wide.precision() > ((Types.DecimalType) from).precision();
            default -> false;
        };
    }

    private Type union(Type left, Type right) {
        if (left.typeId() == right.typeId() && left.isNestedType()) {
            return switch (left.typeId()) {
                case STRUCT -> struct(left.asStructType(), right.asStructType());
                case LIST -> list(left.asListType(), right.asListType());
                default -> map(left.asMapType(), right.asMapType());
            };
        }
        return left.equals(right) ? left : rule.of(left, right);
    }

    private Type struct(Types.StructType left, Types.StructType right) {
        Map<String, Types.NestedField> fields = new LinkedHashMap<>();
        left.fields().forEach(field -> fields.put(field.name(), field));
        right.fields().forEach(field -> fields.putIfAbsent(field.name(), field));
        List<Types.NestedField> all = new ArrayList<>();
        for (String name : fields.keySet()) {
            Types.NestedField field = field(name, left.field(name), right.field(name));
            if (field == null) {
                return null;
            }
            all.add(field);
        }
        return Types.StructType.of(all);
    }

    private Types.NestedField field(String name, Types.NestedField left, Types.NestedField right) {
        int id = ++lastId;
        Types.NestedField any = left == null ? right : left;
        Type type = left == null || right == null ? union(any.type(), any.type()) : union(left.type(), right.type());
        boolean isOptional = left == null || right == null || left.isOptional() || right.isOptional();
        return type == null ? null : Types.NestedField.of(id, isOptional, name, type);
    }

    private Type list(Types.ListType left, Types.ListType right) {
        int id = ++lastId;
        Type element = union(left.elementType(), right.elementType());
        if (element == null) {
            return null;
        }
        return left.isElementOptional() || right.isElementOptional()
                ? Types.ListType.ofOptional(id, element)
                : Types.ListType.ofRequired(id, element);
    }

    /** Keys of maps cannot change, nor be converted: two keys might become equal. */
    private Type map(Types.MapType left, Types.MapType right) {
        int keyId = ++lastId;
        int valueId = ++lastId;
        Type value = union(left.valueType(), right.valueType());
        if (value == null || !left.keyType().equals(right.keyType())) {
            return null;
        }
        return left.isValueOptional() || right.isValueOptional()
                ? Types.MapType.ofOptional(keyId, valueId, left.keyType(), value)
                : Types.MapType.ofRequired(keyId, valueId, left.keyType(), value);
    }
}
