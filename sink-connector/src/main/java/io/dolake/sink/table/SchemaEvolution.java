/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.SqliteNames;
import io.dolake.sink.config.DeadLetterConfig;
import io.dolake.sink.config.SchemaPolicy;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.types.TypeConversions;
import io.dolake.sink.types.TypeUnion;
import io.dolake.sink.types.UnfitDefault;
import io.dolake.sink.types.ValueFault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.data.GenericDataUtil;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;

/**
 * The schema changes that a table needs to accept rows of given shapes: columns added (with the default as initial
 * default, so that older rows read as in the source), types widened, columns made optional, also in structs, lists and
 * maps. By policy, columns are dropped, or added for values of another type; a column of an emptied table may change to
 * any type. Where a column's type stays, values are converted when they are written ({@link TypeConversions}). Renames
 * come first ({@link ColumnRenames}).
 */
public final class SchemaEvolution {
    private static final int FIRST_COLUMN_ID = 1_000_000;

    /** One step towards the required schema: a change of the column or field at a path. */
    private record Step(String what, String path, Consumer<UpdateSchema> change) {
        boolean isAt(String column) {
            return path.equals(column) || path.startsWith(column + ".");
        }

        @Override
        public String toString() {
            return what.formatted(path);
        }
    }

    private record Wanted(Type type, boolean isOptional, Object defaultValue) {}

    /**
     * The current state.
     *
     * @param isOurs whether the sink created the table: the types of other tables stay as they are
     * @param isEmptied whether it has no rows but those of the commit, so that columns may change to any type
     */
    public record Current(String table, Schema schema, int formatVersion, boolean isOurs, boolean isEmptied) {
        boolean mayReplace() {
            return isOurs && isEmptied;
        }
    }

    private final Current current;
    private final SchemaPolicy policy;
    private final List<Step> steps = new ArrayList<>();
    private final Set<Integer> renamed = new HashSet<>();

    private SchemaEvolution(Current current, SchemaPolicy policy) {
        this.current = current;
        this.policy = policy;
    }

