/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.util.ContentFileUtil;

/** The data files of a table as of one snapshot, numbered for the key index. Numbers are not used again. */
final class LiveFiles {
    /** A data file and its deletes; {@code foreignDeletes} are rows that others deleted after it was indexed, or null. */
    static final class Live {
        private final int id;
        private final DataFile file;
        private List<DeleteFile> deletes;
        private PositionDeleteIndex foreignDeletes;

        private Live(int id, DataFile file, List<DeleteFile> deletes) {
            this.id = id;
            this.file = file;
            this.deletes = List.copyOf(deletes);
        }

        int id() {
            return id;
        }

        DataFile file() {
            return file;
        }

        String path() {
            return file.location();
        }

        List<DeleteFile> deletes() {
            return deletes;
        }

        void replaceDeletes(List<DeleteFile> newDeletes) {
            deletes = List.copyOf(newDeletes);
        }

        /** Notes a delete file of our own, which takes the place of those whose positions it has taken over. */
        void addOwnDeletes(DeleteFile own) {
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
    private final Map<Integer, Live> byId = new HashMap<>();
    private int lastId;

    Live add(DataFile file, List<DeleteFile> deletes) {
        Live live = new Live(++lastId, file, deletes);
        byPath.put(live.path(), live);
        byId.put(live.id(), live);
        return live;
    }

    void remove(Live live) {
        byPath.remove(live.path(), live);
        byId.remove(live.id());
    }

    void clear() {
        byPath.clear();
        byId.clear();
    }

    /** Null if the file is not live. */
    Live byPath(String path) {
        return byPath.get(path);
    }

    /** Null if the file is not live. */
    Live byId(int id) {
        return byId.get(id);
    }

    Collection<Live> all() {
        return new ArrayList<>(byPath.values());
    }

    int size() {
        return byPath.size();
    }
}
