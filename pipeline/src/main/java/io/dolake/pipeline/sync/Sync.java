/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sync;

import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * Waits until all that was committed in a database before the call is visible in the lake: first until the source
 * connector has committed an offset at or past the newest LSN, then until the sink has committed all that stands in the
 * topics of the database at that moment.
 */
public final class Sync {
    /** Asking costs the worker a consumer each time, so that a long wait asks less and less often. */
    private static final Duration FIRST_INTERVAL = Duration.ofMillis(100);

    private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(1);

    private final DoSqlClient engine;
    private final ConnectRest connect;
    private final SinkProgress sink;

    public Sync(DoSqlClient engine, ConnectRest connect, SinkProgress sink) {
        this.engine = engine;
        this.connect = connect;
        this.sink = sink;
    }

    /** @param lsn visible in the lake */
    public record Result(Lsn lsn, Duration took) {}

    /**
     * Returns when the lake has caught up.
     *
     * @throws DoLakeException TIMEOUT, saying where it stands; or why a connector has failed
     */
    public Result await(String database, Duration timeout) {
        DatabaseStatus status = engine.status(database);
        return await(database, status.epoch(), status.lsn(), timeout);
    }

    /** The same for an LSN that is already known. */
    public Result await(String database, String epoch, Lsn target, Duration timeout) {
        Clock clock = new Clock(timeout);
        awaitSource(database, epoch, target, clock);
        awaitSink(database, target, clock);
        return new Result(target, clock.elapsed());
    }

    private void awaitSource(String database, String epoch, Lsn target, Clock clock) {
        Optional<SourcePosition> position = SourcePositions.read(connect).of(database);
        while (position.filter(at -> at.hasSent(epoch, target)).isEmpty()) {
            refuseFailed(Pipeline.SOURCE);
            Optional<SourcePosition> last = position;
            clock.pause(() -> "Cannot sync " + database + " up to LSN " + target + ": the source connector "
                    + last.map(at -> at.snapshotting()
                                    ? "is still taking the initial snapshot"
                                    : "has sent up to LSN " + at.lsn()
                                            + (at.epoch().equals(epoch) ? "" : " of an earlier epoch"))
                            .orElse("has not begun with the database"));
            position = SourcePositions.read(connect).of(database);
        }
    }

    private void awaitSink(String database, Lsn target, Clock clock) {
        Map<TopicPartition, Long> ends = sink.ends(database);
        Map<TopicPartition, Long> behind = sink.behind(ends);
        while (!behind.isEmpty()) {
            refuseFailed(Pipeline.SINK);
            long records = behind.values().stream().mapToLong(Long::longValue).sum();
            int topics = behind.size();
            clock.pause(() -> "Cannot sync " + database + " up to LSN " + target + ": the sink connector has up to "
                    + records + " records of " + topics + " topic partitions to commit");
            behind = sink.behind(ends);
        }
    }

    private void refuseFailed(String connector) {
        String failure;
        try {
            failure = connect.state(connector).failure();
        } catch (DoLakeException e) {
            if (e.code() == ErrorCode.CONNECTION_ERROR) {
                return; // a rebalance; the deadline covers the rest
            }
            throw e;
        }
        if (failure != null) {
            throw new DoLakeException(
                            ErrorCode.CONNECTION_ERROR,
                            "Cannot sync: connector " + connector + " has failed, " + failure)
                    .withHint("Remove the cause, then restart it: curl -X POST '" + connect.worker() + "/connectors/"
                            + connector + "/restart?includeTasks=true&onlyFailed=true'. Nothing is lost meanwhile.");
        }
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
