/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.write;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.index.KeyIndex;
import io.dolake.sink.index.LiveFiles;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.DeleteWriteResult;

/** Writes deleted positions in the form of a table's format version. */
public sealed interface RowDeletes permits DeletionVectors, PositionDeleteFiles {
    /** Writes deletes of the rows at these places ({@link KeyIndex#pack}). */
    DeleteWriteResult write(List<Long> places);

    /** The writer for a table of this format version; {@code properties} override those of the table. */
    static RowDeletes of(
            int formatVersion,
            Table table,
            LiveFiles files,
            Map<String, String> properties,
            RowWriter.FileNames names) {
        return switch (formatVersion) {
            case 1 ->
                throw new DoLakeException(
                                ErrorCode.INVALID_CONFIGURATION,
                                "Cannot commit to table " + table.name()
                                        + ": updates and deletes need format version 2 or newer, it has 1")
                        .withHint("Upgrade the table: set its property format-version to 3");
            case 2 -> new PositionDeleteFiles(table, files, properties, names);
            default -> new DeletionVectors(table, files, names.taskId(), names.operationId());
        };
    }
}
