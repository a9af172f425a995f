/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.buffer;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.row.ByteOutput;
import io.dolake.sink.row.Change;
import io.dolake.sink.row.EncodedRow;
import io.dolake.sink.row.KeyBytes;
import io.dolake.sink.row.KeyNames;
import io.dolake.sink.row.RecordPosition;
import io.dolake.sink.row.RowCodec;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.row.SoftDeletes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;

/**
 * The changes of one table for its next commit, folded: the last change of each key, the appended rows, and whether the
 * table is emptied before all of them. Filled by the task's thread, then handed over as a whole to a commit.
 */
public final class TableBuffer {
    /** Heap used by a change of a key in addition to its encoded bytes; an estimate that is charged to the budget. */
    static final int OVERHEAD_BYTES = 120;

    /**
     * A row that is live after the commit; without a row: a key that is not live.
     *
     * @param unavailable columns, by index, that stay as they are in the table; null: none
     */
    public record Entry(int shape, EncodedRow row, BitSet unavailable, TopicPartition partition, long offset) {
        public RecordPosition position() {
            return new RecordPosition(partition, offset);
        }

        public boolean isDelete() {
            return row == null;
        }

        /** Whether it marks the row in the table as deleted; then {@code row} is the deletion. */
        public boolean isSoftDelete() {
            return shape == SOFT_DELETE;
        }

        /** The same with its completed row, in the shape of that row. */
        public Entry withRow(int wholeShape, byte[] whole) {
            return new Entry(wholeShape, EncodedRow.of(whole), null, partition, offset);
        }

        /** The same with another row, some of whose columns stay as in the table. */
        public Entry as(int otherShape, EncodedRow other, BitSet asBefore) {
            return new Entry(otherShape, other, asBefore, partition, offset);
        }
    }

    private static final int DELETE = -1;
    private static final int SOFT_DELETE = -2;

    /** The position of a truncate. */
    public record Truncation(TopicPartition partition, long offset) {}

    private final TableIdentifier table;
    private final SoftDeletes softDeletes;
    private final String commitId = UUID.randomUUID().toString();
    private final long openedAtMs;
    private final Map<TopicPartition, Long> firstOffsets = new HashMap<>();
    private final List<RowShape> shapes = new ArrayList<>();
    private Map<KeyBytes, Entry> rows = new LinkedHashMap<>();
    private AppendedRows appends = new AppendedRows();
    private List<String> keyNames;
    private final Set<String> lacked = new TreeSet<>();
    private boolean hasSoftDeletes;
    private boolean passesOver;
    private Truncation truncation;
    private long bytes;
    private int events;
    private long newestRecordMs = -1;

    public TableBuffer(TableIdentifier table, SoftDeletes softDeletes, long nowMs) {
        this.table = table;
        this.softDeletes = softDeletes;
        this.openedAtMs = nowMs;
    }

    /** Adds a change; returns by how many bytes the buffer grew, below 0 if it shrank. */
    public long add(Change change, TopicPartition partition, long offset, Long timestampMs) {
        long before = bytes;
        if (change instanceof Change.Upsert upsert) {
            boolean isPart = useKey(upsert.shape().keyNames());
            if (upsert.key() == null) {
                appends.add(shapeId(upsert.shape()), upsert.row(), partition, offset);
                bytes += AppendedRows.OVERHEAD_BYTES + upsert.row().length;
            } else {
                put(upsert, widened(upsert.key(), upsert.shape().keyNames(), isPart), partition, offset);
            }
        } else if (change instanceof Change.Delete delete) {
            boolean isPart = useKey(delete.keyNames());
            put(widened(delete.key(), delete.keyNames(), isPart), new Entry(DELETE, null, null, partition, offset));
        } else if (change instanceof Change.SoftDelete delete) {
            boolean isPart = useKey(delete.keyNames());
            KeyBytes key = widened(delete.key(), delete.keyNames(), isPart);
            put(key, marked(delete, key, partition, offset));
        } else if (change instanceof Change.Truncate) {
            rows = new LinkedHashMap<>();
            appends = new AppendedRows();
            shapes.clear();
            keyNames = null;
            lacked.clear();
            hasSoftDeletes = false;
            truncation = new Truncation(partition, offset);
            bytes = 0;
        }
        firstOffsets.putIfAbsent(partition, offset);
        events++;
        newestRecordMs = timestampMs == null ? newestRecordMs : Math.max(newestRecordMs, timestampMs);
        return bytes - before;
    }

    /**
     * Registers a change that the table refused and that went to the dead letters: the commit still stores its offset.
     */
    public void passOver(TopicPartition partition, long offset) {
        firstOffsets.putIfAbsent(partition, offset);
        passesOver = true;
    }

    /** Whether changes went to the dead letters. */
    public boolean passesOver() {
        return passesOver;
    }

    /** Whether keys of these columns lack some that others have; the commit decides whether they may. */
    private boolean useKey(List<String> names) {
        if (keyNames == null || keyNames.equals(names)) {
            keyNames = names;
            return false;
        }
        if (KeyNames.isPart(keyNames, names)) {
            widenKey(names);
            return false;
        }
        if (!KeyNames.isPart(names, keyNames)) {
            throw new DoLakeException(
                    ErrorCode.TYPE_MISMATCH,
                    "Cannot apply a change to table " + table + ": its key columns changed from " + keyNames + " to "
                            + names);
        }
        noteLacked(names, keyNames);
        return true;
    }

    private void noteLacked(List<String> names, List<String> wider) {
        for (String name : wider) {
            if (!names.contains(name)) {
                lacked.add(name);
            }
        }
    }

