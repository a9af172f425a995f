/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.buffer.RowsRejectedException;
import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.commit.CommitJob;
import io.dolake.sink.row.Change;
import io.dolake.sink.row.RecordPosition;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where records go that no table accepts: to the dead-letter table, to the worker's dead letter queue, or nowhere, in
 * which case the table or partition is suspended.
 *
 * <p>After a commit refused a record, no table may commit offsets beyond that record before its dead letter is
 * committed: the task might end, and nobody would know of the refusal. So dead letters of commits go first ({@link
 * #unsettled}).
 *
 * <p>Used by the task's thread.
 */
final class ErrantRecords {
    private static final Logger LOG = LoggerFactory.getLogger(ErrantRecords.class);

    private final SinkTaskContext context;
    private final DeadLetterTable deadLetters;
    private final RejectedRows refusals = new RejectedRows();
    /** Whether a record that a commit refused is in the buffer of the dead-letter table. */
    private boolean isUnsettled;
    /** The commit of such records; null once it has succeeded. */
    private CommitJob settling;

    ErrantRecords(SinkTaskContext context, DeadLetterTable deadLetters) {
        this.context = context;
        this.deadLetters = deadLetters;
    }

    /** Why a commit refused a change, if one did. */
    Optional<DoLakeException> reason(Change change, TopicPartition partition, long offset) {
        if (refusals.isEmpty()) {
            return Optional.empty();
        }
        DoLakeException reason = refusals.reason(change, partition, offset);
        isUnsettled |= reason != null && deadLetters.isOn();
        return Optional.ofNullable(reason);
    }

    /**
     * Sends a record to the dead letters. Returns the dead-letter row to buffer, or empty if the worker's queue took
     * it.
     *
     * <p>Only where {@link #canPutAside}.
     */
    Optional<Change.Upsert> putAside(SinkRecord record, RecordPosition place, DoLakeException reason) {
        if (deadLetters.isOn()) {
            return Optional.of(deadLetters.row(record, reason));
        }
        awaitReport(context.errantRecordReporter().report(record, RowsRejectedException.located(reason, place)));
        return Optional.empty();
    }

    /** Whether there is a place for refused records. */
    boolean canPutAside(TableWriters writers) {
        return deadLetters.isOn() ? !writers.isSuspended(deadLetters.table()) : context.errantRecordReporter() != null;
    }

    boolean isDeadLetters(TableWriter writer) {
        return deadLetters.isTable(writer.table());
    }

    /** Forgets what commits to a table have refused: the table may accept it now. */
    void forget(TableIdentifier table) {
        refusals.forget(table);
    }

    /** A reported record must not be lost once tables commit offsets beyond it. */
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

    /**
     * Remembers the rows that a commit refused, so that they become dead letters when they are read again. False if the
     * commit must fail.
     */
    boolean note(CommitJob job, TableWriters writers) {
        boolean isTolerated = job.refused() != null
                && canPutAside(writers)
                && !deadLetters.isTable(job.request().buffer().table());
        if (isTolerated) {
            LOG.warn(
                    "{} row(s) refused, first: {}",
                    job.refused().rows().size(),
                    job.failure().toString());
            refusals.add(job.request().buffer().table(), job.refused());
        }
        return isTolerated;
    }

    /** The writer whose commit has to start before any other; empty if there is none. */
    Optional<TableWriter> unsettled(TableWriters writers) {
        return isUnsettled ? Optional.of(writers.of(deadLetters.table())) : Optional.empty();
    }

    /** That commit is under way: all others wait for it. */
    void settling(CommitJob job) {
        settling = job;
        isUnsettled = false;
    }

    /** A commit that has to succeed before another one is tried; null if there is none. */
    CommitJob first() {
        if (settling != null && settling.isCommitted()) {
            settling = null;
        }
        return settling;
    }

    /**
     * The dead-letter table is complete only up to what all other tables hold: one of their commits may refuse records
     * that were read long before.
     */
    boolean holdsOnlyWhatOthersHold(TableBuffer buffer) {
        return deadLetters.isTable(buffer.table());
    }

    /** Buffers are dropped, and their content is read again. */
    void startOver() {
        isUnsettled = false;
        settling = null;
    }

    /** Forgets records below an offset, which will not be read again. */
    void forgetBelow(TopicPartition partition, long offset) {
        refusals.forgetBelow(partition, offset);
    }

    void forget(TopicPartition partition) {
        refusals.forget(partition);
    }
}
