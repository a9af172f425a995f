/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** What the topic and the position of the sink's group say together. */
class PartitionLookTest {
    private static final String EPOCH = "0123456789abcdef0123456789abcdef";

    /** A topic: records at offsets, everything else below its end is markers, or was removed. */
    private static final class Topic implements PartitionLook.Bounds {
        private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        private long first;
        private long end;

        /** A transaction of one record for each LSN, and its marker. */
        Topic transaction(long... lsns) {
            for (long lsn : lsns) {
                add(lsn * 1000, change(lsn));
            }
            end++;
            return this;
        }

        Topic add(long timestamp, String value) {
            byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
            records.add(new ConsumerRecord<>(
                    "dosql.shop.t",
                    0,
                    end++,
                    timestamp,
                    TimestampType.CREATE_TIME,
                    -1,
                    -1,
                    null,
                    bytes,
                    new RecordHeaders(),
                    Optional.empty()));
            return this;
        }

        Topic removeBelow(long offset) {
            first = offset;
            records.removeIf(record -> record.offset() < offset);
            return this;
        }

        Optional<Gap> look(Optional<GroupPosition> position) {
            return look(end, position);
        }

        /** As a consumer reads it, which starts over where it is out of range. */
        Optional<Gap> look(long upTo, Optional<GroupPosition> position) {
            PartitionLook look = new PartitionLook(upTo, position, this);
            if (!look.isDecided()) {
                records.stream()
                        .filter(record -> record.offset() >= look.from())
                        .forEach(look::sees);
                look.reached(end);
            }
            assertThat(look.isDecided()).isTrue();
            return look.gap();
        }

        @Override
        public long first() {
            return first;
        }

        @Override
        public long end() {
            return end;
        }

        Optional<Gap> look(long next, String metadata) {
            return look(position(next, metadata));
        }
    }

    private static String change(long lsn) {
        return "{\"schema\":{\"fields\":[{\"field\":\"source\"}]},\"payload\":{\"before\":null,\"after\":{\"source\":{\"lsn\":0}},"
                + "\"source\":{\"version\":\"1\",\"db\":\"shop\",\"epoch\":\"" + EPOCH + "\",\"lsn\":" + lsn
                + ",\"event\":0,\"snapshot\":null},\"op\":\"u\"}}";
    }

    private static String taken(long offset, long lsn) {
        return "{\"offset\":" + offset + ",\"timestamp\":" + lsn * 1000
                + ",\"source\":\"{\\\"db\\\":\\\"shop\\\",\\\"epoch\\\":\\\"" + EPOCH + "\\\",\\\"lsn\\\":\\\"" + lsn
                + "\\\",\\\"event\\\":\\\"0\\\"}\"}";
    }

    private static Optional<GroupPosition> position(long next, String metadata) {
        return Optional.of(GroupPosition.of(new OffsetAndMetadata(next, metadata)));
    }

    private static Optional<Gap> gap(long records, Gap.Cause cause) {
        return Optional.of(new Gap(records, cause));
    }

    @Test
    void nothingIsMissingWhereTheLastRecordIsTheOneThatTheSinkTook() {
        Topic topic = new Topic().transaction(1, 2).transaction(3);
        assertThat(topic.look(4, taken(3, 3))).isEmpty();
        assertThat(topic.look(2, taken(1, 2))).isEqualTo(gap(2, Gap.Cause.NOT_COMMITTED));
        assertThat(topic.look(1, taken(0, 1))).isEqualTo(gap(4, Gap.Cause.NOT_COMMITTED));
        assertThat(topic.look(Optional.empty())).isEqualTo(gap(5, Gap.Cause.NOT_COMMITTED));
    }

    @Test
    void theSinkMayHaveGonePastTheEndThatIsAskedFor() {
        Topic topic = new Topic().transaction(1, 2).transaction(3, 4);
        for (int end = 0; end <= 3; end++) {
            assertThat(topic.look(end, position(4, taken(3, 3)))).isEmpty();
            assertThat(topic.look(end, position(5, taken(4, 4)))).isEmpty();
            assertThat(topic.look(end, position(5, taken(4, 5)))).isEqualTo(gap(end, Gap.Cause.OTHER_TOPIC));
            assertThat(topic.look(end, position(7, taken(6, 6)))).isEqualTo(gap(end, Gap.Cause.OTHER_TOPIC));
        }
    }

    @Test
    void aTopicMadeAnewIsNotTakenForTheOldOneHoweverLongItIs() {
        String before = taken(3, 3);
        assertThat(new Topic().look(4, before)).isEqualTo(gap(0, Gap.Cause.OTHER_TOPIC));
        assertThat(new Topic().transaction(4).look(4, before)).isEqualTo(gap(2, Gap.Cause.OTHER_TOPIC));
        assertThat(new Topic().transaction(4, 5, 6, 7).look(4, before)).isEqualTo(gap(5, Gap.Cause.OTHER_TOPIC));
        assertThat(new Topic().transaction(4, 5, 6, 7, 8).transaction(9).look(4, before))
                .isEqualTo(gap(8, Gap.Cause.OTHER_TOPIC));
        // The end of a transaction where the record was.
        assertThat(new Topic().transaction(4, 5, 6).transaction(7).look(4, before))
                .isEqualTo(gap(6, Gap.Cause.OTHER_TOPIC));
        assertThat(new Topic().transaction(4, 5, 6).look(4, before)).isEqualTo(gap(4, Gap.Cause.OTHER_TOPIC));
    }