    private KeyBytes widened(KeyBytes key, List<String> names, boolean isPart) {
        return isPart ? key.widened(names, keyNames) : key;
    }

    /** Gives all keys null in the columns that they lack. */
    public void widenKey(List<String> names) {
        noteLacked(keyNames, names);
        Map<KeyBytes, Entry> wider = new LinkedHashMap<>();
        rows.forEach((key, entry) -> wider.put(key.widened(keyNames, names), entry));
        bytes += (long) rows.size() * (names.size() - keyNames.size());
        rows = wider;
        keyNames = names;
    }

    private void put(Change.Upsert upsert, KeyBytes key, TopicPartition partition, long offset) {
        Entry entry = new Entry(
                shapeId(upsert.shape()), EncodedRow.of(upsert.row()), upsert.unavailable(), partition, offset);
        put(key, entry.unavailable() == null ? entry : filled(entry, rows.get(key)));
    }

    private void put(KeyBytes key, Entry entry) {
        // Removed first, so that the rows are in the order of their last change.
        Entry previous = rows.remove(key);
        rows.put(key, entry);
        bytes += size(entry, key.length()) - (previous == null ? 0 : size(previous, key.length()));
    }

    /** The buffered row, marked as deleted; if there is none, a mark for the one in the table. */
    private Entry marked(Change.SoftDelete delete, KeyBytes key, TopicPartition partition, long offset) {
        EncodedRow deletion = EncodedRow.of(delete.deletion());
        Entry previous = rows.get(key);
        if (previous == null || previous.isDelete() || previous.isSoftDelete()) {
            hasSoftDeletes = true;
            return new Entry(SOFT_DELETE, deletion, null, partition, offset);
        }
        RowShape shape = shapes.get(previous.shape());
        Object[] values = RowCodec.decode(shape, previous.row());
        softDeletes.mark(shape, values, deletion);
        byte[] row =
                RowCodec.encode(shape, values, new ByteOutput(previous.row().length()));
        return new Entry(previous.shape(), EncodedRow.of(row), previous.unavailable(), partition, offset);
    }

    /** Fills in unavailable values from an earlier buffered change, as far as it has them. */
    private Entry filled(Entry entry, Entry previous) {
        if (previous == null || previous.isDelete() || previous.isSoftDelete()) {
            return entry;
        }
        RowShape shape = shapes.get(entry.shape());
        RowShape previousShape = shapes.get(previous.shape());
        Object[] values = RowCodec.decode(shape, entry.row());
        Object[] previousValues = RowCodec.decode(previousShape, previous.row());
        BitSet missing = new BitSet();
        entry.unavailable().stream().forEach(i -> {
            int from = previousShape.indexOf(shape.columns().get(i).name());
            boolean isThere = from >= 0
                    && (previous.unavailable() == null
                            || !previous.unavailable().get(from));
            values[i] = isThere ? previousValues[from] : null;
            missing.set(i, !isThere);
        });
        byte[] row = RowCodec.encode(shape, values, new ByteOutput(entry.row().length()));
        return new Entry(
                entry.shape(),
                EncodedRow.of(row),
                missing.isEmpty() ? null : missing,
                entry.partition(),
                entry.offset());
    }

    private static long size(Entry entry, int keyLength) {
        return OVERHEAD_BYTES + keyLength + (entry.isDelete() ? 0 : entry.row().length());
    }

    private int shapeId(RowShape shape) {
        for (int i = shapes.size() - 1; i >= 0; i--) {
            if (shapes.get(i) == shape || shapes.get(i).equals(shape)) {
                return i;
            }
        }
        shapes.add(shape);
        return shapes.size() - 1;
    }

    public TableIdentifier table() {
        return table;
    }

    /** A permanent id of this buffer's commit: it identifies a commit whose reply was lost. */
    public String commitId() {
        return commitId;
    }

    /** Whether rows of the table may have to be marked. */
    public boolean hasSoftDeletes() {
        return hasSoftDeletes;
    }

    public Map<KeyBytes, Entry> rows() {
        return rows;
    }

    /** Only one of these and {@link #rows} is used: a table either has a key or not. */
    public List<BufferedRow> appends() {
        return appends;
    }

    /** Shapes in the order of their arrival. */
    public List<RowShape> shapes() {
        return shapes;
    }

    /** Key columns by name; empty if rows are appended; null if no change names any. */
    public List<String> keyNames() {
        return keyNames;
    }

    /** The key columns that some changes lack. */
    public Set<String> lackedKeyNames() {
        return lacked;
    }

    /** Null if the table is not emptied. */
    public Truncation truncation() {
        return truncation;
    }

    /** The origin of the rows of some shapes, together with a message about their shape. */
    public Map<RecordPosition, DoLakeException> placesOf(Map<RowShape, DoLakeException> some) {
        Map<RecordPosition, DoLakeException> places = new LinkedHashMap<>();
        Stream.concat(rows.values().stream(), appends.stream().map(BufferedRow::entry))
                .filter(entry -> !entry.isDelete() && !entry.isSoftDelete())
                .forEach(entry -> {
                    DoLakeException said = some.get(shapes.get(entry.shape()));
                    if (said != null) {
                        places.put(entry.position(), said);
                    }
                });
        return places;
    }

    /** The partitions whose records are in the buffer, with the offset of the first. */
    public Map<TopicPartition, Long> firstOffsets() {
        return firstOffsets;
    }

    public long bytes() {
        return bytes;
    }

    public int events() {
        return events;
    }

    public long openedAtMs() {
        return openedAtMs;
    }

    /** Timestamp of the newest record, in ms; -1 if records have none. */
    long newestRecordMs() {
        return newestRecordMs;
    }
}
