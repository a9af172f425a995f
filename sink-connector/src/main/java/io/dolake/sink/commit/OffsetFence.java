/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.SuspensionConfig;
import io.dolake.sink.table.TableOffsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.kafka.common.TopicPartition;

/**
 * Compares the offsets in a table with those this task saw last, before each commit. If another task committed offsets
 * of a partition meanwhile, this is either the late commit of an earlier owner, whose records are then left out, or it
 * shows that this task no longer owns the partition: then the commit fails, and nothing is committed twice.
 */
public final class OffsetFence {
    public static final String REPLACED_HINT =
            "--from held resumes where the table's own offsets end, or with new records if"
                    + " it has none; --from start reads everything that the topic still has";

    private final String connector;
    private final boolean continuesOthers;
    private final Map<TopicPartition, Optional<TableOffsets.Position>> expected = new HashMap<>();
    private final Map<TopicPartition, Long> leastEpochs = new HashMap<>();
    /** As of the last check. */
    private final Map<TopicPartition, Long> floors = new HashMap<>();

    /**
     * @param continuesOthers whether rows of the same partitions from connectors with other names count as the table's
     */
    OffsetFence(String connector, boolean continuesOthers) {
        this.connector = connector;
        this.continuesOthers = continuesOthers;
    }

    /**
     * Offsets below which the table has all records of each partition. {@code TASK_FENCED} if another task took over.
     */
    Map<TopicPartition, Long> check(Table table, CommitRequest request) {
        for (TopicPartition partition : request.buffer().firstOffsets().keySet()) {
            Optional<TableOffsets.Position> stored = TableOffsets.read(table.properties(), connector, partition);
            boolean isForgotten = request.forgotten().contains(partition) && !isOwn(stored, request);
            Optional<TableOffsets.Position> last = expected.get(partition);
            if (last == null || isForgotten) {
                stored.ifPresent(position -> leastEpochs.put(partition, position.epoch() + 1));
            } else if (!last.equals(stored)) {
                checkChange(table, partition, last, stored, request);
            }
            expected.put(partition, stored);
            floors.put(
                    partition,
                    isForgotten
                            ? 0L
                            : stored.map(TableOffsets.Position::next)
                                    .orElseGet(() -> ofOthers(table, partition, request)));
        }
        return Map.copyOf(floors);
    }

    /**
     * The offsets that other connectors reached in a table that is new to this connector. With a key, reading
     * everything again leaves no trace.
     */
    private long ofOthers(Table table, TopicPartition partition, CommitRequest request) {
        if (request.buffer().appends().isEmpty()) {
            return 0;
        }
        Optional<Map.Entry<String, TableOffsets.Position>> other =
                TableOffsets.ofOther(table.properties(), connector, partition);
        if (other.isEmpty() || continuesOthers) {
            return other.map(found -> found.getValue().next()).orElse(0L);
        }
        throw new DoLakeException(
                        ErrorCode.TABLE_OF_ANOTHER_SOURCE,
                        "Cannot commit to table " + table.name() + ": it has the rows of " + partition
                                + " below offset "
                                + other.get().getValue().next() + " from connector "
                                + other.get().getKey()
                                + ", and without a key they would be there twice")
                .withHint("Name this connector " + other.get().getKey() + ", or set " + SuspensionConfig.OTHER_CONNECTOR
                        + "=continue to continue after them");
    }

    private void checkChange(
            Table table,
            TopicPartition partition,
            Optional<TableOffsets.Position> last,
            Optional<TableOffsets.Position> stored,
            CommitRequest request) {
        long lastNext = last.map(TableOffsets.Position::next).orElse(0L);
        long storedNext = stored.map(TableOffsets.Position::next).orElse(0L);
        if (storedNext < lastNext) {
            throw new DoLakeException(
                            ErrorCode.TABLE_REPLACED,
                            "Cannot commit to table " + table.name() + ": its offset of " + partition
                                    + " went back from " + lastNext + " to " + storedNext
                                    + ", the table was restored or replaced")
                    .withHint(REPLACED_HINT);
        }
        long epoch = Math.max(request.epochs().get(partition), leastEpochs.getOrDefault(partition, 0L));
        if (!isOwn(stored, request) && stored.orElseThrow().epoch() >= epoch) {
            throw new DoLakeException(
                    ErrorCode.TASK_FENCED,
                    "Cannot commit to table " + table.name() + ": another task took over " + partition
                            + " and committed offset " + storedNext + " where this one expected " + lastNext);
        }
    }

    private static boolean isOwn(Optional<TableOffsets.Position> stored, CommitRequest request) {
        return stored.isPresent() && stored.get().owner().equals(request.owner());
    }

    /** Whether the table, as of the last check, has no offset of some partition. */
    boolean isFirst(CommitRequest request) {
        return request.buffer().firstOffsets().keySet().stream()
                .anyMatch(partition -> expected.get(partition).isEmpty());
    }

    /** Whether the table has this request's commit, as after a lost reply. */
    boolean isCommitted(Table table, CommitRequest request) {
        return request.buffer().firstOffsets().keySet().stream()
                .map(partition -> TableOffsets.read(table.properties(), connector, partition))
                .anyMatch(stored -> stored.isPresent()
                        && stored.get().commitId().equals(request.buffer().commitId()));
    }

    /** What to write for a request whose check passed. */
    Map<TopicPartition, TableOffsets.Position> positions(CommitRequest request) {
        return request.positions(leastEpochs, floors);
    }

    /** Takes over what the table has for a request whose commit succeeded, though its reply was lost. */
    void readBack(Table table, CommitRequest request) {
        for (TopicPartition partition : request.buffer().firstOffsets().keySet()) {
            TableOffsets.read(table.properties(), connector, partition)
                    .ifPresent(position -> expected.put(partition, Optional.of(position)));
        }
    }

    void committed(Map<TopicPartition, TableOffsets.Position> positions) {
        positions.forEach((partition, position) -> expected.put(partition, Optional.of(position)));
    }

    void forgetAll() {
        expected.clear();
        leastEpochs.clear();
        floors.clear();
    }

    /** Forgets a partition that no longer belongs to this task. */
    void forget(TopicPartition partition) {
        expected.remove(partition);
        floors.remove(partition);
        leastEpochs.remove(partition);
    }
}
