/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.schemas.Suspension;
import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.commit.CommitJob;
import io.dolake.sink.commit.CommitRequest;
import io.dolake.sink.commit.TableCommitter;
import io.dolake.sink.offsets.PartitionOffsets;
import io.dolake.sink.record.SourceTables;
import io.dolake.sink.table.RecordMark;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;

/**
 * The way of a table's changes: a buffer that fills while the one before it is committed. Lanes do not wait for each other.
 * A writer that is suspended takes no more changes: of each partition it remembers the first that it did not take, and what it has
 * already may still be committed. Used by the task's thread.
 */
final class TableWriter {
    /** It has what lies below the offset at which the task began to read ({@link LookBack}). */
    static final long FROM_BASE = -1;

    private final TableIdentifier table;
    private final TableCommitter committer;
    private TableBuffer active;
    private CommitJob inFlight;
    private Suspension suspension;
    /** While it is suspended, the first offset of each partition that the table lacks; as many as the task has partitions. */
    private final Map<TopicPartition, Long> pins = new HashMap<>();

    /** Where the records begin that it takes; as many as the task has partitions. */
    private final Map<TopicPartition, Long> begins = new HashMap<>();

    /** Up to where it is being filled anew, while it is or has been since the task has the partition. */
    private final Map<TopicPartition, Long> refills = new HashMap<>();

    private TopicPartition lastPartition;
    private Long lastBegin;
    private final Map<TopicPartition, String> sources = new HashMap<>();
    private long skipped;
    /** The source table of its rows, as far as it is known; null: not yet, or it does not matter. */
    private String source;

    private boolean isSourceSure;
    /** What {@link #source} was when the buffer was opened: it may have turned out since that the table is another's. */
    private String activeSource;

    TableWriter(TableIdentifier table, TableCommitter committer) {
        this.table = table;
        this.committer = committer;
    }

    TableIdentifier table() {
        return table;
    }

    /** A buffer to fill, where none is active. */
    TableBuffer open(long nowMs) {
        active = new TableBuffer(table, committer.softDeletes(), nowMs);
        activeSource = source;
        return active;
    }

    /** Null if no change waits. */
    TableBuffer active() {
        return active;
    }

    /** Null if no commit is under way. */
    CommitJob inFlight() {
        return inFlight;
    }

    TableCommitter committer() {
        return committer;
    }

    boolean canFlush() {
        return active != null && inFlight == null;
    }

    /**
     * What to commit: the active buffer, and how far the table is with it.
     *
     * @param isLast whether the table has everything only up to what all others hold
     */
    CommitRequest request(TableWriters writers, PartitionOffsets partitions, String owner, boolean isLast) {
        TableBuffer buffer = active;
        Map<TopicPartition, Long> next = new HashMap<>();
        Map<TopicPartition, Long> held = new HashMap<>();
        Map<TopicPartition, Long> epochs = new HashMap<>();
        Map<TopicPartition, RecordMark> last = new HashMap<>();
        Map<TopicPartition, RecordMark> before = new HashMap<>();
        Map<TopicPartition, String> topicIds = new HashMap<>();
        for (TopicPartition partition : buffer.firstOffsets().keySet()) {
            long end = Math.min(partitions.position(partition), pins.getOrDefault(partition, Long.MAX_VALUE));
            long heldByOthers = writers.held(partition, this).orElse(partitions.position(partition));
            next.put(partition, isLast ? heldByOthers : end);
            held.put(partition, Math.min(heldByOthers, end));
            epochs.put(partition, partitions.epoch(partition));
            RecordMark mark = partitions.mark(partition);
            if (mark != null && mark.offset() < next.get(partition)) {
                last.put(partition, mark);
            }
            before.put(partition, partitions.markBefore(partition, held.get(partition)));
            topicIds.put(partition, partitions.topicId(partition));
        }
        return new CommitRequest(
                buffer,
                owner,
                next,
                held,
                epochs,
                partitions.forgotten(),
                last,
                before,
                topicIds,
                activeSource,
                refills());
    }

    /** The active buffer becomes the one that is committed. */
    void started(CommitJob job) {
        inFlight = job;
        active = null;
    }

    /** The commit has ended, and is in. */
    void committed() {
        isSourceSure |= inFlight.request().source() != null;
        inFlight.request().last().forEach(this::holds);
        inFlight = null;
    }

    /** Says which record of a partition is the last up to which the table has all; null: nobody knows. */
    void holds(TopicPartition partition, RecordMark last) {
        if (last != null && last.source() != null) {
            sources.put(partition, last.source());
        }
    }

    /** Gives the commit up that has ended, or is left to itself; a writer that is suspended lacks it from now on. */
    void discardInFlight() {
        if (inFlight != null && isSuspended()) {
            inFlight.request().buffer().firstOffsets().forEach(this::pin);
        }
        inFlight = null;
    }

