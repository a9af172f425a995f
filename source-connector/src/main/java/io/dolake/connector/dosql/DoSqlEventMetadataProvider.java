/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.connector.AbstractSourceInfo;
import io.debezium.data.Envelope;
import io.debezium.pipeline.source.spi.EventMetadataProvider;
import io.debezium.pipeline.spi.OffsetContext;
import io.debezium.spi.schema.DataCollectionId;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;

/** Reads metrics and transaction metadata from events. */
final class DoSqlEventMetadataProvider implements EventMetadataProvider {

    @Override
    public Instant getEventTimestamp(DataCollectionId source, OffsetContext offset, Object key, Struct value) {
        Struct info = sourceOf(value);
        return info == null ? null : Instant.ofEpochMilli(info.getInt64(AbstractSourceInfo.TIMESTAMP_KEY));
    }

    @Override
    public Map<String, String> getEventSourcePosition(
            DataCollectionId source, OffsetContext offset, Object key, Struct value) {
        Struct info = sourceOf(value);
        if (info == null) {
            return null;
        }
        return Map.of(
                SourceInfo.EPOCH_KEY, info.getString(SourceInfo.EPOCH_KEY),
                SourceInfo.LSN_KEY, Long.toUnsignedString(info.getInt64(SourceInfo.LSN_KEY)),
                SourceInfo.EVENT_KEY, info.getInt64(SourceInfo.EVENT_KEY).toString());
    }

    @Override
    public String getTransactionId(DataCollectionId source, OffsetContext offset, Object key, Struct value) {
        Struct info = sourceOf(value);
        return info == null ? null : info.getString(SourceInfo.TX_ID_KEY);
    }

    /** Shown as LastEvent in JMX. It is built for every event, so it names the event and contains none of its data. */
    @Override
    public String toSummaryString(DataCollectionId source, OffsetContext offset, Object key, Struct value) {
        Struct info = sourceOf(value);
        if (info == null) {
            return source.toString();
        }
        return source + " at " + info.getInt64(SourceInfo.LSN_KEY) + ":" + info.getInt64(SourceInfo.EVENT_KEY);
    }

    private static Struct sourceOf(Struct value) {
        return value == null || value.schema().field(Envelope.FieldName.SOURCE) == null
                ? null
                : value.getStruct(Envelope.FieldName.SOURCE);
    }
}
