/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.index;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.row.KeyNames;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.table.TableAccess;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/**
 * Key columns that join a table's key, or that a record's key lacks. An optional column that is null in all rows
 * distinguishes no rows, so a key with null in it equals the key without it.
 */
public final class KeyGrowth {
    private KeyGrowth() {}

    /** Whether keys of these columns are the table's keys with null in the columns that they lack. */
    public static boolean lacksOptional(Table table, List<String> have, List<String> given) {
        return KeyNames.isPart(given, have)
                && have.stream().filter(name -> !given.contains(name)).allMatch(name -> isOptional(name, table));
    }

    /** Whether all changes of a buffer may lack the key columns that some of them lack. */
    public static boolean mayLack(TableBuffer buffer, Table table) {
        return buffer.lackedKeyNames().stream()
                .allMatch(name -> isOptional(name, table) && isOptional(name, buffer.shapes()));
    }

    private static boolean isOptional(String column, Table table) {
        Types.NestedField field = table.schema().asStruct().field(column);
        return field == null || field.isOptional();
    }

    /**
     * Whether the additional key columns of these rows may join the table's key.
     *
     * @param head null if the table has no rows
     */
    public static boolean mayJoin(
            Table table, Snapshot head, List<String> have, List<String> wanted, List<RowShape> shapes) {
        if (!KeyNames.isPart(have, wanted)) {
            return false;
        }
        List<String> joining = new ArrayList<>(wanted);
        joining.removeAll(have);
        return joining.stream()
                .allMatch(name -> isOptional(name, shapes) && (head == null || isNull(table, head, name)));
    }

    private static boolean isOptional(String column, List<RowShape> shapes) {
        return shapes.stream()
                .flatMap(shape -> shape.columns().stream())
                .filter(candidate -> candidate.name().equals(column))
                .allMatch(RowShape.Column::isOptional);
    }

    /** Files whose statistics answer the question are not read. */
    private static boolean isNull(Table table, Snapshot head, String column) {
        Types.NestedField field = table.schema().asStruct().field(column);
        if (field == null) {
            return true;
        }
        if (field.isRequired()) {
            return false;
        }
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table)
                .useSnapshot(head.snapshotId())
                .where(Expressions.notNull(column))
                .select(column)
                .build()) {
            return !rows.iterator().hasNext();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException("Cannot read column " + column + " of table " + table.name(), e);
        }
    }

    /** Throws if the keys of a buffer do not match the table's. */
    public static void check(TableIdentifier name, Table table, TableBuffer buffer) {
        List<String> have = TableAccess.keyColumns(table);
        List<String> wanted = buffer.keyNames();
        if (wanted == null || wanted.equals(have) && mayLack(buffer, table)) {
            return;
        }
        throw new DoLakeException(
                        ErrorCode.TYPE_MISMATCH,
                        "Cannot commit to table " + name + ": its key columns are " + have + ", those of the records "
                                + wanted
                                + (buffer.lackedKeyNames().isEmpty()
                                        ? ""
                                        : ", of which some lack " + buffer.lackedKeyNames()))
                .withHint("Set the table's identifier fields, or its property " + TableAccess.KEY_COLUMNS);
    }

    /** The key columns that the table has. */
    public static List<String> present(List<String> key, Table table) {
        Set<String> names = table.schema().columns().stream()
                .map(Types.NestedField::name)
                .collect(java.util.stream.Collectors.toSet());
        return key.stream().filter(names::contains).toList();
    }
}
