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
 * Buffers and commits of one table: one buffer fills while the previous one is committed. Tables do not wait for each
 * other. A suspended writer accepts no more changes: it remembers the first change of each partition that it did not
 * accept, and what it already has may still be committed. Used by the task's thread.
 */
final class TableWriter {
    /** It is complete below the offset at which the task started to read ({@link LookBack}). */
    static final long FROM_BASE = -1;

    private final TableIdentifier table;
    private final TableCommitter committer;
    private TableBuffer active;
    private CommitJob inFlight;
    private long startedAtMs;
    private Suspension suspension;
    /**
     * While suspended, the first offset of each partition that the table lacks; at most one entry per partition of the
     * task.
     */
    private final Map<TopicPartition, Long> pins = new HashMap<>();

    /** First offset of the records that it accepts; at most one entry per partition of the task. */
    private final Map<TopicPartition, Long> begins = new HashMap<>();

    /** End of the range that is refilled, while the task has the partition. */
    private final Map<TopicPartition, Long> refills = new HashMap<>();

    private TopicPartition lastPartition;
    private Long lastBegin;
    private final Map<TopicPartition, String> sources = new HashMap<>();
    private long skipped;
    /** The source table of its rows, as far as it is known; null: not known yet, or not relevant. */
    private String source;

    private boolean isSourceSure;
    /**
     * Value of {@link #source} when the buffer was opened: since then, the table may have turned out to belong to
     * another source.
     */
    private String activeSource;

    TableWriter(TableIdentifier table, TableCommitter committer) {
        this.table = table;
        this.committer = committer;
    }

    TableIdentifier table() {
        return table;
    }

    /** The active buffer, which is opened if there is none. */
    TableBuffer buffer() {
        if (active == null) {
            active = new TableBuffer(table, committer.softDeletes(), System.currentTimeMillis());
            activeSource = source;
        }
        return active;
    }

    /** Null if no change is buffered. */
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

    boolean canCommit() {
        return active != null && inFlight == null;
    }

    /** Whether the oldest buffered change has waited long enough. */
    boolean isDue(long nowMs, long intervalMs, long firstDelayMs) {
        if (active == null) {
            return false;
        }
        boolean wasIdle = nowMs - startedAtMs >= intervalMs;
        return nowMs - active.openedAtMs() >= (wasIdle ? firstDelayMs : intervalMs);
    }

    /**
     * What to commit: the active buffer, and the offsets up to which the table is then complete.
     *
     * @param isLast whether the table is complete only up to what all others hold
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

    /** Turns the active buffer into the one that is being committed. */
    void started(CommitJob job) {
        inFlight = job;
        startedAtMs = System.currentTimeMillis();
        active = null;
    }

    /** The commit has succeeded. */
    void committed() {
        isSourceSure |= inFlight.request().source() != null;
        inFlight.request().last().forEach(this::holds);
        inFlight = null;
    }

    /** Sets the last record of a partition up to which the table is complete; null: unknown. */
    void holds(TopicPartition partition, RecordMark last) {
        if (last != null && last.source() != null) {
            sources.put(partition, last.source());
        }
    }

    /** Gives up a commit that has failed or is abandoned; a suspended writer lacks its changes from now on. */
    void discardInFlight() {
        if (inFlight != null && isSuspended()) {
            inFlight.request().buffer().firstOffsets().forEach(this::pin);
        }
        inFlight = null;
    }

    /** A writer of the same table with another committer, and in the same state of suspension. */
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

    /** Source position of the last record up to which the table is complete, by partition, as its commits record it. */
    Map<TopicPartition, String> sources() {
        return sources;
    }

    /** Drops the buffered changes; a suspended writer lacks them from now on. */
    void discardActive() {
        if (active != null && isSuspended()) {
            active.firstOffsets().forEach(this::pin);
        }
        active = null;
    }

    /**
     * Whether rows of a source table may be written here. The first rows decide, until the table itself names its
     * source.
     */
    boolean takes(String from) {
        if (source == null) {
            source = from;
        }
        return source == from || !SourceTables.differ(source, from);
    }

    /** Null if not relevant. */
    String source() {
        return source;
    }

    /** The source table of the first row in the active buffer; null if not relevant. */
    String activeSource() {
        return activeSource;
    }

    /** Whether the source is known from the table, and not only from the first record of the task. */
    boolean isSourceSure() {
        return isSourceSure;
    }

    /** Sets the source that owns the table; null: the source of the next row. */
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

    /** Stops accepting changes. */
    void suspend(Suspension why) {
        suspension = why;
    }

    /** Accepts changes again. Returns what the table lacks. */
    Map<TopicPartition, Long> resume() {
        Map<TopicPartition, Long> lacks = Map.copyOf(pins);
        belongsTo(null);
        suspension = null;
        skipped = 0;
        pins.clear();
        return lacks;
    }

    /** Skips a change. */
    void skip(TopicPartition partition, long offset) {
        pin(partition, offset);
        skipped++;
    }

    /** Records that the table lacks a partition from an offset on. */
    void pin(TopicPartition partition, long offset) {
        pins.merge(partition, offset, Math::min);
    }

    /** Forgets what it lacks of a partition that now belongs to another task. */
    void unpin(TopicPartition partition) {
        sources.remove(partition);
        pins.remove(partition);
        begins.remove(partition);
        refills.remove(partition);
        lastPartition = null;
    }

    /** Sets the first offset that it accepts of a partition; {@link #FROM_BASE}: all that is new to the task. */
    void takes(TopicPartition partition, long from) {
        begins.put(partition, from);
        lastPartition = null;
    }

    /** Records that the table is refilled from an offset on, with all that was read before another one. */
    void refill(TopicPartition partition, long from, long until) {
        takes(partition, from);
        refills.put(partition, until);
    }

    /** End of the refilled range, for each partition that is being refilled. */
    Map<TopicPartition, Long> refills() {
        return Map.copyOf(refills);
    }

    /**
     * First offset that it accepts of a partition; null: it is not known whether the table lacks what was read before.
     */
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

    /** Changes that arrived while it was suspended; those that were read twice count twice. */
    long skipped() {
        return skipped;
    }

    /** The first offset of a partition that this table does not hold yet; empty if it holds all that it received. */
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

    /** Bytes held: the buffer that is being committed, and the one that fills. */
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
