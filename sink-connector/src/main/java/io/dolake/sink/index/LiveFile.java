/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.index;

import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.util.ContentFileUtil;

/**
 * A data file and its deletes; {@code foreignDeletes} are rows that other writers deleted after it was indexed, or
 * null.
 */
public final class LiveFile {
    private final int id;
    private final DataFile file;
    private List<DeleteFile> deletes;
    private PositionDeleteIndex foreignDeletes;

    LiveFile(int id, DataFile file, List<DeleteFile> deletes) {
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

    /** Registers a delete file of our own; it replaces those whose positions it includes. */
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
