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

/**
 * The data files of a table as of one snapshot, numbered for the key index. It counts the keys that the index has for
 * each number: a number is reused when its file is removed and no key refers to it, so there are never more numbers
 * than there were files at one time.
 */
public final class LiveFiles {
    private final Map<String, LiveFile> byPath = new HashMap<>();
    /** By number; null where no live file has it. Number 0 is not used. */
    private final List<LiveFile> byId = new ArrayList<>(Collections.singletonList(null));

    private final Deque<Integer> freeIds = new ArrayDeque<>();
    private int[] keys = new int[16];
    private long deadKeys;

    public LiveFile add(DataFile file, List<DeleteFile> deletes) {
        int id = freeIds.isEmpty() ? byId.size() : freeIds.pop();
        LiveFile live = new LiveFile(id, file, deletes);
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

    void remove(LiveFile live) {
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

    /** Counts an additional key in the index for a live file. */
    void keyAdded(int id) {
        keys[id]++;
    }

    /** Counts a key of a file, live or not, that was removed from the index or has moved. */
    void keyGone(int id) {
        keys[id]--;
        if (byId.get(id) == null) {
            deadKeys--;
            freeIfUnused(id);
        }
    }

    /** Records that the index has dropped all keys of files that are not live. */
    void deadKeysGone() {
        for (int id = 1; id < byId.size(); id++) {
            if (byId.get(id) == null && keys[id] > 0) {
                keys[id] = 0;
                freeIfUnused(id);
            }
        }
        deadKeys = 0;
    }

    /** Number of keys in the index of files that are not live. */
    public long deadKeys() {
        return deadKeys;
    }

    /** One more than the largest number that was ever assigned. */
    public int numbers() {
        return byId.size();
    }

    private void freeIfUnused(int id) {
        if (keys[id] == 0) {
            freeIds.push(id);
        }
    }

    /** Null if the file is not live. */
    public LiveFile byPath(String path) {
        return byPath.get(path);
    }

    /** Null if the file is not live. */
    public LiveFile byId(int id) {
        return byId.get(id);
    }

    public Collection<LiveFile> all() {
        return new ArrayList<>(byPath.values());
    }

    public int size() {
        return byPath.size();
    }
}
