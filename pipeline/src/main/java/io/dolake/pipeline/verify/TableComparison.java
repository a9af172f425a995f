/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.pipeline.lake.Lake;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Compares one table of the engine with one of the lake: first as two row sets in bounded memory, then, where buckets
 * differ, row by row in these buckets.
 */
final class TableComparison {
    private static final int FETCH_SIZE = 2_000;

    /** Rows of differing buckets that are looked at in detail; beyond them only the number of buckets is known. */
    private static final int MAX_DETAILED_ROWS = 200_000;

    private final TableShape shape;
    private final Session session;
    private final Lake.Snapshot lake;
    private final int maxExamples;
    private final List<String> notes = new ArrayList<>();
    private final List<String> examples = new ArrayList<>();
    private long differences;

    /** @param lake null if the lake has no such table */
    TableComparison(TableShape shape, Session session, Lake.Snapshot lake, int maxExamples) {
        this.shape = shape;
        this.session = session;
        this.lake = lake;
        this.maxExamples = maxExamples;
    }

    Report.Table run() {
        noteWhatIsKeptBack();
        RowSet engine = new RowSet();
        readEngine(engine::add);
        checkSource();
        RowSet there = new RowSet();
        if (lake == null) {
            if (engine.rows() > 0) {
                difference("the lake has no such table");
            } else {
                notes.add("empty, and not in the lake yet");
            }
        } else {
            checkTypes();
            readLake(there::add);
        }
        List<Integer> buckets = lake == null ? List.of() : engine.differences(there);
        if (!buckets.isEmpty()) {
            detail(buckets);
        }
        return new Report.Table(
                shape.name(),
                engine.rows(),
                there.rows(),
                lake == null ? 0 : lake.id(),
                differences,
                List.copyOf(examples),
                List.copyOf(notes),
                true);
    }

    private void noteWhatIsKeptBack() {
        note(TableShape.Kept.MASKED, "masked, compared masked");
        note(TableShape.Kept.TRUNCATED, "truncated, compared truncated");
        note(TableShape.Kept.EXCLUDED, "left out by settings, must be NULL in the lake");
    }

    private void note(TableShape.Kept kept, String what) {
        List<String> names = shape.columns().stream()
                .filter(column -> column.kept() == kept)
                .map(TableShape.Column::lakeName)
                .toList();
        if (!names.isEmpty()) {
            notes.add(names.size() + (names.size() == 1 ? " column " : " columns ") + what + ": "
                    + String.join(", ", names));
        }
    }

    /** The rows that the engine reads from a corrupt table prove nothing about the lake. */
    private void checkSource() {
        try {
            shape.faults(session).forEach(fault -> difference("the table in the engine is corrupt: " + fault));
        } catch (DoLakeException e) {
            if (e.code() != ErrorCode.TIMEOUT && e.code() != ErrorCode.SYNTAX_ERROR) {
                throw e;
            }
            // it takes longer than a statement may, or needs a collation that the engine does not have
            notes.add("its indexes were not compared with its rows: " + e.getMessage());
        }
    }

    /** A column of another type in the lake is a difference even if its values look the same. */
    private void checkTypes() {
        Map<String, String> types = lake.types();
        for (TableShape.Column column : shape.columns()) {
            String type = types.get(column.lakeName());
            if (column.kept() == TableShape.Kept.EXCLUDED) {
                continue;
            }
            if (type == null) {
                notes.add("column " + column.lakeName() + " is not in the lake (yet): it must be NULL everywhere");
            } else if (!type.equals(column.kind().icebergType())) {
                difference("column " + column.lakeName() + " is " + type + " in the lake, expected "
                        + column.kind().icebergType());
            }
        }
        List<String> extra = new ArrayList<>(lake.columns());
        shape.columns().forEach(column -> extra.remove(column.lakeName()));
        extra.removeAll(
                List.of(shape.own().rowid(), shape.own().rescued(), shape.own().rescuedKey()));
        if (!extra.isEmpty()) {
            notes.add("the lake keeps columns that the engine no longer has: " + String.join(", ", extra));
        }
    }

