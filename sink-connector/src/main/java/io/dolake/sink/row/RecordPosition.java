/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.row;

import org.apache.kafka.common.TopicPartition;

/** The Kafka position of a row's record. */
public record RecordPosition(TopicPartition partition, long offset) {
    @Override
    public String toString() {
        return partition + "@" + offset;
    }
}
