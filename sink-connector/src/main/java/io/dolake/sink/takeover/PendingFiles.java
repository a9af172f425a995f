/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.takeover;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.table.Branch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/** The files of one table that have not been committed yet. */
final class PendingFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Settings settings;
    private final Table table;
    private final Branch branch;
    private final Map<Integer, Long> committed;
    private final Map<String, DataFile> files = new LinkedHashMap<>();

    PendingFiles(Settings settings, Table table, Branch branch, List<ControlTopic.Written> written) {
        this.settings = settings;
        this.table = table;
        this.branch = branch;
        Snapshot current = branch.head(table);
        this.committed =
                current == null ? Map.of() : committed(SnapshotUtil.ancestorsOf(current.snapshotId(), table::snapshot));
        for (ControlTopic.Written message : written) {
            if (message.offset() >= committed.getOrDefault(message.partition(), 0L)) {
                add(message);
            }
        }
    }

    private void add(ControlTopic.Written message) {
        if (message.data().deleteFiles() != null
                && !message.data().deleteFiles().isEmpty()) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot take over table " + table.name() + ": delete files wait for their commit")
                    .withHint("Start the other sink once more, and let it commit them");
        }
        List<DataFile> written =
                message.data().dataFiles() == null ? List.of() : message.data().dataFiles();
        for (DataFile file : written) {
            if (file.recordCount() > 0) {
                files.putIfAbsent(file.location(), file);
            }
        }
    }

    /** The offsets in the newest snapshot that has such a field. */
    private Map<Integer, Long> committed(Iterable<Snapshot> newestFirst) {
        for (Snapshot snapshot : newestFirst) {
            String offsets = snapshot.summary().get(settings.summaryField());
            if (offsets != null) {
                try {
                    return JSON.readValue(offsets, new TypeReference<Map<Integer, Long>>() {});
                } catch (JsonProcessingException e) {
                    throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot take over table " + table.name() + ": its summary has " + settings.summaryField()
                                    + "=" + offsets,
                            e);
                }
            }
        }
        return Map.of();
    }

    int count() {
        return files.size();
    }

    long rows() {
        return files.values().stream().mapToLong(DataFile::recordCount).sum();
    }

    /** Files that no longer exist in the store. */
    List<String> lost() {
        List<String> lost = new ArrayList<>();
        for (String location : files.keySet()) {
            if (!table.io().newInputFile(location).exists()) {
                lost.add(location);
            }
        }
        return lost;
    }

    /** Appends the files as the coordinator would have: a later run of either finds no pending files. */
    void commit(Map<Integer, Long> end) {
        Map<Integer, Long> merged = new HashMap<>(committed);
        end.forEach((partition, offset) -> merged.merge(partition, offset, Math::max));
        AppendFiles append = table.newAppend().toBranch(branch.name()).validateWith(new Unchanged());
        files.values().forEach(append::appendFile);
        try {
            append.set(settings.summaryField(), JSON.writeValueAsString(merged)).commit();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Checks that nobody has committed files of the topic meanwhile. */
    private final class Unchanged implements SnapshotAncestryValidator {
        @Override
        public boolean validate(Iterable<Snapshot> newestFirst) {
            return committed.equals(committed(newestFirst));
        }

        @Override
        public String errorMessage() {
            return "Cannot take over table " + table.name() + ": files of topic " + settings.topic()
                    + " were committed meanwhile";
        }
    }
}
