/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.catalog.FailureClassifier;
import io.dolake.sink.offsets.PartitionOffsets;
import io.dolake.sink.record.RecordRouter;
import io.dolake.sink.status.ResumeRequest;
import io.dolake.sink.status.SinkStatus;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.table.TableOffsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resumes suspended tables and partitions on request: the partitions are read again from where they stood, and all
 * other tables skip the records that they have. Used by the task's thread.
 */
final class Resumption {
    private static final Logger LOG = LoggerFactory.getLogger(Resumption.class);

    private final TableWriters writers;
    private final Suspensions suspensions;
    private final PartitionOffsets partitions;
    private final PartitionAssignment assignment;
    private final LookBack lookBack;
    private final TableAccess access;
    private final RecordRouter router;
    private final ErrantRecords refused;
    private final CommitScheduler commits;
    private final Revocation revocation;
    private final String connector;

    Resumption(
            TableWriters writers,
            Suspensions suspensions,
            PartitionOffsets partitions,
            PartitionAssignment assignment,
            LookBack lookBack,
            TableAccess access,
            RecordRouter router,
            ErrantRecords refused,
            CommitScheduler commits,
            Revocation revocation,
            String connector) {
        this.writers = writers;
        this.suspensions = suspensions;
        this.partitions = partitions;
        this.assignment = assignment;
        this.lookBack = lookBack;
        this.access = access;
        this.router = router;
        this.refused = refused;
        this.commits = commits;
        this.revocation = revocation;
        this.connector = connector;
    }

    /** Handles the requests that have arrived since the last call. */
    void look(SinkStatus status) {
        for (ResumeRequest request = status.nextResume(); request != null; request = status.nextResume()) {
            if (!request.isGivenUp()) {
                answer(request);
            }
        }
    }

    private void answer(ResumeRequest request) {
        try {
            resume(request);
            request.done();
        } catch (DoLakeException e) {
            request.refused(e);
        } catch (RuntimeException e) {
            request.refused(FailureClassifier.explain("resume " + request.table(), e, "the table's location")
                    .error());
        }
    }

    private void resume(ResumeRequest request) {
        String from = request.from();
        if (!from.isEmpty() && !from.equals(ResumeRequest.HELD) && !from.equals(ResumeRequest.START)) {
            throw refusal(ErrorCode.INVALID_ARGUMENT, request, "from is '" + from + "', not held or start");
        }
        for (TopicPartition partition : suspensions.partitions()) {
            if (partition.toString().equals(request.table())) {
                resume(partition, request);
                return;
            }
        }
        TableWriter writer = suspended(request);
        boolean isReplaced = writer.suspension().code() == ErrorCode.TABLE_REPLACED;
        refuseUnlessSaid(isReplaced, request);
        // Only then: a table that cannot be read would delay all others for as long as Iceberg retries.
        Optional<Table> table = isReplaced ? access.load(writer.table()) : Optional.empty();
        // Commits under way end before anything about the table is forgotten. If one hangs, the writer gets a new
        // committer.
        revocation.startOver();
        resume(suspended(request), isReplaced, table, request);
    }

    private TableWriter suspended(ResumeRequest request) {
        return writers.all().stream()
                .filter(candidate ->
                        candidate.isSuspended() && candidate.table().toString().equals(request.table()))
                .findFirst()
                .orElseThrow(() -> refusal(
                        ErrorCode.TABLE_NOT_FOUND,
                        request,
                        "it is not suspended in this task, or there is no such table"));
    }

    private void resume(TableWriter writer, boolean isReplaced, Optional<Table> table, ResumeRequest request) {
        Map<TopicPartition, Long> pins = suspensions.release(writer);
        Map<TopicPartition, Long> lacks = new HashMap<>(pins);
        // A restored table lacks more than it did when it was suspended.
        table.ifPresent(found ->
                lacks.replaceAll((partition, offset) -> TableOffsets.read(found.properties(), connector, partition)
                        .map(stored -> Math.min(stored.next(), offset))
                        .orElse(offset)));
        if (request.from().equals(ResumeRequest.START)) {
            partitions.all().stream()
                    .filter(partition -> mayFeed(partition, writer))
                    .forEach(partition -> lacks.put(partition, 0L));
            lacks.replaceAll((partition, offset) -> 0L);
        }
        writer.committer().startAnew(isReplaced);
        refused.forget(writer.table());
        lacks.forEach((partition, offset) -> {
            if (partitions.contains(partition)) {
                writer.refill(partition, offset, Math.max(lookBack.base(partition), pins.getOrDefault(partition, 0L)));
                lookBack.giveUp(partition);
                assignment.rewind(partition, Math.min(offset, partitions.next(partition)));
            }
        });
        LOG.info("Table {} resumes from {}", writer.table(), lacks);
    }

    /** Whether rows of a partition may belong to a table, as far as this can be told without reading the table. */
    private boolean mayFeed(TopicPartition partition, TableWriter writer) {
        return !router.isByTemplate()
                || writer.takesFrom(partition) != null
                || writer.sources().containsKey(partition)
                || router.tableOfTopic(partition.topic())
                        .filter(writer.table()::equals)
                        .isPresent();
    }

    private void resume(TopicPartition partition, ResumeRequest request) {
        Suspensions.Held held = suspensions.held(partition);
        boolean isReplaced = held.why().code() == ErrorCode.TOPIC_REPLACED;
        boolean isGap = held.why().code() == ErrorCode.CDC_LSN_NOT_FOUND;
        refuseUnlessSaid(isReplaced, request);
        if (held.why().code() == ErrorCode.TABLE_OF_ANOTHER_SOURCE) {
            // Its table is asked again which source it belongs to.
            writers.all().forEach(writer -> writer.belongsTo(null));
        }
        revocation.startOver();
        long target = partitions.next(partition) == Long.MAX_VALUE ? held.offset() : partitions.next(partition);
        if (isReplaced && request.from().equals(ResumeRequest.START)) {
            commits.renewOwner();
            assignment.forgetOffsets(partition);
            partitions.startIsWanted(partition);
            target = 0;
        }
        if (isGap) {
            target = held.offset();
        }
        suspensions.release(partition);
        assignment.rewind(partition, target);
        if (isReplaced || isGap) {
            // The request names the offset: it resumes where the request says.
            partitions.needs(partition, -1);
        }
        LOG.info("Partition {} resumes from {}", partition, target);
    }

    /** By default nothing is done that would leave an unnoticed gap. */
    private static void refuseUnlessSaid(boolean isChoice, ResumeRequest request) {
        if (isChoice && request.from().isEmpty()) {
            throw refusal(ErrorCode.INVALID_ARGUMENT, request, "the request has to say from where")
                    .withHint(
                            "--from start reads what the topic still has from its start, --from held continues with the"
                                    + " changes since it was suspended");
        }
    }

    private static DoLakeException refusal(ErrorCode code, ResumeRequest request, String reason) {
        return new DoLakeException(code, "Cannot resume " + request.table() + ": " + reason);
    }
}
