/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sync;

import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.pipeline.health.Ailment;
import io.dolake.pipeline.health.Health;
import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RunState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * Waits until all that was committed in a database before the call is visible in the lake: first until the source
 * connector has committed an offset at or past the newest LSN, then until the sink has committed all that stands in the
 * topics of the database at that moment, by its position in the source. An obstacle is reported at once; a suspended
 * table does not keep the command from waiting for the others.
 */
public final class Sync {
    /** Each request costs the worker a consumer, so that a long wait asks less and less often. */
    private static final Duration FIRST_INTERVAL = Duration.ofMillis(100);

    private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(1);
    /** The other tasks take over the topics of a failed one: it is an obstacle only if nothing moves for this long. */
    private static final Duration HANDOVER = Duration.ofSeconds(5);
    /**
     * The sink suspends a recreated topic as soon as it reads from it. If nothing moves for this long, there is nothing
     * to read.
     */
    private static final Duration NOTICE = Duration.ofSeconds(30);

    private final DoSqlClient engine;
    private final ConnectRest connect;
    private final SinkProgress sink;
    private final Health health;

    public Sync(DoSqlClient engine, ConnectRest connect, SinkProgress sink, Health health) {
        this.engine = engine;
        this.connect = connect;
        this.sink = sink;
        this.health = health;
    }

    /**
     * @param lsn visible in the lake
     * @param suspended tables for which that is not true
     */
    public record Result(String database, Lsn lsn, Duration took, List<Ailment> suspended) {

        /** Throws if some table is suspended. */
        public Result orThrow() {
            if (suspended.isEmpty()) {
                return this;
            }
            Ailment first = suspended.get(0);
            String more = suspended.size() == 1 ? "" : "; and " + (suspended.size() - 1) + " more";
            throw new DoLakeException(
                            first.code(),
                            "Cannot sync " + database + ": " + first.line() + more
                                    + "; its other tables are in the lake up to LSN " + lsn)
                    .withHint(first.remedy().isEmpty() ? "./dolake status shows them all." : first.remedy());
        }
    }

    /**
     * Returns when the lake has caught up.
     *
     * @throws DoLakeException why the database or a connector cannot continue; TIMEOUT, with the position reached
     */
    public Result await(String database, Duration timeout) {
        DatabaseStatus status = engine.status(database);
        return await(database, status.epoch(), status.lsn(), timeout);
    }

    /** The same for an LSN that is already known. */
    public Result await(String database, String epoch, Lsn target, Duration timeout) {
        Clock clock = new Clock(timeout);
        awaitSource(database, epoch, target, clock);
        List<Ailment> suspended = awaitSink(database, target, clock);
        return new Result(database, target, clock.elapsed(), suspended);
    }

    private void awaitSource(String database, String epoch, Lsn target, Clock clock) {
        Optional<SourcePosition> position = SourcePositions.read(connect).of(database);
        while (position.filter(at -> at.hasSent(epoch, target)).isEmpty()) {
            Optional<SourcePosition> last = position;
            refuse(database, obstacle(database, Pipeline.SINK));
            clock.pause(() -> "Cannot sync " + database + " up to LSN " + target + ": the source connector "
                    + last.map(at -> at.snapshotting()
                                    ? "is still taking the initial snapshot"
                                    : "has sent up to LSN " + at.lsn()
                                            + (at.epoch().equals(epoch) ? "" : " of an earlier epoch"))
                            .orElse("has not begun with the database"));
            position = SourcePositions.read(connect).of(database);
        }
    }

    /** Returns the tables that are suspended. */
    private List<Ailment> awaitSink(String database, Lsn target, Clock clock) {
        Map<TopicPartition, Long> ends = sink.ends(database);
        Map<TopicPartition, Gap> gaps = sink.gaps(ends);
        List<Ailment> suspended = tables(database);
        long movedNanos = System.nanoTime();
        while (!isDone(gaps, suspended)) {
            long stillNanos = System.nanoTime() - movedNanos;
            if (stillNanos > HANDOVER.toNanos()) {
                refuse(database, obstacle(database, Pipeline.SOURCE));
            }
            if (stillNanos > NOTICE.toNanos()) {
                refuseOtherTopics(database, gaps, suspended);
            }
            String where = where(gaps);
            clock.pause(() -> "Cannot sync " + database + " up to LSN " + target + ": the sink connector " + where);
            Map<TopicPartition, Gap> now = sink.gaps(ends);
            movedNanos = now.equals(gaps) ? movedNanos : System.nanoTime();
            gaps = now;
            suspended = tables(database);
        }
        return suspended;
    }