    /** A writer of the same table with another committer, as suspended as this one. */
    TableWriter renewed(TableCommitter another) {
        TableWriter writer = new TableWriter(table, another);
        writer.suspension = suspension;
        writer.pins.putAll(pins);
        writer.begins.putAll(begins);
        writer.refills.putAll(refills);
        writer.skipped = skipped;
        writer.source = source;
        writer.isSourceSure = isSourceSure;
        return writer;
    }

    /** Where in their source the records stand up to which the table has all, by partition; as its commits say. */
    Map<TopicPartition, String> sources() {
        return sources;
    }

    /** Drops the changes that wait; a writer that is suspended lacks them from now on. */
    void discardActive() {
        if (active != null && isSuspended()) {
            active.firstOffsets().forEach(this::pin);
        }
        active = null;
    }

    /** Whether rows of a source table may go here; the first ones decide, until the table itself says. */
    boolean takes(String from) {
        if (source == null) {
            source = from;
        }
        return source == from || !SourceTables.differ(source, from);
    }

    /** Null if it does not matter. */
    String source() {
        return source;
    }

    /** The source table of the first row in the active buffer; null if it does not matter. */
    String activeSource() {
        return activeSource;
    }

    /** Whether the table has said whose it is, and not only the first record of the task. */
    boolean isSourceSure() {
        return isSourceSure;
    }

    /** Says whose the table is; null: whoever comes next. */
    void belongsTo(String owner) {
        source = owner;
        isSourceSure = owner != null;
    }

    boolean isSuspended() {
        return suspension != null;
    }

    /** Null if the table is not suspended. */
    Suspension suspension() {
        return suspension;
    }

    /** Takes no more changes from now on. */
    void suspend(Suspension why) {
        suspension = why;
    }

    /** Takes changes again; returns what it lacks. */
    Map<TopicPartition, Long> resume() {
        Map<TopicPartition, Long> lacks = Map.copyOf(pins);
        belongsTo(null);
        suspension = null;
        skipped = 0;
        pins.clear();
        return lacks;
    }

    /** Leaves a change out. */
    void skip(TopicPartition partition, long offset) {
        pin(partition, offset);
        skipped++;
    }

    /** Says that it lacks a partition from an offset on. */
    void pin(TopicPartition partition, long offset) {
        pins.merge(partition, offset, Math::min);
    }

    /** Forgets what it lacks of a partition that is somebody else's now. */
    void unpin(TopicPartition partition) {
        sources.remove(partition);
        pins.remove(partition);
        begins.remove(partition);
        refills.remove(partition);
        lastPartition = null;
    }

    /** Says from which offset on it takes a partition's records; {@link #FROM_BASE}: all that are new to the task. */
    void takes(TopicPartition partition, long from) {
        begins.put(partition, from);
        lastPartition = null;
    }

    /** Says that it is filled anew from an offset, with all that was read before another one. */
    void refill(TopicPartition partition, long from, long until) {
        takes(partition, from);
        refills.put(partition, until);
    }

    /** Up to where it is filled anew, of each partition of which it is. */
    Map<TopicPartition, Long> refills() {
        return Map.copyOf(refills);
    }

    /** From which offset on it takes a partition's records; null: it is not known whether it lacks what was read before. */
    Long takesFrom(TopicPartition partition) {
        if (partition != lastPartition) {
            lastBegin = begins.get(partition);
            lastPartition = partition;
        }
        return lastBegin;
    }

    /** The first offset of each partition that it lacks because it is suspended. */
    Map<TopicPartition, Long> pins() {
        return pins;
    }

    /** Changes that came while it was suspended; those that were read twice count twice. */
    long skipped() {
        return skipped;
    }

    /** The first offset of a partition that this table does not hold yet; empty if it holds all that it was given. */
    OptionalLong firstPending(TopicPartition partition) {
        OptionalLong buffered = firstBuffered(partition);
        Long pin = pins.isEmpty() ? null : pins.get(partition);
        if (pin == null) {
            return buffered;
        }
        return OptionalLong.of(Math.min(pin, buffered.orElse(pin)));
    }

    /** The first offset of a partition in its buffers. */
    OptionalLong firstBuffered(TopicPartition partition) {
        if (inFlight != null) {
            Long first = inFlight.request().buffer().firstOffsets().get(partition);
            if (first != null) {
                return OptionalLong.of(first);
            }
        }
        Long first = active == null ? null : active.firstOffsets().get(partition);
        return first == null ? OptionalLong.empty() : OptionalLong.of(first);
    }

    /** What it holds: the buffer that is committed, and the one that fills. */
    List<TableBuffer> buffers() {
        List<TableBuffer> buffers = new ArrayList<>();
        if (inFlight != null) {
            buffers.add(inFlight.request().buffer());
        }
        if (active != null) {
            buffers.add(active);
        }
        return buffers;
    }

    long bytes() {
        return buffers().stream().mapToLong(TableBuffer::bytes).sum();
    }

    long events() {
        return buffers().stream().mapToLong(TableBuffer::events).sum();
    }
}
