/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sync;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Compares a topic partition with the position of the sink's group: the record that the sink took last must be the one
 * that stands there, and none may stand between it and the end that the sink has not committed. Transaction markers and
 * aborted records take offsets too, so offsets alone do not say whether there is one. The sink may have gone past that
 * end meanwhile. Sees the partition's records in their order.
 */
final class PartitionLook {
    private final long end;
    /** Null if the group has none. */
    private final GroupPosition position;

    private final Bounds bounds;

    /** The offset at which there is nothing more to read. */
    private final long limit;

    /** Null once it was met. */
    private GroupPosition.Taken awaited;

    private boolean isDecided;
    private Gap gap;

    /** The partition as it is now; asked only where that matters. */
    interface Bounds {
        /** The first offset that it still has. */
        long first();

        /** The offset that comes next. */
        long end();
    }

    /** @param end of what is to be in the lake */
    PartitionLook(long end, Optional<GroupPosition> position, Bounds bounds) {
        this.end = end;
        this.position = position.orElse(null);
        this.bounds = bounds;
        this.awaited = position.flatMap(GroupPosition::last).orElse(null);
        this.limit = Math.max(end, awaited == null ? 0 : awaited.offset() + 1);
        long least = Math.max(limit, position.map(GroupPosition::next).orElse(0L));
        if (least > end && bounds.end() < least) {
            decide(Gap.Cause.OTHER_TOPIC, end);
        } else if (awaited == null && next() >= end) {
            isDecided = true;
        }
    }

    /** Below which the lake has everything, if the offset is one of this topic. */
    private long next() {
        return position == null || !position.isTold() ? 0 : position.next();
    }

    /** The offset at which to begin to read. */
    long from() {
        return awaited != null ? awaited.offset() : next();
    }

    void sees(ConsumerRecord<byte[], byte[]> record) {
        if (isDecided || record.offset() >= limit) {
            return;
        }
        if (awaited != null) {
            meet(record);
        }
        if (!isDecided && record.offset() >= next()) {
            boolean isTold = position == null || position.isTold();
            decide(isTold ? Gap.Cause.NOT_COMMITTED : Gap.Cause.NOT_TOLD, Math.max(1, end - record.offset()));
        }
    }

    private void meet(ConsumerRecord<byte[], byte[]> record) {
        boolean isMissing = record.offset() != awaited.offset();
        if (isMissing ? hasNotExpired() : !awaited.isAt(record)) {
            decide(Gap.Cause.OTHER_TOPIC, end);
        } else if (next() >= end) {
            isDecided = true;
        }
        awaited = null;
    }

    /** What retention has removed can no longer be compared. */
    private boolean hasNotExpired() {
        return bounds.first() <= awaited.offset();
    }

    /** Notes that all records below an offset were seen. */
    void reached(long offset) {
        if (isDecided || offset < limit) {
            return;
        }
        if (awaited != null && hasNotExpired()) {
            decide(Gap.Cause.OTHER_TOPIC, end);
        }
        isDecided = true;
    }

    private void decide(Gap.Cause cause, long records) {
        gap = new Gap(records, cause);
        isDecided = true;
    }

    boolean isDecided() {
        return isDecided;
    }

    /** What is missing; the most that it can be while this is not decided. */
    Optional<Gap> gap() {
        if (isDecided) {
            return Optional.ofNullable(gap);
        }
        return Optional.of(new Gap(Math.max(1, end - next()), Gap.Cause.NOT_COMMITTED));
    }
}