    private void readEngine(Consumer<RowSet.Row> consumer) {
        boolean hasRowid = shape.rowid() != null;
        int[] key = shape.key();
        List<String> keyNames = keyNames();
        try (Session.Cursor cursor = session.query(Statement.of(shape.select()), FETCH_SIZE)) {
            for (Object[] row = cursor.next(); row != null; row = cursor.next()) {
                List<String> cells = cells(row, hasRowid ? 1 : 0);
                String identity = shape.keyed()
                        ? identity(keyNames, at(cells, key), hasRowid ? row[0] : null)
                        : ComparedValue.ofEngine(ComparedValue.Kind.INTEGER, row[0]);
                consumer.accept(row(cells, key, identity));
            }
        }
    }

    private List<String> cells(Object[] row, int first) {
        Object[] values = row;
        int at = first;
        if (shape.let().values() != null) {
            values = shape.let().values().apply(Arrays.copyOfRange(row, first, row.length));
            at = 0;
        }
        List<String> cells = new ArrayList<>(row.length);
        for (TableShape.Column column : shape.columns()) {
            cells.add(ComparedValue.ofEngine(column.kind(), values[at++]));
        }
        return cells;
    }

    private String identity(List<String> names, List<String> key, Object rowid) {
        return shape.let().hasOtherKey()
                ? ComparedValue.misfits(names, key)
                : ComparedValue.identity(names, key, rowid);
    }

    private void readLake(Consumer<RowSet.Row> consumer) {
        List<String> names = lake.columns();
        int rescuedAt = names.indexOf(shape.own().rescued());
        int rowidAt = names.indexOf(shape.own().rowid());
        int identityAt = names.indexOf(shape.own().rescuedKey());
        int[] at = shape.columns().stream()
                .mapToInt(column -> names.indexOf(column.lakeName()))
                .toArray();
        int[] key = shape.key();
        lake.forEach(values -> {
            JsonNode rescued = ComparedValue.rescued(rescuedAt < 0 ? null : values[rescuedAt]);
            List<String> cells = new ArrayList<>(at.length);
            for (int i = 0; i < at.length; i++) {
                cells.add(ComparedValue.ofLake(
                        at[i] < 0 ? null : values[at[i]],
                        rescued.path(shape.columns().get(i).lakeName())));
            }
            String identity = shape.keyed()
                    ? ComparedValue.identity(identityAt < 0 ? null : values[identityAt])
                    : rowidAt < 0 ? ComparedValue.NULL : ComparedValue.ofLake(values[rowidAt], null);
            consumer.accept(row(cells, key, identity));
            return true;
        });
    }

    private List<String> keyNames() {
        return Arrays.stream(shape.key())
                .mapToObj(i -> shape.columns().get(i).lakeName())
                .toList();
    }

    private static List<String> at(List<String> cells, int[] places) {
        return Arrays.stream(places).mapToObj(cells::get).toList();
    }

    /** @param identity what tells the row apart beside its key columns; the rowid where there are none */
    private static RowSet.Row row(List<String> cells, int[] key, String identity) {
        List<String> keyCells = new ArrayList<>(key.length + 1);
        for (int i : key) {
            keyCells.add(cells.get(i));
        }
        keyCells.add(identity);
        cells.add(identity);
        return new RowSet.Row(keyCells, cells);
    }

    /** Reads both sides again, the differing buckets only, and names the rows. */
    private void detail(List<Integer> buckets) {
        BitSet wanted = new BitSet();
        buckets.forEach(wanted::set);
        Map<List<String>, Integer> balance = new HashMap<>();
        Map<List<String>, RowSet.Row> rows = new LinkedHashMap<>();
        boolean[] cut = new boolean[1];
        readEngine(row -> count(row, 1, wanted, balance, rows, cut));
        readLake(row -> count(row, -1, wanted, balance, rows, cut));
        if (cut[0]) {
            difference("rows differ in " + buckets.size() + " of " + RowSet.BUCKETS
                    + " parts of the table, too many to list");
            return;
        }
        Map<List<String>, List<Map.Entry<RowSet.Row, Integer>>> byKey = new LinkedHashMap<>();
        rows.forEach((cells, row) -> {
            int net = balance.get(cells);
            if (net != 0) {
                byKey.computeIfAbsent(row.key(), key -> new ArrayList<>()).add(Map.entry(row, net));
            }
        });
        byKey.forEach(this::describe);
    }

