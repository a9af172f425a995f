/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.index;

import io.dolake.sink.row.KeyBytes;
import io.dolake.sink.row.KeyHash;
import io.dolake.sink.table.Branch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.BaseDeleteLoader;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.encryption.EncryptingFileIO;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.SnapshotUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The position of each key's live row, as of one snapshot of a table. After snapshots of other writers the live files
 * are compared with the known ones: the keys of removed files are dropped, new files are read, changed deletes are
 * loaded. For a table without key columns it holds only the files. Used by one commit at a time.
 */
public final class TableIndex {
    private static final Logger LOG = LoggerFactory.getLogger(TableIndex.class);

    private final long seed = new SecureRandom().nextLong();
    private final LiveFiles files = new LiveFiles();
    private final KeyIndex keys;
    private final IndexProgress progress;
    private final int buildThreads;
    private List<String> keyNames = List.of();
    private Long snapshotId;
    private boolean isWhole;
    private volatile Sizes sizes = new Sizes(0, 0);

    /** Bytes used by the keys. */
    public record Sizes(long bytes, long spilledBytes) {}

    public TableIndex(IndexSpace space, Object table) {
        this.keys = new KeyIndex(space, table);
        this.progress = new IndexProgress(table);
        this.buildThreads = space.config().buildThreads();
    }

    public KeyHash hash(KeyBytes key) {
        return KeyHash.of(key.bytes(), seed);
    }

    /**
     * Advances the index to the head of a branch, the same one each time. Afterwards it answers for that snapshot. If
     * reading fails or is stopped, the files that were read completely need not be read again the next time.
     */
    public void sync(Table table, Branch branch, List<String> newKeyNames, BooleanSupplier isStopped) {
        Snapshot head = branch.head(table);
        Long headId = head == null ? null : head.snapshotId();
        if (keyNames.equals(newKeyNames) && Objects.equals(snapshotId, headId)) {
            return;
        }
        isWhole = false;
        try {
            sync(table, branch, newKeyNames, head, isStopped);
            isWhole = true;
        } finally {
            if (!isWhole) {
                // An incomplete index is worse than none.
                clear();
            }
            measure();
        }
    }

    private void sync(Table table, Branch branch, List<String> newKeyNames, Snapshot head, BooleanSupplier isStopped) {
        if (head == null || !keyNames.equals(newKeyNames)) {
            clear();
        }
        keyNames = List.copyOf(newKeyNames);
        if (head != null) {
            Map<String, FileScanTask> planned = plan(table, branch);
            dropMissing(planned.keySet());
            boolean isAncestor = snapshotId != null && SnapshotUtil.isAncestorOf(table, head.snapshotId(), snapshotId);
            refreshDeletes(table, planned, isAncestor);
            readNew(table, planned, isStopped);
            dropDeadKeys();
        }
        snapshotId = head == null ? null : head.snapshotId();
    }

    /** Forgets everything: the next {@link #sync} reads the table again. */
    public void clear() {
        files.clear();
        keys.clear();
        snapshotId = null;
        keyNames = List.of();
        measure();
    }

    /** Sets the place of each key's live row, or {@link KeyIndex#ABSENT}. */
    public void findAll(KeyBatch batch) {
        keys.findAll(batch);
        for (int i = 0; i < batch.size(); i++) {
            if (!isLive(batch.place(i))) {
                batch.place(i, KeyIndex.ABSENT);
            }
        }
    }

    private boolean isLive(long place) {
        LiveFile live = place == KeyIndex.ABSENT ? null : files.byId(RowPosition.file(place));
        return live != null && !live.isDeletedByOthers(RowPosition.position(place));
    }

    /** Puts keys at places in live files; returns how many were live elsewhere. */
    private int putAll(KeyBatch batch) {
        int[] duplicates = new int[1];
        for (int i = 0; i < batch.size(); i++) {
            files.keyAdded(RowPosition.file(batch.place(i)));
        }
        keys.putAll(batch, previous -> {
            duplicates[0] += isLive(previous) ? 1 : 0;
            files.keyGone(RowPosition.file(previous));
        });
        measure();
        return duplicates[0];
    }

    /** Applies a commit of our own: keys that were removed, and those that have a new place. */
    public void apply(List<KeyHash> removed, KeyBatch placed) {
        boolean isApplied = false;
        try {
            removed.stream().sorted(KeyHash.ORDER).forEach(this::remove);
            putAll(placed);
            isApplied = true;
        } finally {
            if (!isApplied) {
                clear();
            }
        }
    }

