/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
 * Where the live row of each key is, as of one snapshot of a table. After snapshots of others the live files are compared
 * with those known: files that went take their keys with them, new ones are read, changed deletes are loaded. A table
 * without key columns has only its files here. Used by one commit at a time.
 */
final class TableIndex {
    private static final Logger LOG = LoggerFactory.getLogger(TableIndex.class);

    private final long seed = new SecureRandom().nextLong();
    private final LiveFiles files = new LiveFiles();
    private final KeyIndex keys;
    private List<String> keyNames = List.of();
    private Long snapshotId;

    TableIndex(long maxBytes, Object table) {
        this.keys = new KeyIndex(maxBytes, table);
    }

    KeyHash hash(KeyBytes key) {
        return KeyHash.of(key.bytes(), seed);
    }

    /** Brings the index to the table's current snapshot. Afterwards it answers for that snapshot. */
    void sync(Table table, List<String> newKeyNames) {
        Snapshot head = table.currentSnapshot();
        Long headId = head == null ? null : head.snapshotId();
        if (keyNames.equals(newKeyNames) && Objects.equals(snapshotId, headId)) {
            return;
        }
        try {
            sync(table, newKeyNames, head);
        } catch (RuntimeException | Error e) {
            // Half read is worse than not read.
            clear();
            throw e;
        }
    }

    private void sync(Table table, List<String> newKeyNames, Snapshot head) {
        if (head == null || !keyNames.equals(newKeyNames)) {
            clear();
        }
        keyNames = List.copyOf(newKeyNames);
        if (head != null) {
            Map<String, FileScanTask> planned = plan(table);
            dropMissing(planned.keySet());
            boolean isAncestor = snapshotId != null && SnapshotUtil.isAncestorOf(table, head.snapshotId(), snapshotId);
            refreshDeletes(table, planned, isAncestor);
            readNew(table, planned);
        }
        snapshotId = head == null ? null : head.snapshotId();
    }

    /** Forgets everything: the next {@link #sync} reads the table anew. */
    void clear() {
        files.clear();
        keys.clear();
        snapshotId = null;
        keyNames = List.of();
    }

    /** The place of a key's live row, or {@link KeyIndex#ABSENT}. */
    long find(KeyHash key) {
        long place = keys.find(key);
        if (place == KeyIndex.ABSENT) {
            return place;
        }
        LiveFiles.Live live = files.byId(KeyIndex.file(place));
        boolean isLive = live != null && !live.isDeletedByOthers(KeyIndex.position(place));
        return isLive ? place : KeyIndex.ABSENT;
    }

    void put(KeyHash key, LiveFiles.Live file, int position) {
        keys.put(key, file.id(), position);
    }

    void remove(KeyHash key) {
        keys.remove(key);
    }

    /** The key columns for which it was last brought up to date. */
    List<String> keyNames() {
        return keyNames;
    }

    LiveFiles files() {
        return files;
    }

    /** Says that the index now stands at a snapshot of our own, its changes applied. */
    void movedTo(Long newSnapshotId) {
        snapshotId = newSnapshotId;
    }

    /** Forgets all rows, the table being emptied by us. */
    void emptied() {
        files.clear();
        keys.clear();
    }

    int size() {
        return keys.size();
    }

    long bytes() {
        return keys.bytes();
    }

    /** The position deletes among the deletes of a data file; null if it has none. */
    static PositionDeleteIndex loadDeletes(Table table, List<DeleteFile> deletes, String path) {
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

    private static Map<String, FileScanTask> plan(Table table) {
        Map<String, FileScanTask> planned = new HashMap<>();
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            tasks.forEach(task -> planned.put(task.file().location(), task));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list the files of table " + table.name(), e);
        }
        return planned;
    }

    private void dropMissing(Set<String> planned) {
        boolean dropped = false;
        for (LiveFiles.Live live : files.all()) {
            if (!planned.contains(live.path())) {
                files.remove(live);
                dropped = true;
            }
        }
        if (dropped) {
            keys.keepFiles(id -> files.byId(id) != null);
        }
    }

    private void refreshDeletes(Table table, Map<String, FileScanTask> planned, boolean isAncestor) {
        boolean dropped = false;
        for (LiveFiles.Live live : files.all()) {
            List<DeleteFile> deletes = planned.get(live.path()).deletes();
            if (identities(deletes).equals(identities(live.deletes()))) {
                continue;
            }
            boolean positionsOnly = deletes.stream().allMatch(TableIndex::isByPosition);
            if (isAncestor && positionsOnly && !deletes.isEmpty()) {
                live.replaceDeletes(deletes);
                live.foreignDeletes(loadDeletes(table, deletes, live.path()));
            } else {
                // Equality deletes, or a rollback that took deletes back: what is live can only be read from the file.
                files.remove(live);
                dropped = true;
            }
        }
        if (dropped) {
            keys.keepFiles(id -> files.byId(id) != null);
        }
    }

    private void readNew(Table table, Map<String, FileScanTask> planned) {
        long duplicates = 0;
        KeyScan scan = new KeyScan(table, keyNames);
        for (FileScanTask task : planned.values()) {
            if (files.byPath(task.file().location()) != null) {
                continue;
            }
            LiveFiles.Live live = files.add(task.file().copyWithoutStats(), task.deletes());
            if (!keyNames.isEmpty()) {
                duplicates += scan.read(task, (key, position) -> {
                    KeyHash hash = hash(key);
                    boolean isDuplicate = find(hash) != KeyIndex.ABSENT;
                    put(hash, live, position);
                    return isDuplicate;
                });
            }
        }
        if (duplicates > 0) {
            LOG.warn("Table {}: {} key(s) are live more than once, written by someone else", table.name(), duplicates);
        }
    }

    private static Set<String> identities(List<DeleteFile> deletes) {
        Set<String> identities = new HashSet<>();
        deletes.forEach(delete -> identities.add(delete.location() + "@" + delete.contentOffset()));
        return identities;
    }
}
