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

/**
 * Decides whether a row is the same before and after: by its bytes, or by its values if the columns of the table
 * changed.
 */
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

    /** Whether equal bytes mean equal values in records of these two tables. */
    static boolean sameShape(TableSchema before, TableSchema after) {
        return before == after
                || (before.columns().equals(after.columns())
                        && before.withoutRowid() == after.withoutRowid()
                        && before.rowidAlias() == after.rowidAlias()
                        && before.encoding() == after.encoding());
    }

    /**
     * Whether a row that was not written certainly has the same values after as before: columns were renamed in place
     * or added at the end, and nothing else. If a column was dropped, another may have been added under its name with a
     * different default, or one that reads another value of the record; SQLite then does not write a record whose bytes
     * stay the same.
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

    /** Maps columns by name; a column without a counterpart maps to the one in the same place, as it was renamed. */
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
