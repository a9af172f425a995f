/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

import io.dolake.sink.table.Branch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.ContentFileUtil;
import org.apache.iceberg.util.PropertyUtil;
import org.apache.iceberg.util.StructLikeMap;

/**
 * Selects the files to rewrite. A file is rewritten together with smaller ones only if these add up to at least half
 * its size, so the number of rewrites of a row grows with the logarithm of the table's size and not with the number of
 * rounds.
 */
final class CompactionPlan {
    /** Below this share of the target size a file counts as small. */
    private static final double SMALL_SHARE = 0.75;

    private static final int GROWTH = 2;

    private final Table table;
    private final Branch branch;
    private final MaintenanceOptions options;
    private final long targetBytes;

    CompactionPlan(Table table, Branch branch, MaintenanceOptions options) {
        this.table = table;
        this.branch = branch;
        this.options = options;
        this.targetBytes = PropertyUtil.propertyAsLong(
                table.properties(),
                TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
                TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT);
    }

    /** Groups of files of the branch's head. */
    List<CompactionGroup> groups() {
        Map<Integer, StructLikeMap<List<FileScanTask>>> bySpec = new HashMap<>();
        try (CloseableIterable<FileScanTask> tasks = branch.scan(table).planFiles()) {
            for (FileScanTask task : tasks) {
                bySpec.computeIfAbsent(
                                task.file().specId(),
                                id -> StructLikeMap.create(table.specs().get(id).partitionType()))
                        .computeIfAbsent(task.file().partition(), partition -> new ArrayList<>())
                        .add(task);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list the files of table " + table.name(), e);
        }
        List<CompactionGroup> groups = new ArrayList<>();
        bySpec.forEach((specId, partitions) -> partitions.forEach(
                (partition, files) -> add(groups, table.specs().get(specId), partition, files)));
        return groups;
    }

    private void add(List<CompactionGroup> groups, PartitionSpec spec, StructLike partition, List<FileScanTask> files) {
        long sequenceNumber = branch.head(table).sequenceNumber();
        List<FileScanTask> small = new ArrayList<>();
        for (FileScanTask file : files) {
            if (file.file().fileSizeInBytes() < targetBytes * SMALL_SHARE) {
                small.add(file);
            } else if (isWorn(file)) {
                groups.add(new CompactionGroup(spec, partition, List.of(file), sequenceNumber));
            }
        }
        small.sort(Comparator.comparingLong(file -> file.file().fileSizeInBytes()));
        List<FileScanTask> group = new ArrayList<>();
        long bytes = 0;
        for (FileScanTask file : small) {
            long size = file.file().fileSizeInBytes();
            boolean isFull = group.size() == options.maxGroupFiles()
                    || !group.isEmpty() && bytes + size > options.maxGroupBytes();
            boolean isTooLarge = group.size() >= options.minInputFiles() && size > bytes * GROWTH;
            if (isFull || isTooLarge) {
                close(groups, spec, partition, group, sequenceNumber);
                group = new ArrayList<>();
                bytes = 0;
            }
            group.add(file);
            bytes += size;
        }
        close(groups, spec, partition, group, sequenceNumber);
    }

    private void close(
            List<CompactionGroup> groups,
            PartitionSpec spec,
            StructLike partition,
            List<FileScanTask> group,
            long sequenceNumber) {
        if (group.size() >= options.minInputFiles() || group.stream().anyMatch(this::isWorn)) {
            groups.add(new CompactionGroup(spec, partition, List.copyOf(group), sequenceNumber));
        }
    }

    /** Equality deletes do not tell how many rows they delete: a file with any is rewritten. */
    private boolean isWorn(FileScanTask file) {
        long deleted = 0;
        for (DeleteFile delete : file.deletes()) {
            if (delete.content() == FileContent.EQUALITY_DELETES) {
                return true;
            }
            if (ContentFileUtil.isFileScoped(delete)) {
                deleted += delete.recordCount();
            }
        }
        return deleted > file.file().recordCount() * options.maxDeletedShare();
    }
}
