/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.data.GenericDataUtil;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * What a table's schema must become to take rows of given shapes: columns added (with the default as initial default, so
 * that older rows read as the source's), types widened, columns made optional. Nothing is dropped or renamed, but a column
 * of an emptied table may take another type.
 */
final class SchemaEvolution {
    private static final int FIRST_COLUMN_ID = 1_000_000;

    /** One step towards the wanted schema. */
    private interface Step {
        void apply(UpdateSchema update);
    }

    private record Wanted(Type type, boolean isOptional, Object defaultValue) {}

    private final String table;
    private final List<Step> steps = new ArrayList<>();
    private final List<String> described = new ArrayList<>();

    private SchemaEvolution(String table) {
        this.table = table;
    }

    /** The schema of a new table for rows of this shape. */
    static Schema initial(RowShape shape, boolean forceOptional) {
        List<Types.NestedField> fields = new ArrayList<>();
        Set<Integer> identifiers = new HashSet<>();
        boolean identifiable = true;
        int id = FIRST_COLUMN_ID;
        for (RowShape.Column column : shape.columns()) {
            boolean isKey = shape.keyNames().contains(column.name());
            boolean isOptional = column.isOptional() || (forceOptional && !isKey);
            fields.add(Types.NestedField.of(id, isOptional, column.name(), column.type()));
            if (isKey) {
                identifiers.add(id);
                identifiable &= !isOptional && canIdentify(column.type());
            }
            id++;
        }
        return identifiable ? new Schema(fields, identifiers) : new Schema(fields);
    }

    private static boolean canIdentify(Type type) {
        return type.isPrimitiveType() && type.typeId() != Type.TypeID.FLOAT && type.typeId() != Type.TypeID.DOUBLE;
    }

    /** Works out what rows of these shapes need; {@code TYPE_MISMATCH} if no change of the schema can take them. */
    static SchemaEvolution plan(
            String table, Schema current, int formatVersion, List<RowShape> shapes, boolean isEmptied) {
        SchemaEvolution evolution = new SchemaEvolution(table);
        Map<String, Wanted> wanted = evolution.merge(shapes);
        wanted.forEach((name, column) -> {
            Types.NestedField field = current.asStruct().field(name);
            if (field == null) {
                evolution.add(name, column, formatVersion);
            } else if (column.isOptional() && current.identifierFieldIds().contains(field.fieldId())) {
                // Identifier fields have to be required; a row with null in one is refused when it is written.
                evolution.change(
                        field, new Wanted(column.type(), false, column.defaultValue()), formatVersion, isEmptied);
            } else {
                evolution.change(field, column, formatVersion, isEmptied);
            }
        });
        for (Types.NestedField field : current.columns()) {
            if (field.isRequired() && !wanted.isEmpty() && !wanted.containsKey(field.name())) {
                evolution.makeOptional(field.name());
            }
        }
        return evolution;
    }

    boolean isNeeded() {
        return !steps.isEmpty();
    }

    void apply(UpdateSchema update) {
        steps.forEach(step -> step.apply(update));
    }

    @Override
    public String toString() {
        return String.join(", ", described);
    }

    private Map<String, Wanted> merge(List<RowShape> shapes) {
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        Map<String, Integer> counts = new HashMap<>();
        for (RowShape shape : shapes) {
            for (RowShape.Column column : shape.columns()) {
                Wanted next = new Wanted(column.type(), column.isOptional(), column.defaultValue());
                Wanted old = wanted.get(column.name());
                wanted.put(column.name(), old == null ? next : merge(column.name(), old, next));
                counts.merge(column.name(), 1, Integer::sum);
            }
        }
        // A column that some of the shapes lack.
        wanted.replaceAll((name, column) ->
                counts.get(name) == shapes.size() ? column : new Wanted(column.type(), true, column.defaultValue()));
        return wanted;
    }

