/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.check;

import io.dolake.sink.index.KeyScan;
import io.dolake.sink.row.KeyBytes;
import io.dolake.sink.table.Branch;
import io.dolake.sink.table.TableAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/** Finds keys that are live more than once in a table: no snapshot may have any. Reads key columns only. */
public final class KeyChecker {
    private final Table table;
    private final List<String> keyColumns;

    /** A checker of a table by the key columns that the table itself names. */
    public KeyChecker(Table table) {
        this(table, TableAccess.keyColumns(table));
    }

    /** A checker of a table by the given key columns. */
    public KeyChecker(Table table, List<String> keyColumns) {
        this.table = table;
        this.keyColumns = keyColumns.stream().sorted().toList();
    }

    /**
     * The result for a snapshot.
     *
     * @param keys number of different keys
     * @param duplicates keys that are live more than once
     * @param places the first few duplicates: file and position of a row whose key another row has too
     */
    public record Finding(long snapshotId, long keys, long duplicates, List<String> places) {
        public boolean isClean() {
            return duplicates == 0;
        }
    }

    /** The key columns; empty if the table has none, and then every snapshot is clean. */
    public List<String> keyColumns() {
        return keyColumns;
    }

    /** Checks every snapshot that the table still has, oldest first. */
    public List<Finding> checkAll() {
        List<Finding> findings = new ArrayList<>();
        table.snapshots().forEach(snapshot -> findings.add(check(snapshot)));
        return findings;
    }

    /** Checks the head of a branch; an empty table is clean, its snapshot -1. */
    public Finding check(Branch branch) {
        Snapshot head = branch.head(table);
        return head == null ? new Finding(-1, 0, 0, List.of()) : check(head);
    }

    private Finding check(Snapshot snapshot) {
        Map<KeyBytes, Integer> seen = new HashMap<>();
        List<String> places = new ArrayList<>();
        if (!keyColumns.isEmpty()) {
            Schema schema = table.schemas().get(snapshot.schemaId());
            KeyScan scan = new KeyScan(table, schema, namesIn(schema));
            try (CloseableIterable<FileScanTask> tasks =
                    table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
                for (FileScanTask task : tasks) {
                    scan.read(
                            task,
                            (key, position) ->
                                    note(seen, places, key, task.file().location(), position));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot list the files of table " + table.name(), e);
            }
        }
        long duplicates = seen.values().stream().filter(count -> count > 1).count();
        return new Finding(snapshot.snapshotId(), seen.size(), duplicates, List.copyOf(places));
    }

    /** The key columns in an older schema: one may have been renamed since. */
    private List<String> namesIn(Schema schema) {
        return keyColumns.stream()
                .map(name -> {
                    Types.NestedField column = table.schema().asStruct().field(name);
                    String older = column == null ? null : schema.findColumnName(column.fieldId());
                    return older == null ? name : older;
                })
                .toList();
    }

    private static boolean note(
            Map<KeyBytes, Integer> seen, List<String> places, KeyBytes key, String file, int position) {
        boolean isDuplicate = seen.merge(key, 1, Integer::sum) > 1;
        if (isDuplicate && places.size() < 10) {
            places.add(file + "#" + position);
        }
        return isDuplicate;
    }
}
