/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.index;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.util.ContentFileUtil;

/**
 * The data files of a table as of one snapshot, numbered for the key index. It counts the keys that the index has for each
 * number: a number is used again when its file has gone and no key refers to it, so that numbers stay as few as there were
 * files at one time.
 */
public final class LiveFiles {
    /** A data file and its deletes; {@code foreignDeletes} are rows that others deleted after it was indexed, or null. */
    public static final class Live {
        private final int id;
        private final DataFile file;
        private List<DeleteFile> deletes;
        private PositionDeleteIndex foreignDeletes;

        private Live(int id, DataFile file, List<DeleteFile> deletes) {
            this.id = id;
            this.file = file;
            this.deletes = List.copyOf(deletes);
        }

        public int id() {
            return id;
        }

        public DataFile file() {
            return file;
        }

        public String path() {
            return file.location();
        }

        public List<DeleteFile> deletes() {
            return deletes;
        }

        void replaceDeletes(List<DeleteFile> newDeletes) {
            deletes = List.copyOf(newDeletes);
        }

        /** Notes a delete file of our own, which takes the place of those whose positions it has taken over. */
        public void addOwnDeletes(DeleteFile own) {
            List<DeleteFile> newDeletes = new ArrayList<>();
            for (DeleteFile delete : deletes) {
                boolean isReplaced = delete.content() == FileContent.POSITION_DELETES
                        && (ContentFileUtil.isDV(own) || ContentFileUtil.isFileScoped(delete));
                if (!isReplaced) {
                    newDeletes.add(delete);
                }
            }
            newDeletes.add(own);
            replaceDeletes(newDeletes);
        }

        void foreignDeletes(PositionDeleteIndex positions) {
            foreignDeletes = positions;
        }

        boolean isDeletedByOthers(int position) {
            return foreignDeletes != null && foreignDeletes.isDeleted(position);
        }
    }

    private final Map<String, Live> byPath = new HashMap<>();
    /** By number; null where no live file has it. Number 0 is none. */
    private final List<Live> byId = new ArrayList<>(Collections.singletonList(null));

    private final Deque<Integer> freeIds = new ArrayDeque<>();
    private int[] keys = new int[16];
    private long deadKeys;

    public Live add(DataFile file, List<DeleteFile> deletes) {
        int id = freeIds.isEmpty() ? byId.size() : freeIds.pop();
        Live live = new Live(id, file, deletes);
        byPath.put(live.path(), live);
        if (id == byId.size()) {
            byId.add(live);
        } else {
            byId.set(id, live);
        }
        if (id == keys.length) {
            keys = Arrays.copyOf(keys, 2 * id);
        }
        return live;
    }

    void remove(Live live) {
        byPath.remove(live.path(), live);
        byId.set(live.id(), null);
        deadKeys += keys[live.id()];
        freeIfUnused(live.id());
    }

    void clear() {
        byPath.clear();
        byId.subList(1, byId.size()).clear();
        freeIds.clear();
        Arrays.fill(keys, 0);
        deadKeys = 0;
    }

    /** Notes that the index has one more key for a live file. */
    void keyAdded(int id) {
        keys[id]++;
    }

    /** Notes that a key that the index had for a file, live or not, is gone or has moved. */
    void keyGone(int id) {
        keys[id]--;
        if (byId.get(id) == null) {
            deadKeys--;
            freeIfUnused(id);
        }
    }

    /** Notes that the index has dropped all keys of files that are not live. */
    void deadKeysGone() {
        for (int id = 1; id < byId.size(); id++) {
            if (byId.get(id) == null && keys[id] > 0) {
                keys[id] = 0;
                freeIfUnused(id);
            }
        }
        deadKeys = 0;
    }

    /** Keys that the index has for files that are not live. */
    public long deadKeys() {
        return deadKeys;
    }

    /** One more than the largest number in use or free. */
    public int numbers() {
        return byId.size();
    }

    private void freeIfUnused(int id) {
        if (keys[id] == 0) {
            freeIds.push(id);
        }
    }

    /** Null if the file is not live. */
    public Live byPath(String path) {
        return byPath.get(path);
    }

    /** Null if the file is not live. */
    public Live byId(int id) {
        return byId.get(id);
    }

    public Collection<Live> all() {
        return new ArrayList<>(byPath.values());
    }

    public int size() {
        return byPath.size();
    }
}