    private static void count(
            RowSet.Row row,
            int by,
            BitSet wanted,
            Map<List<String>, Integer> balance,
            Map<List<String>, RowSet.Row> rows,
            boolean[] cut) {
        if (!wanted.get(row.bucket()) || cut[0]) {
            return;
        }
        balance.merge(row.cells(), by, Integer::sum);
        rows.putIfAbsent(row.cells(), row);
        cut[0] = rows.size() > MAX_DETAILED_ROWS;
    }

    private void describe(List<String> key, List<Map.Entry<RowSet.Row, Integer>> entries) {
        String row = "row " + keyText(key) + ": ";
        List<Map.Entry<RowSet.Row, Integer>> engine =
                entries.stream().filter(entry -> entry.getValue() > 0).toList();
        List<Map.Entry<RowSet.Row, Integer>> there =
                entries.stream().filter(entry -> entry.getValue() < 0).toList();
        if (there.isEmpty()) {
            difference(row + "missing in the lake");
        } else if (engine.isEmpty()) {
            long extra = there.stream().mapToLong(entry -> -entry.getValue()).sum();
            difference(row + "in the lake " + extra + (extra == 1 ? " time" : " times") + " too often");
        } else {
            StringBuilder text = new StringBuilder(row);
            List<String> left = engine.get(0).getKey().cells();
            List<String> right = there.get(0).getKey().cells();
            for (int i = 0; i < shape.columns().size(); i++) {
                if (!left.get(i).equals(right.get(i))) {
                    text.append(differing(shape.columns().get(i), left.get(i), right.get(i)));
                }
            }
            difference(text.toString().replaceAll("; $", ""));
        }
    }

    /** The value in the lake may be just what should not have left the source, so it is not shown. */
    private static String differing(TableShape.Column column, String engine, String lake) {
        return switch (column.kept()) {
            case NOTHING ->
                column.name() + " is " + shorten(engine) + " in the engine, " + shorten(lake) + " in the lake; ";
            case EXCLUDED -> column.name() + " is left out by settings, and not NULL in the lake; ";
            case MASKED -> column.name() + " does not have its masked value in the lake; ";
            case TRUNCATED -> column.name() + " does not have its truncated value in the lake; ";
        };
    }

    private String keyText(List<String> key) {
        List<String> parts = new ArrayList<>();
        boolean hides = false;
        int[] columns = shape.key();
        for (int i = 0; i < columns.length; i++) {
            TableShape.Column column = shape.columns().get(columns[i]);
            parts.add(column.lakeName() + "=" + (column.isKeptBack() ? "(kept back)" : shorten(key.get(i))));
            hides |= column.isKeptBack();
        }
        String identity = key.get(columns.length);
        if (shape.keyed() && hides && !identity.equals(ComparedValue.NULL)) {
            parts.add("(kept back)");
        } else if (!identity.equals(ComparedValue.NULL)) {
            parts.add(shape.keyed() ? cut(identity) : "rowid=" + shorten(identity));
        }
        return String.join(", ", parts);
    }

    private static String shorten(String cell) {
        return cut(ComparedValue.readable(cell));
    }

    private static String cut(String text) {
        return text.length() > 80
                ? text.substring(0, 80) + String.format(Locale.ROOT, "... (%d characters)", text.length())
                : text;
    }

    private void difference(String what) {
        differences++;
        if (examples.size() < maxExamples) {
            examples.add(what);
        }
    }
}