    private static String where(Map<TopicPartition, Gap> gaps) {
        long records = gaps.values().stream().mapToLong(Gap::records).sum();
        List<String> notTold = gaps.entrySet().stream()
                .filter(gap -> gap.getValue().cause() == Gap.Cause.NOT_TOLD)
                .map(gap -> gap.getKey().toString())
                .sorted()
                .toList();
        return "has up to " + records + " records of " + gaps.size() + " topic partitions to commit"
                + (notTold.isEmpty()
                        ? ""
                        : ", and has not yet reported the record of its offset in " + notTold.get(0)
                                + (notTold.size() == 1 ? "" : " and " + (notTold.size() - 1) + " more"));
    }

    private static void refuseOtherTopics(String database, Map<TopicPartition, Gap> gaps, List<Ailment> suspended) {
        gaps.forEach((partition, gap) -> {
            if (gap.cause() == Gap.Cause.OTHER_TOPIC && !isOf(suspended, partition)) {
                throw new DoLakeException(
                                ErrorCode.TOPIC_REPLACED,
                                "Cannot sync " + database + ": " + partition.topic()
                                        + " was recreated or has lost its data: it lacks what the lake holds")
                        .withHint("When the sink reads the next change of the table, it suspends the table;"
                                + " then ./dolake resume --lake --from start continues with what the topic"
                                + " has. What only the deleted topic had comes with a new snapshot of the"
                                + " source.");
            }
        });
    }

    /** Whether only suspended tables are incomplete. */
    private static boolean isDone(Map<TopicPartition, Gap> gaps, List<Ailment> suspended) {
        return gaps.keySet().stream().allMatch(partition -> isOf(suspended, partition));
    }

    private static boolean isOf(List<Ailment> suspended, TopicPartition partition) {
        return suspended.stream().anyMatch(table -> table.held().contains(partition.toString()));
    }

    private List<Ailment> tables(String database) {
        return health.concerning(database).stream()
                .filter(ailment -> ailment.kind() == Ailment.Kind.TABLE)
                .toList();
    }

    /** What stops the whole database; ailments of one connector do not count while the other one is waited for. */
    private Optional<Ailment> obstacle(String database, String other) {
        return health.concerning(database).stream()
                .filter(ailment -> ailment.kind() != Ailment.Kind.TABLE)
                .filter(ailment -> ailment.state() != RunState.STARTING && ailment.state() != RunState.STREAMING)
                .filter(ailment -> !ailment.where().equals(other))
                .filter(ailment -> ailment.kind() != Ailment.Kind.PART) // a rebalance; the deadline covers the rest
                .findFirst();
    }

    private static void refuse(String database, Optional<Ailment> obstacle) {
        obstacle.ifPresent(found -> {
            throw new DoLakeException(found.code(), "Cannot sync " + database + ": " + found.line())
                    .withHint(found.remedy().isEmpty() ? "./dolake status shows more." : found.remedy());
        });
    }

    private static final class Clock {
        private final long start = System.nanoTime();
        private final Duration timeout;
        private long intervalMs = FIRST_INTERVAL.toMillis();

        Clock(Duration timeout) {
            this.timeout = timeout;
        }

        Duration elapsed() {
            return Duration.ofNanos(System.nanoTime() - start);
        }

        void pause(java.util.function.Supplier<String> message) {
            if (elapsed().compareTo(timeout) > 0) {
                throw new DoLakeException(ErrorCode.TIMEOUT, message.get() + " after " + timeout.toSeconds() + " s")
                        .withHint("Wait longer with --timeout SECONDS; ./dolake status shows whether it moves.");
            }
            try {
                Thread.sleep(intervalMs);
                intervalMs = Math.min(intervalMs * 3 / 2, LONGEST_INTERVAL.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DoLakeException(ErrorCode.TIMEOUT, "Cannot wait for the lake: interrupted", e);
            }
        }
    }
}
