/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries records to their tables: takes them into a buffer for each table, starts commits when one is due, and holds the
 * consumer back when the buffers are full. All methods are called by the task's thread; only commits run on others.
 */
final class Courier {
    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);
    private static final long TICK_MS = 50;

    private final SinkConfig config;
    private final SinkTaskContext context;
    private final LazyCatalog catalog;
    private final TableAccess access;
    private final String connector;
    private final int taskId;
    private final SinkStatus status;
    private final RecordReader reader;
    private final Partitions partitions;
    private final Assignment assignment;
    private final Pressure pressure;
    private final ExecutorService flushers;
    private final Upkeep upkeep;
    private final IndexSpace indexSpace;
    private final Map<TableIdentifier, Lane> lanes = new LinkedHashMap<>();
    private final String owner = UUID.randomUUID().toString();
    private final DeadLetters deadLetters;
    private final Refusals refusals = new Refusals();
    private Lane lastLane;
    private TopicPartition lastPartition;
    /**
     * Refusals of commits that wait in the dead-letter table's buffer, and in its commit under way. No other table may say that it
     * has what came after such a record before that one is in: the task might end, and nobody would know of the refusal.
     */
    private boolean isUnsettled;

    private Flush settling;
    private boolean hasNewCommits;

    Courier(SinkConfig config, SinkTaskContext context, LazyCatalog catalog) {
        this.config = config;
        this.context = context;
        this.catalog = catalog;
        this.access = new TableAccess(catalog, config);
        this.connector = String.valueOf(config.originals().getOrDefault("name", "dolake-sink"));
        this.taskId = Integer.parseInt(String.valueOf(config.originals().getOrDefault(SinkConfig.TASK_ID, "0")));
        this.status = new SinkStatus(config, connector, taskId);
        Routing routing = new Routing(config);
        this.reader = new RecordReader(config, routing, access);
        this.partitions = new Partitions(config);
        this.assignment = new Assignment(context, new StartOffsets(access, routing, connector), partitions, status);
        this.pressure = new Pressure(config, WorkerBudget.SHARED);
        this.deadLetters = new DeadLetters(config, connector);
        this.indexSpace = new IndexSpace(IndexConfig.of(config));
        ClassLoader loader = getClass().getClassLoader();
        this.flushers = Executors.newFixedThreadPool(config.getInt(SinkConfig.FLUSH_THREADS), task -> {
            Thread thread = new Thread(task, "dolake-commit-" + connector + "-" + taskId);
            thread.setContextClassLoader(loader);
            thread.setDaemon(true);
            return thread;
        });
        this.upkeep = new Upkeep(config, access, connector, taskId, owner);
        status.register();
    }

    void open(Collection<TopicPartition> opened) {
        assignment.open(opened);
        if (status.isBufferFull()) {
            context.pause(opened.toArray(TopicPartition[]::new));
        }
    }

    /**
     * Takes all records, or throws before it took any: {@code BUFFER_FULL} with a delay while there is no room. If the
     * catalog has to be asked about a table and does not answer, it takes those before, and knows them when they come again.
     */
    void put(Collection<SinkRecord> records) {
        boolean isRefused = settleFlushes();
        Set<TopicPartition> offered = new HashSet<>();
        records.forEach(record -> offered.add(partition(record)));
        partitions.offered(offered);
        if (isRefused) {
            startOver();
        }
        assignment.resolve();
        if (!records.isEmpty()) {
            refuseIfFull(records.size(), offered);
        }
        reader.preview(records);
        for (SinkRecord record : records) {
            take(record);
        }
        partitions.taken();
        startFlushes();
        upkeep.consider(lanes.keySet());
        holdBack();
        report();
        boolean isBusy = lanes.values().stream().anyMatch(lane -> lane.active() != null || lane.inFlight() != null);
        if (isBusy || assignment.isWaiting()) {
            context.timeout(tickMs());
        }
        if (hasNewCommits) {
            hasNewCommits = false;
            context.requestCommit();
        }
    }

    private long tickMs() {
        return Math.min(TICK_MS, config.getLong(SinkConfig.COMMIT_INTERVAL_MS));
    }

    private void refuseIfFull(int records, Set<TopicPartition> offered) {
        boolean isWaiting = offered.stream().anyMatch(assignment::isWaiting);
        if (pressure.isFull(ownBytes()) || isWaiting) {
            holdBack();
            long delayMs = config.getLong(SinkConfig.BUFFER_RETRY_DELAY_MS);
            context.timeout(delayMs);
            String reason = isWaiting ? "the catalog did not answer yet" : "the buffer is full";
            String error = status.getLastError().isEmpty() ? "" : " (" + status.getLastError() + ")";
            throw new DoLakeException(ErrorCode.BUFFER_FULL, "Cannot take " + records + " records: " + reason + error)
                    .withRetryAfter(Duration.ofMillis(delayMs));
        }
    }

    private void take(SinkRecord record) {
        TopicPartition partition = partition(record);
        long offset = record.originalKafkaOffset();
        if (!partitions.contains(partition) || !partitions.isNew(partition, offset)) {
            return;
        }
        if (partitions.isBeforeSeek(partition, offset)) {
            context.offset(partition, partitions.startAt(partition));
            return;
        }
        DoLakeException refusal = null;
        try {
            // Read before the partition moves on: if that has to wait for the catalog, the record is offered again.
            List<Change> changes = reader.read(record);
            partitions.advance(partition, offset);
            for (Change change : changes) {
                DoLakeException reason = refusals.isEmpty() ? null : refusals.reason(change, partition, offset);
                if (reason == null) {
                    buffer(change, record);
                } else {
                    refusal = reason;
                    isUnsettled = deadLetters.isOn();
                }
            }
            status.taken(!changes.isEmpty());
        } catch (DoLakeException e) {
            if (e.retryAfter().isPresent()) {
                context.timeout(e.retryAfter().get().toMillis());
                throw e;
            }
            partitions.advance(partition, offset);
            refusal = e;
        }
        if (refusal != null) {
            refuse(record, refusal);
        }
    }

    private void buffer(Change change, SinkRecord record) {
        if (lastLane == null || lastLane.table() != change.table()) {
            lastLane = lanes.computeIfAbsent(change.table(), this::newLane);
        }
        TableBuffer buffer = lastLane.active() == null ? lastLane.open(System.currentTimeMillis()) : lastLane.active();
        pressure.grow(buffer.add(change, partition(record), record.originalKafkaOffset(), record.timestamp()));
    }

    private Lane newLane(TableIdentifier table) {
        return new Lane(table, new TableCommitter(table, access, config, connector, taskId, indexSpace));
    }

    /** Puts a record that cannot be taken into the dead letter table or queue, or fails if there is neither. */
    private void refuse(SinkRecord record, DoLakeException e) {
        ErrantRecordReporter reporter = context.errantRecordReporter();
        DoLakeException located =
                RowsRefused.located(e, new RowsRefused.Place(partition(record), record.originalKafkaOffset()));
        if (!deadLetters.isOn() && reporter == null) {
            throw located;
        }
        status.refused();
        if (deadLetters.isOn()) {
            buffer(deadLetters.row(record, e), record);
        } else {
            awaitReport(reporter.report(record, located));
        }
    }

    /** What is reported must not be lost when tables say that they have what came after it. */
    private static void awaitReport(Future<Void> report) {
        try {
            if (report != null) {
                report.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DoLakeException(ErrorCode.INTERNAL_ERROR, "Cannot report a record: interrupted", e);
        } catch (ExecutionException e) {
            throw new DoLakeException(
                    ErrorCode.INTERNAL_ERROR,
                    "Cannot report a record to the dead letter queue: "
                            + e.getCause().getMessage(),
                    e);
        }
    }

    /** Whether rows that a commit refuses may go elsewhere. */
    private boolean isTolerated(Flush flush) {
        return flush.refused() != null
                && (deadLetters.isOn() || context.errantRecordReporter() != null)
                && !deadLetters.isTable(flush.request().buffer().table());
    }

    /** Reads again what is not committed, so that records which a commit refused are turned down by themselves. */
    private void startOver() {
        LOG.info("What waits is read again without the rows that were refused");
        close(List.of());
    }

    /** Notes the commits that have ended; throws if one failed for good. Whether one refused rows that may go elsewhere. */
    private boolean settleFlushes() {
        boolean isRefused = false;
        for (Lane lane : lanes.values()) {
            Flush flush = lane.inFlight();
            if (flush != null && flush.isFinished()) {
                if (isTolerated(flush)) {
                    LOG.warn(
                            "{} row(s) refused, first: {}",
                            flush.refused().rows().size(),
                            flush.failure().toString());
                    refusals.add(flush.request().buffer().table(), flush.refused());
                    isRefused = true;
                    continue;
                }
                if (flush.failure() != null) {
                    throw flush.failure();
                }
                pressure.shrink(flush.request().buffer().bytes());
                lane.finished();
                upkeep.committed(lane.table());
                hasNewCommits = true;
            }
        }
        return isRefused;
    }

    private void startFlushes() {
        long nowMs = System.currentTimeMillis();
        long intervalMs = config.getLong(SinkConfig.COMMIT_INTERVAL_MS);
        boolean isFull = pressure.isFull(ownBytes());
        if (!settleRefusals()) {
            return;
        }
        long requestedAtMs = status.flushRequestedAtMs();
        long waiting = 0;
        List<Lane> fillable = new ArrayList<>();
        for (Lane lane : lanes.values()) {
            waiting += lane.active() == null ? 0 : lane.active().events();
            long openedAtMs = lane.active() == null ? nowMs : lane.active().openedAtMs();
            boolean isDue = isFull || nowMs - openedAtMs >= intervalMs || openedAtMs <= requestedAtMs;
            if (lane.canFlush() && isDue) {
                waiting -= lane.active().events();
                start(lane);
            } else if (lane.canFlush()) {
                fillable.add(lane);
            }
        }
        fillable.sort(
                Comparator.comparingInt((Lane lane) -> lane.active().events()).reversed());
        for (Lane lane : fillable) {
            if (waiting >= config.getInt(SinkConfig.BUFFER_MAX_EVENTS)) {
                waiting -= lane.active().events();
                start(lane);
            }
        }
    }

    /** Starts the commit of refusals that wait, the first of all; false while it cannot be started. */
    private boolean settleRefusals() {
        if (settling != null && settling.isCommitted()) {
            settling = null;
        }
        if (!isUnsettled) {
            return true;
        }
        Lane lane = lanes.get(deadLetters.table());
        if (!lane.canFlush()) {
            return false;
        }
        start(lane);
        settling = lane.inFlight();
        isUnsettled = false;
        return true;
    }

    private void start(Lane lane) {
        TableBuffer buffer = lane.active();
        Map<TopicPartition, Long> next = new HashMap<>();
        Map<TopicPartition, Long> held = new HashMap<>();
        Map<TopicPartition, Long> epochs = new HashMap<>();
        for (TopicPartition partition : buffer.firstOffsets().keySet()) {
            long heldByOthers = held(partition, lane).orElse(partitions.position(partition));
            next.put(partition, deadLetters.isTable(buffer.table()) ? heldByOthers : partitions.position(partition));
            held.put(partition, heldByOthers);
            epochs.put(partition, partitions.epoch(partition));
        }
        CommitRequest request = new CommitRequest(buffer, owner, next, held, epochs, partitions.forgotten());
        Backoff backoff = new Backoff(
                config.getLong(SinkConfig.RETRY_BACKOFF_MS), config.getLong(SinkConfig.RETRY_BACKOFF_MAX_MS));
        Flush flush = new Flush(lane.committer(), request, status, backoff, settling);
        lane.started(flush);
        flushers.execute(flush);
    }

    /** The first offset of a partition that some table other than {@code except}'s (null: any) does not hold. */
    private OptionalLong held(TopicPartition partition, Lane except) {
        return lanes.values().stream()
                .filter(lane -> lane != except)
                .map(lane -> lane.firstPending(partition))
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .min();
    }

    /** The offsets up to which the lake holds all; where nothing waits, the framework's own. */
    Map<TopicPartition, OffsetAndMetadata> heldOffsets(Map<TopicPartition, OffsetAndMetadata> current) {
        Map<TopicPartition, OffsetAndMetadata> result = new HashMap<>();
        current.forEach((partition, offset) -> {
            if (partitions.contains(partition) && !assignment.isWaiting(partition)) {
                long bound = held(partition, null).orElse(partitions.bound(partition));
                refusals.forgetBelow(partition, Math.min(bound, offset.offset()));
                result.put(partition, bound < offset.offset() ? new OffsetAndMetadata(bound) : offset);
            }
        });
        return result;
    }

    private void holdBack() {
        boolean wasFull = status.isBufferFull();
        boolean isFull = wasFull ? !pressure.isRelieved(ownBytes()) : pressure.isFull(ownBytes());
        if (isFull && !wasFull) {
            LOG.warn("buffer_full: {} bytes in buffers, partitions paused", pressure.usedBytes());
            context.pause(partitions.all().toArray(TopicPartition[]::new));
        } else if (wasFull && !isFull) {
            LOG.info("Buffers drained to {} bytes, partitions resumed", pressure.usedBytes());
            context.resume(partitions.all().stream()
                    .filter(partition -> !assignment.isWaiting(partition))
                    .toArray(TopicPartition[]::new));
        }
        status.bufferFull(isFull);
    }

    private long ownBytes() {
        return lanes.values().stream().mapToLong(Lane::bytes).sum();
    }

    private void report() {
        long events = 0;
        long oldestMs = Long.MAX_VALUE;
        long newestMs = 0;
        SinkStatus.Indexes indexes = SinkStatus.Indexes.NONE;
        for (Lane lane : lanes.values()) {
            events += lane.events();
            indexes = indexes.plus(lane.committer());
            List<TableBuffer> buffers = new ArrayList<>();
            if (lane.inFlight() != null) {
                buffers.add(lane.inFlight().request().buffer());
            }
            if (lane.active() != null) {
                buffers.add(lane.active());
            }
            for (TableBuffer buffer : buffers) {
                oldestMs = Math.min(oldestMs, buffer.openedAtMs());
                newestMs = Math.max(newestMs, buffer.openedAtMs());
            }
        }
        status.buffers(new SinkStatus.Buffers(ownBytes(), events, oldestMs == Long.MAX_VALUE ? 0 : oldestMs, newestMs));
        status.indexes(indexes);
    }

    /**
     * Gives partitions up. Commits under way are waited for, what waits in the buffers is dropped: the next owner reads it
     * again, and so does this task for the partitions it keeps.
     */
    void close(Collection<TopicPartition> closed) {
        long deadlineNs =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.getLong(SinkConfig.CLOSE_TIMEOUT_MS));
        lanes.values().stream()
                .map(Lane::inFlight)
                .filter(flush -> flush != null)
                .forEach(Flush::cancel);
        for (Lane lane : lanes.values()) {
            Flush flush = lane.inFlight();
            long leftMs = Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime()));
            if (flush != null && flush.await(leftMs) && flush.isCommitted()) {
                pressure.shrink(flush.request().buffer().bytes());
                lane.finished();
            }
        }
        Map<TopicPartition, Long> rewinds = new HashMap<>();
        for (TopicPartition partition : partitions.all()) {
            held(partition, null).ifPresent(offset -> rewinds.put(partition, offset));
        }
        List<Lane> stuck = new ArrayList<>();
        for (Lane lane : lanes.values()) {
            pressure.shrink(lane.bytes());
            lane.discardActive();
            if (lane.inFlight() != null && !lane.inFlight().isFinished()) {
                stuck.add(lane);
                lane.inFlight().abandon();
            }
            lane.finished();
        }
        // A commit that may still be under way keeps its committer to itself.
        lanes.values().removeAll(stuck);
        lastLane = null;
        isUnsettled = false;
        settling = null;
        for (TopicPartition partition : closed) {
            lanes.values().forEach(lane -> lane.committer().forget(partition));
            assignment.close(partition);
            refusals.forget(partition);
            rewinds.remove(partition);
        }
        rewinds.forEach(assignment::rewind);
        if (!partitions.all().isEmpty()) {
            holdBack();
        }
        report();
    }

    void stop() {
        close(partitions.all());
        flushers.shutdownNow();
        upkeep.stop();
        status.unregister();
        indexSpace.close();
        catalog.close();
    }

    /** The same object as for the record before, mostly: hashes of topics are dear. */
    private TopicPartition partition(SinkRecord record) {
        boolean isLast = lastPartition != null
                && lastPartition.partition() == record.originalKafkaPartition()
                && lastPartition.topic().equals(record.originalTopic());
        if (!isLast) {
            lastPartition = new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
        }
        return lastPartition;
    }
}