    private Wanted merge(String name, Wanted old, Wanted next) {
        Type type = widens(old.type(), next.type()) ? next.type() : old.type();
        if (!sameKind(type, next.type()) || !sameKind(type, old.type())) {
            throw mismatch(name, old.type(), next.type());
        }
        Object defaultValue = old.defaultValue() == null ? next.defaultValue() : old.defaultValue();
        return new Wanted(type, old.isOptional() || next.isOptional(), defaultValue);
    }

    private void add(String name, Wanted wanted, int formatVersion) {
        Literal<?> initial = formatVersion >= 3 ? literal(wanted) : null;
        step("add " + name, update -> update.addColumn(null, name, wanted.type(), null, initial));
    }

    private void change(Types.NestedField field, Wanted wanted, int formatVersion, boolean isEmptied) {
        String name = field.name();
        if (!sameKind(field.type(), wanted.type())) {
            if (!isEmptied) {
                throw mismatch(name, field.type(), wanted.type());
            }
            step("replace " + name, update -> update.deleteColumn(name));
            add(name, wanted, formatVersion);
            return;
        }
        if (widens(field.type(), wanted.type())) {
            step(
                    "widen " + name,
                    update -> update.updateColumn(name, wanted.type().asPrimitiveType()));
        } else if (!field.type().isPrimitiveType() && !narrows(wanted.type(), field.type())) {
            Types.NestedField union = Types.NestedField.optional(FIRST_COLUMN_ID, name, wanted.type());
            step("extend " + name, update -> update.unionByNameWith(new Schema(union)));
            return;
        }
        if (wanted.isOptional() && field.isRequired()) {
            makeOptional(name);
        }
    }

    private void makeOptional(String name) {
        step("make " + name + " optional", update -> update.makeColumnOptional(name));
    }

    private void step(String description, Step step) {
        described.add(description);
        steps.add(step);
    }

    private DoLakeException mismatch(String column, Type have, Type wanted) {
        return new DoLakeException(
                ErrorCode.TYPE_MISMATCH,
                "Cannot take rows of table " + table + ": column " + column + " is " + have + ", the rows have "
                        + wanted);
    }

    private static Literal<?> literal(Wanted wanted) {
        Object value = wanted.defaultValue();
        if (value == null || !wanted.type().isPrimitiveType()) {
            return null;
        }
        return switch (wanted.type().typeId()) {
            case BOOLEAN, INTEGER, LONG, FLOAT, DOUBLE, STRING, DECIMAL, UUID, BINARY -> Expressions.lit(value);
            // Literals of dates and times are made from their text form.
            case DATE, TIME, TIMESTAMP ->
                Expressions.lit(GenericDataUtil.internalToGeneric(wanted.type(), value)
                                .toString())
                        .to(wanted.type());
            default -> null;
        };
    }

    /** Whether a column of one type can hold or become the other. */
    private static boolean sameKind(Type have, Type wanted) {
        if (!have.isPrimitiveType() || !wanted.isPrimitiveType()) {
            return have.typeId() == wanted.typeId();
        }
        return have.equals(wanted) || widens(have, wanted) || widens(wanted, have);
    }

    /** Whether {@code to} holds every value of {@code from}, and more. */
    private static boolean widens(Type from, Type to) {
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

    /** Whether a nested type has nothing that {@code have} lacks. */
    private static boolean narrows(Type wanted, Type have) {
        if (!wanted.isNestedType()) {
            return wanted.equals(have) || widens(wanted, have);
        }
        if (wanted.typeId() != have.typeId()) {
            return false;
        }
        for (Types.NestedField field : wanted.asNestedType().fields()) {
            Types.NestedField known = have.isStructType()
                    ? have.asStructType().field(field.name())
                    : have.asNestedType().fields().stream()
                            .filter(other -> Objects.equals(other.name(), field.name()))
                            .findFirst()
                            .orElse(null);
            boolean looser = known != null && known.isRequired() && field.isOptional();
            if (known == null || looser || !narrows(field.type(), known.type())) {
                return false;
            }
        }
        return true;
    }
}
