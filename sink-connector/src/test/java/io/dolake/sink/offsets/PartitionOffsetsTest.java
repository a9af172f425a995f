/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.offsets;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.status.SinkStatus;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionOffsetsTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final SinkConfig config = new SinkConfig(Map.of());
    private final PartitionOffsets partitions =
            new PartitionOffsets(config, new SinkStatus(config, "c", 0), new LogStartOffsets(config, "c", 0));

    @BeforeEach
    void open() {
        partitions.open(PARTITION, 1);
    }

    @Test
    void aRecordThatIsOfferedAgainIsNotNew() {
        assertThat(partitions.advance(PARTITION, 5)).isTrue();
        assertThat(partitions.advance(PARTITION, 5)).isFalse();
        assertThat(partitions.advance(PARTITION, 6)).isTrue();
    }

    @Test
    void recordsAreNewAgainAfterARewind() {
        partitions.advance(PARTITION, 5);
        partitions.rewound(PARTITION, 3);
        assertThat(partitions.advance(PARTITION, 3)).isTrue();
    }

    @Test
    void aBatchThatWasOfferedBeforeARewindIsLeftOut() {
        partitions.offered(Map.of(PARTITION, 10L));
        partitions.rewound(PARTITION, 3);
        assertThat(partitions.advance(PARTITION, 9)).isFalse();
        partitions.taken();
        assertThat(partitions.advance(PARTITION, 3)).isTrue();
    }

    @Test
    void nothingPastTheStartIsDoneBeforeTheFirstRecord() {
        partitions.rewound(PARTITION, 3);
        assertThat(partitions.bound(PARTITION)).isEqualTo(3);
        partitions.advance(PARTITION, 3);
        assertThat(partitions.bound(PARTITION)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aRecordFromBehindTheSeekIsToldFromOneThatCameBeforeIt() {
        partitions.advance(PARTITION, 9);
        partitions.rewound(PARTITION, 3);
        assertThat(partitions.isBeforeSeek(PARTITION, 10)).isTrue();
        assertThat(partitions.isBeforeSeek(PARTITION, 11)).isTrue();
        partitions.taken();
        assertThat(partitions.isBeforeSeek(PARTITION, 3)).isFalse();
        partitions.advance(PARTITION, 3);
        assertThat(partitions.isBeforeSeek(PARTITION, 12)).isFalse();
    }

    @Test
    void aBatchFromBeforeTheSeekStaysSoHoweverOftenItIsOffered() {
        partitions.advance(PARTITION, 9);
        partitions.rewound(PARTITION, 3);
        assertThat(partitions.isBeforeSeek(PARTITION, 10)).isTrue();
        // Not taken: some other record of it was refused.
        assertThat(partitions.isBeforeSeek(PARTITION, 10)).isTrue();
    }

    @Test
    void aTopicThatHasLostWhatShouldBeReadAgainIsReadOnFromWhereItIs() {
        partitions.advance(PARTITION, 9);
        partitions.rewound(PARTITION, 3);
        assertThat(partitions.isBeforeSeek(PARTITION, 10)).isTrue();
        partitions.taken();
        assertThat(partitions.isBeforeSeek(PARTITION, 10)).isFalse();
        assertThat(partitions.advance(PARTITION, 10)).isTrue();
    }
}
