/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.ColumnSchema;
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

    /** A column is the one of the same name; else, where that has no counterpart, the one in the same place: renamed. */
    private static int[] origins(TableSchema before, TableSchema after) {
        List<String> names = before.columns().stream().map(ColumnSchema::name).toList();
        Set<String> kept =
                new HashSet<>(after.columns().stream().map(ColumnSchema::name).toList());
        int[] origin = new int[after.columns().size()];
        for (int i = 0; i < origin.length; i++) {
            origin[i] = names.indexOf(after.columns().get(i).name());
            if (origin[i] < 0 && i < names.size() && !kept.contains(names.get(i))) {
                origin[i] = i;
            }
        }
        return origin;
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
