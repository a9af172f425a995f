/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.SqliteNames;
import io.dolake.schemas.SqliteRecord;
import io.dolake.schemas.TableSchema;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Whether a row is the same before and after: by its bytes, or by its values where the columns of the table changed. */
final class RowEquality {
    private final TableSchema before;
    private final TableSchema after;
    /** For each column after: its column before, -1 if it is new; null if bytes can be compared. */
    private final int[] origin;

    private RowEquality(TableSchema before, TableSchema after, int[] origin) {
        this.before = before;
        this.after = after;
        this.origin = origin;
    }

    static RowEquality of(TableChange change) {
        if (!change.shapeChanged()) {
            return new RowEquality(null, null, null);
        }
        TableSchema before = change.before().schema();
        TableSchema after = change.after().schema();
        return new RowEquality(before, after, origins(before, after));
    }

    /** Whether records of these two say the same by the same bytes. */
    static boolean sameShape(TableSchema before, TableSchema after) {
        return before == after
                || (before.columns().equals(after.columns())
                        && before.withoutRowid() == after.withoutRowid()
                        && before.rowidAlias() == after.rowidAlias()
                        && before.encoding() == after.encoding());
    }

    /**
     * Whether a row that was not written surely reads the same after as before, column by column: columns were renamed in
     * their places, or added behind the others, and nothing else. Where a column went, another may have come under its name
     * whose default is not the same, or that takes another value of the record; SQLite then leaves every record alone that
     * stays the same bytes.
     */
    static boolean keepsUntouchedRows(TableSchema before, TableSchema after) {
        if (before == after) {
            return true;
        }
        int[] origin = origins(before, after);
        for (int i = 0; i < origin.length; i++) {
            boolean isNew = i >= before.columns().size();
            if (origin[i] != (isNew ? -1 : i)
                    || !isNew
                            && !readsAlike(
                                    before.columns().get(i), after.columns().get(i))) {
                return false;
            }
        }
        return before.columns().size() <= after.columns().size();
    }

    private static boolean readsAlike(ColumnSchema one, ColumnSchema other) {
        return one.declaredType().equals(other.declaredType())
                && one.generated() == other.generated()
                && Objects.deepEquals(one.defaultValue(), other.defaultValue());
    }

    /** A column is the one of the same name; else, where that has no counterpart, the one in the same place: renamed. */
    private static int[] origins(TableSchema before, TableSchema after) {
        List<String> names = names(before);
        List<String> now = names(after);
        Set<String> kept = new HashSet<>(now);
        int[] origin = new int[now.size()];
        for (int i = 0; i < origin.length; i++) {
            origin[i] = names.indexOf(now.get(i));
            if (origin[i] < 0 && i < names.size() && !kept.contains(names.get(i))) {
                origin[i] = i;
            }
        }
        return origin;
    }

    private static List<String> names(TableSchema schema) {
        return schema.columns().stream()
                .map(column -> SqliteNames.fold(column.name()))
                .toList();
    }

    boolean test(long rowidBefore, ByteSlice recordBefore, long rowidAfter, ByteSlice recordAfter) {
        if (origin == null) {
            return recordBefore.contentEquals(recordAfter);
        }
        Object[] valuesBefore = SqliteRecord.values(before, rowidBefore, recordBefore);
        Object[] valuesAfter = SqliteRecord.values(after, rowidAfter, recordAfter);
        for (int i = 0; i < origin.length; i++) {
            ColumnSchema column = after.columns().get(i);
            if (column.isStored()) {
                Object was = origin[i] < 0 ? column.defaultValue() : valuesBefore[origin[i]];
                if (!Objects.deepEquals(was, valuesAfter[i])) {
                    return false;
                }
            }
        }
        return true;
    }
}