    /** The schema of a new table for rows of this shape. */
    public static Schema initial(RowShape shape, boolean forceOptional) {
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

    /**
     * Determines the changes that rows of these shapes need; {@code TYPE_MISMATCH} if no change of the schema fits
     * them.
     */
    public static SchemaEvolution plan(Current current, List<RowShape> shapes, SchemaPolicy policy) {
        SchemaEvolution evolution = new SchemaEvolution(current, policy);
        Schema schema = current.schema();
        // The columns of an emptied table may change to any type; the types within the commit still have to agree.
        Types.StructType fixed = current.mayReplace() ? Types.StructType.of() : schema.asStruct();
        Map<String, Wanted> wanted = evolution.merge(fixed, shapes);
        wanted.forEach((name, column) -> {
            Types.NestedField field = schema.asStruct().field(name);
            Types.NestedField respelled = field == null && current.isEmptied() ? respelled(schema, name, wanted) : null;
            if (respelled != null && TypeUnion.of(respelled.type(), column.type()) != null) {
                evolution.rename(respelled, name);
                evolution.change(respelled, column);
            } else if (field == null) {
                evolution.add(name, column);
            } else if (column.isOptional() && schema.identifierFieldIds().contains(field.fieldId())) {
                // Identifier fields have to be required; a row with null in one is refused when it is written.
                evolution.change(field, new Wanted(column.type(), false, column.defaultValue()));
            } else {
                evolution.change(field, column);
            }
        });
        for (Types.NestedField field : schema.columns()) {
            if (field.isRequired()
                    && !wanted.isEmpty()
                    && !wanted.containsKey(field.name())
                    && !evolution.renamed.contains(field.fieldId())) {
                evolution.makeOptional(field.name());
            }
        }
        if (current.isOurs()) {
            schema.columns()
                    .forEach(field -> evolution.dropEmpty(field.name(), field.type(), wanted.get(field.name())));
        }
        return evolution;
    }

    /**
     * The column of the table whose name differs from this one only in the case of letters, if it is the only one and
     * no row has it: a source's column that was renamed in case, and whose rows are all sent again. ASCII letters only,
     * as databases compare names.
     */
    private static Types.NestedField respelled(Schema current, String name, Map<String, Wanted> wanted) {
        List<Types.NestedField> same = current.columns().stream()
                .filter(field -> SqliteNames.equal(field.name(), name))
                .toList();
        return same.size() == 1 && !wanted.containsKey(same.get(0).name()) ? same.get(0) : null;
    }

    private void rename(Types.NestedField field, String name) {
        renamed.add(field.fieldId());
        step(
                "rename %s to " + name.replace("%", "%%"),
                field.name(),
                update -> update.renameColumn(field.name(), name));
    }

    /** Drops a struct without fields, as earlier versions created them: it has no content, and no file can store it. */
    private void dropEmpty(String name, Type type, Wanted wanted) {
        if (type.isStructType()
                && type.asStructType().fields().isEmpty()
                && (wanted == null || wanted.type().equals(type))) {
            steps.removeIf(step -> step.isAt(name));
            step("drop %s", name, update -> update.deleteColumn(name));
        }
    }

    /** Drops the columns of the table that rows of a shape do not have, except those with these ids. */
    public void dropAllBut(RowShape shape, Schema current, Set<Integer> needed) {
        for (Types.NestedField field : current.columns()) {
            boolean isNeeded = needed.contains(field.fieldId())
                    || renamed.contains(field.fieldId())
                    || ColumnMatcher.isOf(shape, field)
                    || TypeUtil.indexById(Types.StructType.of(field)).keySet().stream()
                            .anyMatch(needed::contains);
            if (!isNeeded) {
                // Changes that earlier rows of the commit required for it.
                steps.removeIf(step -> step.isAt(field.name()));
                step("drop %s", field.name(), update -> update.deleteColumn(field.name()));
            }
        }
    }

    public boolean isNeeded() {
        return !steps.isEmpty();
    }

    public void apply(UpdateSchema update) {
        steps.forEach(step -> step.change.accept(update));
    }

    @Override
    public String toString() {
        return steps.stream().map(Step::toString).collect(Collectors.joining(", "));
    }

    private Map<String, Wanted> merge(Types.StructType fixed, List<RowShape> shapes) {
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        Map<String, Integer> counts = new HashMap<>();
        for (RowShape shape : shapes) {
            for (RowShape.Column column : shape.columns()) {
                boolean isKey = shape.keyNames().contains(column.name());
                String name = policy.addsForOtherTypes() && !isKey ? name(fixed, wanted, shape, column) : column.name();
                boolean isOther = !name.equals(column.name());
                Wanted next = new Wanted(
                        column.type(), column.isOptional() || isOther, isOther ? null : column.defaultValue());
                wanted.put(name, merge(name, fixed.field(name), wanted.get(name), next, isKey));
                counts.merge(name, 1, Integer::sum);
            }
        }
        // A column that some of the shapes lack.
        wanted.replaceAll((name, column) ->
                counts.get(name) == shapes.size() ? column : new Wanted(column.type(), true, column.defaultValue()));
        return wanted;
    }

    /**
     * The requirements of rows for a column, after those of previous rows; {@code field} is the table's column, or
     * null.
     */
    private Wanted merge(String name, Types.NestedField field, Wanted old, Wanted next, boolean isKey) {
        Type have = old != null ? old.type() : field != null ? field.type() : null;
        Type type = have == null ? next.type() : union(have, next.type(), field != null, isKey);
        if (type == null) {
            throw mismatch(name, have, next.type());
        }
        if (old == null) {
            return new Wanted(type, next.isOptional(), next.defaultValue());
        }
        Object defaultValue = old.defaultValue() == null ? next.defaultValue() : old.defaultValue();
        return new Wanted(type, old.isOptional() || next.isOptional(), defaultValue);
    }

    /** A key is looked up by its values, so these must have the table's types. */
    private Type union(Type have, Type rows, boolean isOfTable, boolean isKey) {
        if (isKey) {
            Type type = TypeUnion.of(have, rows);
            boolean isChange = isOfTable && type != null && !current.isOurs() && TypeUnion.widens(have, type);
            return isChange ? have : type;
        }
        return isOfTable ? TypeUnion.into(have, rows, current.isOurs()) : TypeUnion.ofRows(have, rows);
    }

    private static String name(
            Types.StructType fixed, Map<String, Wanted> wanted, RowShape shape, RowShape.Column column) {
        Types.NestedField field = fixed.field(column.name());
        Wanted other = wanted.get(column.name());
        boolean fits = field != null
                ? ColumnMatcher.fits(field.type(), shape, column.name(), column.type())
                : other == null || ColumnMatcher.fits(other.type(), shape, column.name(), column.type());
        return fits ? column.name() : ColumnMatcher.alternative(column.name(), column.type());
    }

    private void add(String name, Wanted wanted) {
        Literal<?> initial = current.formatVersion() >= 3 ? literal(name, wanted) : null;
        step("add %s", name, update -> update.addColumn(null, name, wanted.type(), null, initial));
    }

    private void change(Types.NestedField field, Wanted wanted) {
        String name = field.name();
        if (current.mayReplace() && TypeUnion.of(field.type(), wanted.type()) == null) {
            step("replace %s", name, update -> update.deleteColumn(name));
            add(name, wanted);
            return;
        }
        extend(name, field.type(), wanted.type());
        if (wanted.isOptional() && field.isRequired()) {
            makeOptional(name);
        }
    }

    /** Changes the type at a path so that it also holds values of another type, with which its own type has a union. */
    private void extend(String path, Type have, Type wanted) {
        switch (wanted.typeId()) {
            case STRUCT -> extendStruct(path, have.asStructType(), wanted.asStructType());
            case LIST -> {
                extend(
                        path + ".element",
                        have.asListType().elementType(),
                        wanted.asListType().elementType());
                if (wanted.asListType().isElementOptional()
                        && !have.asListType().isElementOptional()) {
                    makeOptional(path + ".element");
                }
            }
            case MAP -> {
                extend(
                        path + ".value",
                        have.asMapType().valueType(),
                        wanted.asMapType().valueType());
                if (wanted.asMapType().isValueOptional() && !have.asMapType().isValueOptional()) {
                    makeOptional(path + ".value");
                }
            }
            default -> {
                if (TypeUnion.widens(have, wanted)) {
                    step("widen %s", path, update -> update.updateColumn(path, wanted.asPrimitiveType()));
                }
            }
        }
    }

    private void extendStruct(String path, Types.StructType have, Types.StructType wanted) {
        for (Types.NestedField field : wanted.fields()) {
            Types.NestedField known = have.field(field.name());
            String at = path + "." + field.name();
            if (known == null) {
                checkSpelling(path, field.name(), have);
                step("add %s", at, update -> update.addColumn(path, field.name(), field.type()));
            } else {
                extend(at, known.type(), field.type());
                if (field.isOptional() && known.isRequired()) {
                    makeOptional(at);
                }
            }
        }
        for (Types.NestedField known : have.fields()) {
            if (known.isRequired() && wanted.field(known.name()) == null) {
                makeOptional(path + "." + known.name());
            }
        }
    }

    /** Case is ignored only in the names of columns: rows get the table's spelling. */
    private void checkSpelling(String path, String name, Types.StructType have) {
        Types.NestedField similar = policy.ignoresCase() ? have.caseInsensitiveField(name) : null;
        if (similar != null) {
            throw new DoLakeException(
                    ErrorCode.TYPE_MISMATCH,
                    "Cannot write rows of table " + current.table() + ": their " + path + "." + name
                            + " and the table's " + path
                            + "." + similar.name()
                            + " differ only in case, and fields of structs are matched by exact names");
        }
    }

    private void makeOptional(String name) {
        step("make %s optional", name, update -> update.makeColumnOptional(name));
    }

    private void step(String what, String path, Consumer<UpdateSchema> change) {
        steps.add(new Step(what, path, change));
    }

    private DoLakeException mismatch(String column, Type have, Type wanted) {
        return new DoLakeException(
                        ErrorCode.TYPE_MISMATCH,
                        "Cannot write rows of table " + current.table() + ": column " + column + " is " + have
                                + ", the rows have " + wanted)
                .withHint("Send such records to " + DeadLetterConfig.TABLE + ", or give them a column of their own by "
                        + SchemaPolicy.INCOMPATIBLE + "=new-column");
    }

    private static Literal<?> literal(String column, Wanted wanted) {
        Object value = wanted.defaultValue();
        if (value == null || !wanted.type().isPrimitiveType()) {
            return null;
        }
        try {
            if (value instanceof UnfitDefault unfit) {
                throw unfit.fault();
            }
            return literal(wanted.type(), value);
        } catch (RuntimeException e) {
            throw ValueFault.inColumn(column, ValueFault.within(" (its default)", e));
        }
    }

    private static Literal<?> literal(Type type, Object value) {
        return switch (type.typeId()) {
            case BOOLEAN, INTEGER, STRING, DECIMAL, UUID, BINARY -> Expressions.lit(value);
            case FLOAT -> Expressions.lit((float) finite((Number) value));
            // For rows of several types, the default of the first one.
            case LONG -> Expressions.lit(((Number) value).longValue());
            case DOUBLE -> Expressions.lit(finite((Number) value));
            // Literals of dates and times are made from their text form.
            case DATE, TIME, TIMESTAMP, TIMESTAMP_NANO ->
                Expressions.lit(GenericDataUtil.internalToGeneric(type, value).toString())
                        .to(type);
            default -> null;
        };
    }

    /** Iceberg writes infinity as a default, but cannot read the table any more; it refuses not-a-number itself. */
    private static double finite(Number value) {
        if (!Double.isFinite(value.doubleValue())) {
            throw ValueFault.inexact("a table's metadata cannot hold not-a-number and infinity");
        }
        return value.doubleValue();
    }
}