    private void remove(KeyHash key) {
        long previous = keys.remove(key);
        if (previous != KeyIndex.ABSENT) {
            files.keyGone(RowPosition.file(previous));
        }
    }

    /** The key columns of the last update. */
    public List<String> keyNames() {
        return keyNames;
    }

    public LiveFiles files() {
        return files;
    }

    /** Marks the index as current for a snapshot of our own, its changes applied. */
    public void movedTo(Long newSnapshotId) {
        snapshotId = newSnapshotId;
    }

    /** Forgets all rows, after we emptied the table. */
    public void emptied() {
        files.clear();
        keys.clear();
        measure();
    }

    public long size() {
        return keys.size();
    }

    /** May be called by any thread. */
    public Sizes sizes() {
        return sizes;
    }

    /** Progress of reading files. May be called by any thread. */
    public IndexProgress.State progress() {
        return progress.state();
    }

    private void measure() {
        sizes = new Sizes(keys.bytes(), keys.spilledBytes());
    }

    /** The position deletes among the deletes of a data file; null if it has none. */
    public static PositionDeleteIndex loadDeletes(Table table, List<DeleteFile> deletes, String path) {
        List<DeleteFile> ofPositions =
                deletes.stream().filter(TableIndex::isByPosition).toList();
        if (ofPositions.isEmpty()) {
            return null;
        }
        EncryptingFileIO io = EncryptingFileIO.combine(table.io(), table.encryption());
        return new BaseDeleteLoader(io::newInputFile).loadPositionDeletes(ofPositions, path);
    }

    private static boolean isByPosition(DeleteFile delete) {
        return delete.content() == FileContent.POSITION_DELETES;
    }

    private static Map<String, FileScanTask> plan(Table table, Branch branch) {
        Map<String, FileScanTask> planned = new HashMap<>();
        try (CloseableIterable<FileScanTask> tasks = branch.scan(table).planFiles()) {
            tasks.forEach(task -> planned.put(task.file().location(), task));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list the files of table " + table.name(), e);
        }
        return planned;
    }

    private void dropMissing(Set<String> planned) {
        for (LiveFile live : files.all()) {
            if (!planned.contains(live.path())) {
                files.remove(live);
            }
        }
    }

    /** Most keys of removed files are in new files, as after a compaction. If some remain, all pages are visited. */
    private void dropDeadKeys() {
        if (files.deadKeys() > 0) {
            keys.keepFiles(id -> files.byId(id) != null);
            files.deadKeysGone();
        }
    }

    private void refreshDeletes(Table table, Map<String, FileScanTask> planned, boolean isAncestor) {
        for (LiveFile live : files.all()) {
            List<DeleteFile> deletes = planned.get(live.path()).deletes();
            if (identities(deletes).equals(identities(live.deletes()))) {
                continue;
            }
            boolean positionsOnly = deletes.stream().allMatch(TableIndex::isByPosition);
            if (isAncestor && positionsOnly && !deletes.isEmpty()) {
                live.replaceDeletes(deletes);
                live.foreignDeletes(loadDeletes(table, deletes, live.path()));
            } else {
                // Equality deletes, or a rollback that undid deletes: only reading the file shows which rows are live.
                files.remove(live);
            }
        }
    }

    private void readNew(Table table, Map<String, FileScanTask> planned, BooleanSupplier isStopped) {
        List<IndexBuild.Part> parts = new ArrayList<>();
        for (FileScanTask task : planned.values()) {
            if (files.byPath(task.file().location()) == null) {
                parts.add(new IndexBuild.Part(task, files.add(task.file().copyWithoutStats(), task.deletes())));
            }
        }
        if (parts.isEmpty() || keyNames.isEmpty()) {
            return;
        }
        LongAdder duplicates = new LongAdder();
        IndexBuild build = new IndexBuild(
                table.name(),
                new KeyScan(table, keyNames),
                this::hash,
                batch -> duplicates.add(putAll(batch)),
                progress,
                isStopped);
        try {
            build.read(parts, buildThreads);
        } catch (RuntimeException e) {
            isWhole = build.isIndexIntact();
            snapshotId = null;
            parts.stream()
                    .map(IndexBuild.Part::live)
                    .filter(live -> !build.isFinished(live))
                    .forEach(files::remove);
            throw e;
        }
        if (duplicates.sum() > 0) {
            LOG.warn("Table {}: {} key(s) are live more than once, written by someone else", table.name(), duplicates);
        }
    }

    private static Set<String> identities(List<DeleteFile> deletes) {
        Set<String> identities = new HashSet<>();
        deletes.forEach(delete -> identities.add(delete.location() + "@" + delete.contentOffset()));
        return identities;
    }
}
