/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import org.apache.kafka.connect.source.SourceRecord;

/**
 * A record that is equal to itself only. An exactly-once worker keeps the records of a transaction as keys of a map,
 * and would compute a hash over all values of each: as expensive as sending it.
 */
final class PolledRecord extends SourceRecord {
    private final int number;

    /** @param number its hash: best another one for each record of a transaction */
    PolledRecord(SourceRecord record, int number) {
        super(
                record.sourcePartition(),
                record.sourceOffset(),
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value(),
                record.timestamp(),
                record.headers());
        this.number = number;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return number;
    }
}
