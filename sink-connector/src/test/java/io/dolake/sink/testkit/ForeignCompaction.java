/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.table.Branch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;

/** A compaction by another engine. */
public final class ForeignCompaction {
    private ForeignCompaction() {}

    /** Rewrites the table unless a commit gets in between, in which case nothing happens. */
    public static void tryToCompact(Table table, Branch branch) throws IOException {
        try {
            compact(table, branch);
        } catch (ValidationException e) {
            assertThat(e).hasMessageContaining("new");
        }
    }

    public static void compact(Table table) throws IOException {
        compact(table, Branch.MAIN);
    }

    /** Rewrites all live rows of a branch into one file; an error if a commit gets in between. */
    public static void compact(Table table, Branch branch) throws IOException {
        long snapshot = branch.head(table).snapshotId();
        Set<DataFile> oldFiles = new HashSet<>();
        Set<DeleteFile> oldDeletes = new HashSet<>();
        try (CloseableIterable<FileScanTask> tasks = branch.scan(table).planFiles()) {
            for (FileScanTask task : tasks) {
                oldFiles.add(task.file());
                oldDeletes.addAll(task.deletes());
            }
        }
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(table)
                .useSnapshot(snapshot)
                .project(table.schema())
                .build()) {
            records.forEach(rows::add);
        }
        DataWriter<Record> writer = new GenericFileWriterFactory.Builder(table)
                .build()
                .newDataWriter(
                        OutputFileFactory.builderFor(table, 9, 9)
                                .format(FileFormat.PARQUET)
                                .build()
                                .newOutputFile(),
                        table.spec(),
                        null);
        try (writer) {
            rows.forEach(writer::write);
        }
        RewriteFiles rewrite = table.newRewrite().toBranch(branch.name()).validateFromSnapshot(snapshot);
        oldFiles.forEach(rewrite::deleteFile);
        oldDeletes.forEach(rewrite::deleteFile);
        rewrite.addFile(writer.toDataFile());
        rewrite.commit();
    }
}