    @Test
    void noTopicEndsBeforeTheOffset() {
        for (String metadata : List.of("", "{}")) {
            assertThat(new Topic().look(4, metadata)).isEqualTo(gap(0, Gap.Cause.OTHER_TOPIC));
            assertThat(new Topic().transaction(4).look(3, metadata)).isEqualTo(gap(2, Gap.Cause.OTHER_TOPIC));
        }
        assertThat(new Topic().transaction(4).look(0, taken(9, 3))).isEqualTo(gap(2, Gap.Cause.OTHER_TOPIC));
    }

    @Test
    void theSinkThatStartsMayTellOfARecordBehindTheOffset() {
        Topic topic = new Topic().transaction(1, 2, 3);
        assertThat(topic.look(0, taken(2, 3))).isEqualTo(gap(2, Gap.Cause.NOT_COMMITTED));
        assertThat(topic.look(0, taken(2, 4))).isEqualTo(gap(4, Gap.Cause.OTHER_TOPIC));
        assertThat(topic.look(1, position(0, taken(2, 3)))).isEqualTo(gap(1, Gap.Cause.NOT_COMMITTED));
    }

    @Test
    void theSamePositionAtAnotherTimeIsAnotherRecord() {
        Topic topic = new Topic().add(7, change(3));
        assertThat(topic.look(1, taken(0, 3))).isEqualTo(gap(1, Gap.Cause.OTHER_TOPIC));
        assertThat(topic.look(1, taken(0, 3).replace("3000", "-1"))).isEmpty();
        assertThat(topic.look(1, taken(0, 3).replace("3000", "7"))).isEmpty();
        assertThat(topic.look(1, taken(0, 4).replace("4000", "7"))).isEqualTo(gap(1, Gap.Cause.OTHER_TOPIC));
    }

    @Test
    void tombstonesAndForeignConvertersAreKnownByTheirTime() {
        Topic topic =
                new Topic().transaction(1).add(5, null).add(6, "\u0000avro").add(7, "{\"a\":[{\"source\":1}]}");
        assertThat(topic.look(3, "{\"offset\":2,\"timestamp\":5}")).isEqualTo(gap(2, Gap.Cause.NOT_COMMITTED));
        assertThat(topic.look(3, "{\"offset\":2,\"timestamp\":6}")).isEqualTo(gap(5, Gap.Cause.OTHER_TOPIC));
        assertThat(topic.look(4, taken(3, 9).replace("9000", "6"))).isEqualTo(gap(1, Gap.Cause.NOT_COMMITTED));
        assertThat(topic.look(5, taken(4, 9).replace("9000", "7"))).isEmpty();
    }

    @Test
    void whatTransformsLeaveOutBehindTheLastRecordIsDoneWithTheOffset() {
        Topic topic = new Topic().transaction(1, 2).transaction(3, 4);
        assertThat(topic.look(5, taken(1, 2))).isEmpty();
        assertThat(topic.look(4, taken(1, 2))).isEqualTo(gap(2, Gap.Cause.NOT_COMMITTED));
    }

    @Test
    void whereTheSinkWasHandedNoRecordTheOffsetDecides() {
        Topic topic = new Topic().transaction(1, 2);
        assertThat(topic.look(2, "{}")).isEmpty();
        assertThat(topic.look(3, "{}")).isEmpty();
        assertThat(topic.look(1, "{}")).isEqualTo(gap(2, Gap.Cause.NOT_COMMITTED));
    }

    @Test
    void anOffsetThatSomebodyElseHasPutThereIsNotBelieved() {
        Topic topic = new Topic().transaction(1, 2);
        for (String metadata : List.of("", "by hand", "7", "[]")) {
            assertThat(topic.look(2, metadata)).isEqualTo(gap(3, Gap.Cause.NOT_TOLD));
        }
        assertThat(new Topic().look(0, "")).isEmpty();
        assertThat(new Topic().transaction().look(1, "")).isEmpty();
    }

    @Test
    void whatRetentionHasRemovedIsNotComparedAndNotMissed() {
        assertThat(new Topic().transaction(1, 2).removeBelow(3).look(2, taken(1, 2)))
                .isEmpty();
        assertThat(new Topic().transaction(1, 2).transaction(3).removeBelow(3).look(2, taken(1, 2)))
                .isEqualTo(gap(2, Gap.Cause.NOT_COMMITTED));
        assertThat(new Topic().transaction(1, 2).transaction(3).removeBelow(1).look(4, taken(0, 1)))
                .isEmpty();
    }

    @Test
    void aTopicWithoutARecordHoldsNothingThatCouldBeMissing() {
        assertThat(new Topic().look(Optional.empty())).isEmpty();
        assertThat(new Topic().transaction().transaction().look(Optional.empty()))
                .isEmpty();
        assertThat(new Topic().transaction().look(0, "{}")).isEmpty();
    }

    @Test
    void whatIsNotDecidedCountsAsMissing() {
        PartitionLook look = new PartitionLook(5, position(4, taken(3, 3)), new Topic());
        assertThat(look.gap()).isEqualTo(gap(1, Gap.Cause.NOT_COMMITTED));
        look.reached(4);
        assertThat(look.isDecided()).isFalse();
    }
}
