/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
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
    /** How often a task with nothing to do looks for partitions that came, or for what is to go on, and says how it stands. */
    private static final long LOOK_MS = 1000;

    private final SinkConfig config;
    private final SinkTaskContext context;
    private final LazyCatalog catalog;
    private final TableAccess access;
    private final String connector;
    private final int taskId;
    private final SinkStatus status;
    private final RecordReader reader;
    private final Intake intake;
    private final Partitions partitions;
    private final Assignment assignment;
    private final Pressure pressure;
    private final ExecutorService flushers;
    private final Upkeep upkeep;
    private final IndexSpace indexSpace;
    private final Lanes lanes = new Lanes(this::committer);
    private final RefusedRecords refused;
    private final SetAside aside;
    private final LookBack lookBack;
    private final TopicIds topicIds;
    private final Resumption resumption;
    private String owner = UUID.randomUUID().toString();
    private long reportedAtNs = System.nanoTime();
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
        this.partitions = new Partitions(config, status, new LogStarts(config, connector, taskId));
        this.topicIds = new TopicIds(config);
        this.aside = new SetAside(context, lanes, status, connector);
        this.lookBack = new LookBack(config, context, partitions, lanes, aside, access, connector);
        this.assignment = new Assignment(
                context,
                new StartOffsets(access, routing, connector),
                partitions,
                status,
                lanes,
                aside,
                topicIds,
                lookBack,
                config.getInt(SuspensionConfig.UNKNOWN_RETRIES));
        this.pressure = new Pressure(config, WorkerBudget.SHARED);
        this.refused = new RefusedRecords(context, new DeadLetters(config, connector));
        this.intake = new Intake(
                config,
                context,
                reader,
                access,
                routing,
                lanes,
                partitions,
                assignment,
                lookBack,
                aside,
                refused,
                pressure,
                status);
        this.resumption =
                new Resumption(lanes, aside, partitions, assignment, lookBack, access, routing, refused, this);
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
        context.timeout(LOOK_MS);
    }

    void open(Collection<TopicPartition> opened) {
        assignment.open(opened);
        if (status.isBufferFull()) {
            context.pause(opened.toArray(TopicPartition[]::new));
        }
    }

    /**
     * Takes all records, or throws before it took any: {@code BUFFER_FULL} with a delay while there is no room. If the
     * catalog has to be asked about a table and does not answer, it takes those before, and knows them when they come again. What
     * cannot be taken is set aside, with nothing but its table, or its partition if it has no table.
     */
    void put(Collection<SinkRecord> records) {
        boolean isToReadAgain = settleFlushes();
        Map<TopicPartition, Long> ends = new HashMap<>();
        records.forEach(record -> ends.put(intake.partition(record), record.originalKafkaOffset() + 1));
        partitions.offered(ends);
        if (isToReadAgain) {
            startOver();
        }
        resumption.look(status);
        assignment.resolve();
        if (!records.isEmpty()) {
            refuseIfFull(records.size(), ends.keySet());
        }
        reader.preview(records);
        for (SinkRecord record : records) {
            intake.take(record);
        }
        lookBack.look(this::startOver);
        partitions.taken();
        startFlushes();
        upkeep.consider(lanes.tables());
        holdBack();
        boolean isTold = report();
        if (lanes.isBusy() || assignment.isWaiting() || lookBack.isBusy()) {
            context.timeout(tickMs());
        } else if (!aside.isEmpty() || !isTold || partitions.isEmpty()) {
            context.timeout(LOOK_MS);
        }
        if (hasNewCommits || lookBack.asks()) {
            hasNewCommits = false;
            context.requestCommit();
        }
    }

    private long tickMs() {
        return Math.min(TICK_MS, config.getLong(SinkConfig.COMMIT_INTERVAL_MS));
    }

    private void refuseIfFull(int records, Set<TopicPartition> offered) {
        boolean isWaiting = offered.stream().anyMatch(assignment::isWaiting);
        if (pressure.isFull(lanes.bytes()) || isWaiting) {
            holdBack();
            long delayMs = config.getLong(SinkConfig.BUFFER_RETRY_DELAY_MS);
            context.timeout(delayMs);
            String reason = isWaiting ? "the catalog did not answer yet" : "the buffer is full";
            String error = status.getLastError().isEmpty() ? "" : " (" + status.getLastError() + ")";
            throw new DoLakeException(ErrorCode.BUFFER_FULL, "Cannot take " + records + " records: " + reason + error)
                    .withRetryAfter(Duration.ofMillis(delayMs));
        }
    }

    private TableCommitter committer(TableIdentifier table) {
        return new TableCommitter(table, access, config, connector, taskId, indexSpace);
    }

    /** Reads again what is not committed, so that records which a commit refused are turned down by themselves. */
    void startOver() {
        LOG.info("What waits is read again");
        close(List.of());
    }

    /** Has its commits told from those before: offsets that this task wrote of a topic that is gone are another's. */
    void renewOwner() {
        owner = UUID.randomUUID().toString();
    }

    /** Notes the commits that have ended, and sets aside the tables of those that failed for good; whether to start over. */
    private boolean settleFlushes() {
        boolean isToReadAgain = false;
        for (Lane lane : lanes.all()) {
            Flush flush = lane.inFlight();
            if (flush == null || !flush.isFinished()) {
                continue;
            }
            if (flush.isHeldUp() || refused.note(flush, lanes)) {
                status.settled(lane.table());
                isToReadAgain = true;
            } else if (flush.failure() != null) {
                if (flush.failure().code() == ErrorCode.TASK_FENCED) {
                    throw flush.failure();
                }
                Object owner = flush.failure().details().get(SourceTables.OWNER);
                if (owner != null) {
                    // Now it is known: records of others are turned down one by one.
                    lane.belongsTo(owner.toString());
                    status.settled(lane.table());
                    isToReadAgain = true;
                    continue;
                }
                pressure.shrink(lane.bytes());
                aside.failed(lane);
                isToReadAgain |= refused.isDeadLetters(lane);
            } else {
                pressure.shrink(flush.request().buffer().bytes());
                lane.committed();
                upkeep.committed(lane.table());
                hasNewCommits = true;
            }
        }
        return isToReadAgain;
    }

    private void startFlushes() {
        long nowMs = System.currentTimeMillis();
        long intervalMs = config.getLong(SinkConfig.COMMIT_INTERVAL_MS);
        boolean isFull = pressure.isFull(lanes.bytes());
        if (!startUnsettled()) {
            return;
        }
        long requestedAtMs = status.flushRequestedAtMs();
        long waiting = 0;
        List<Lane> fillable = new ArrayList<>();
        for (Lane lane : lanes.all()) {
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

    /** Starts the commit that goes before all others, if there is one; false while it cannot be started. */
    private boolean startUnsettled() {
        Optional<Lane> unsettled = refused.unsettled(lanes);
        if (unsettled.isPresent() && unsettled.get().isSuspended()) {
            return true;
        }
        if (unsettled.isPresent() && unsettled.get().canFlush()) {
            start(unsettled.get());
            refused.settling(unsettled.get().inFlight());
            return true;
        }
        return unsettled.isEmpty();
    }

    private void start(Lane lane) {
        boolean isLast = refused.holdsOnlyWhatOthersHold(lane.active());
        Flush flush = new Flush(
                lane.committer(),
                CommitRequest.of(lane, lanes, partitions, owner, isLast),
                status,
                config,
                refused.first());
        lane.started(flush);
        flushers.execute(flush);
    }

    /** The offsets up to which the lake holds all; where nothing waits, the framework's own. With what was last taken before. */
    Map<TopicPartition, OffsetAndMetadata> heldOffsets(Map<TopicPartition, OffsetAndMetadata> current) {
        Map<TopicPartition, OffsetAndMetadata> result = new HashMap<>();
        current.forEach((partition, offset) -> {
            lookBack.delivered(partition, offset.offset());
            if (partitions.contains(partition) && !assignment.isWaiting(partition) && !aside.holds(partition)) {
                partitions.delivered(partition, offset.offset());
                long bound = lanes.held(partition, null).orElse(partitions.bound(partition));
                refused.forgetBelow(partition, Math.min(bound, offset.offset()));
                long next = Math.min(bound, offset.offset());
                result.put(partition, partitions.groupOffset(partition, next, lookBack.isConcerned(partition)));
            }
        });
        return lookBack.isUnderWay() ? Map.of() : result;
    }

    private void holdBack() {
        boolean wasFull = status.isBufferFull();
        boolean isFull = wasFull ? !pressure.isRelieved(lanes.bytes()) : pressure.isFull(lanes.bytes());
        if (isFull && !wasFull) {
            LOG.warn("buffer_full: {} bytes in buffers, partitions paused", pressure.usedBytes());
            context.pause(partitions.all().toArray(TopicPartition[]::new));
        } else if (wasFull && !isFull) {
            LOG.info("Buffers drained to {} bytes, partitions resumed", pressure.usedBytes());
            context.resume(partitions.all().stream()
                    .filter(partition -> !assignment.isWaiting(partition) && !aside.holds(partition))
                    .toArray(TopicPartition[]::new));
        }
        status.bufferFull(isFull);
    }

    /** Tells how things are; false if that of the tables, which takes longer, has to wait: for its time, or for commits. */
    private boolean report() {
        status.buffers(lanes.buffers());
        status.indexes(lanes.indexes());
        long nowNs = System.nanoTime();
        boolean isNews = aside.hasChanged() || hasNewCommits && !lanes.isBusy();
        if (!isNews && nowNs - reportedAtNs < TimeUnit.MILLISECONDS.toNanos(LOOK_MS)) {
            return false;
        }
        reportedAtNs = nowNs;
        status.tables(TableStates.of(lanes, aside, partitions, status.tableErrors()));
        return true;
    }

    /**
     * Gives partitions up. Commits under way are waited for, what waits in the buffers is dropped: the next owner reads it
     * again, and so does this task for the partitions it keeps.
     */
    void close(Collection<TopicPartition> closed) {
        long deadlineNs =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.getLong(SinkConfig.CLOSE_TIMEOUT_MS));
        lanes.all().stream().map(Lane::inFlight).filter(flush -> flush != null).forEach(Flush::cancel);
        for (Lane lane : lanes.all()) {
            Flush flush = lane.inFlight();
            long leftMs = Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime()));
            if (flush != null && flush.await(leftMs) && flush.isCommitted()) {
                pressure.shrink(flush.request().buffer().bytes());
                lane.committed();
            }
        }
        Map<TopicPartition, Long> rewinds = new HashMap<>();
        for (TopicPartition partition : partitions.all()) {
            lanes.buffered(partition).ifPresent(offset -> rewinds.put(partition, offset));
        }
        List<Lane> stuck = new ArrayList<>();
        for (Lane lane : lanes.all()) {
            pressure.shrink(lane.bytes());
            lane.discardActive();
            if (lane.inFlight() != null && !lane.inFlight().isFinished()) {
                stuck.add(lane);
                lane.inFlight().abandon();
            }
            lane.discardInFlight();
            status.settled(lane.table());
        }
        // A commit that may still be under way keeps its committer to itself.
        lanes.renew(stuck);
        refused.startOver();
        for (TopicPartition partition : closed) {
            lanes.all().forEach(lane -> lane.committer().forget(partition));
            assignment.close(partition);
            aside.forget(partition);
            refused.forget(partition);
            rewinds.remove(partition);
        }
        rewinds.keySet().removeIf(aside::holds);
        rewinds.forEach(assignment::rewind);
        if (!partitions.all().isEmpty()) {
            holdBack();
        }
        report();
    }

    SinkStatus status() {
        return status;
    }

    String connector() {
        return connector;
    }

    void stop() {
        close(partitions.all());
        flushers.shutdownNow();
        upkeep.stop();
        status.unregister();
        indexSpace.close();
        assignment.stop();
        topicIds.close();
        catalog.close();
    }
}
