/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

import io.dolake.sink.table.Branch;
import io.dolake.sink.table.CommitClaim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.ContentFileUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites a group of files and replaces them by the new ones. Rows that other writers delete meanwhile are deleted in
 * the new files just before the commit, which succeeds only if no more deletes were committed since. A continuous
 * writer costs another check of the deletes, not another rewrite, and has to let this commit pass after a few attempts
 * ({@link CommitClaim}).
 */
final class Compaction {
    private static final Logger LOG = LoggerFactory.getLogger(Compaction.class);

    private final Table table;
    private final Branch branch;
    private final CompactionGroup group;
    private final int attempts;
    private final CommitClaim claim = new CommitClaim();
    private final String owner = "maintenance-" + UUID.randomUUID();

    Compaction(Table table, Branch branch, CompactionGroup group, int attempts) {
        this.table = table;
        this.branch = branch;
        this.group = group;
        this.attempts = attempts;
    }

    MaintenanceResult run() {
        try (Rewrite rewrite = new Rewrite(table, group)) {
            rewrite.write();
            try {
                return commit(rewrite);
            } catch (RuntimeException e) {
                // Only after a failure of this kind is it certain that nothing refers to the new files.
                if (e instanceof CleanableFailure || e instanceof ValidationException) {
                    rewrite.discard();
                }
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot rewrite files of table " + table.name(), e);
        }
    }

    MaintenanceResult commit(Rewrite rewrite) {
        for (int attempt = 0; attempt < attempts; attempt++) {
            long startedNs = System.nanoTime();
            table.refresh();
            long headId = branch.head(table).snapshotId();
            List<FileScanTask> now = currentFiles();
            if (now.size() < group.files().size()) {
                LOG.info("Table {}: others replaced files that were being rewritten", table.name());
                break;
            }
            CarriedDeletes carried = new CarriedDeletes(table, group, rewrite);
            now.forEach(carried::add);
            List<DeleteFile> deletes = carried.write();
            List<DeleteFile> replaced = now.stream()
                    .flatMap(task -> task.deletes().stream())
                    .filter(ContentFileUtil::isFileScoped)
                    .toList();
            try {
                replace(rewrite, headId, deletes, replaced);
                return new MaintenanceResult(
                        now.size(),
                        rewrite.files().size(),
                        rewrite.rows(),
                        replaced.size(),
                        carried.size(),
                        attempt,
                        0,
                        0,
                        0);
            } catch (ValidationException e) {
                LOG.info(
                        "Table {} changed while files were put in place, trying again: {}",
                        table.name(),
                        e.getMessage());
                deletes.forEach(delete -> table.io().deleteFile(delete.location()));
                claim.lost(table, owner, System.nanoTime() - startedNs);
            }
        }
        rewrite.discard();
        return new MaintenanceResult(0, 0, 0, 0, 0, attempts, 1, 0, 0);
    }

    private void replace(Rewrite rewrite, long headId, List<DeleteFile> deletes, List<DeleteFile> replaced) {
        RewriteFiles update = table.newRewrite()
                .toBranch(branch.name())
                .validateFromSnapshot(headId)
                // Equality deletes that other writers commit from now on still apply to the rows.
                .dataSequenceNumber(group.sequenceNumber());
        group.files().forEach(task -> update.deleteFile(task.file()));
        replaced.forEach(update::deleteFile);
        rewrite.files().forEach(update::addFile);
        deletes.forEach(update::addFile);
        update.commit();
    }

    /** The group's files as of the branch's head, with their current deletes; fewer if some were removed. */
    private List<FileScanTask> currentFiles() {
        Map<String, FileScanTask> wanted = new HashMap<>();
        group.files().forEach(task -> wanted.put(task.file().location(), task));
        List<FileScanTask> found = new ArrayList<>();
        try (CloseableIterable<FileScanTask> tasks = branch.scan(table).planFiles()) {
            for (FileScanTask task : tasks) {
                if (wanted.containsKey(task.file().location())) {
                    found.add(task);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list the files of table " + table.name(), e);
        }
        return found;
    }
}
