/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.DeadLetterConfig;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.json.Unreadable;
import io.dolake.sink.row.Change;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.types.ValueFault;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.connect.sink.SinkRecord;

/** Determines the form of records, and reads them accordingly. */
public final class RecordReader {
    private final InputConfig.Format format;
    private final RecordRouter router;
    private final ChangeMapper maker;
    private final EnvelopeReader envelopes;
    private final FlatReader rows;
    private final Tombstones tombstones = new Tombstones();
    /** By topic, whether its records are envelopes; at most one entry per topic of the task. */
    private final Map<String, Boolean> seen = new HashMap<>();

    public RecordReader(SinkConfig config, RecordRouter router, TableAccess access) {
        this.format = InputConfig.format(config);
        this.router = router;
        this.maker = ChangeMapper.of(config, access);
        this.envelopes = new EnvelopeReader(router, maker);
        this.rows = new FlatReader(router, maker);
    }

    /**
     * The refusal of a record, made from what was thrown while it was read. Of exceptions that are not ours only the
     * place is reported: their messages may quote values.
     */
    public static DoLakeException refusal(Throwable thrown) {
        if (thrown instanceof DoLakeException known) {
            return known;
        }
        String reason = thrown instanceof ValueFault
                ? thrown.getMessage()
                : thrown instanceof StackOverflowError
                        ? "it is nested too deeply"
                        : "it does not match its schema (" + ValueFault.name(thrown) + ValueFault.where(thrown) + ")";
        return new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot read record: " + reason)
                .withHint("Look at the record at this place of its topic; " + DeadLetterConfig.TABLE
                        + " stores such records and lets the others continue");
    }

    /**
     * Looks at records before they are read: the first record of a topic that is not a tombstone shows what the topic
     * holds.
     */
    public void preview(Collection<SinkRecord> records) {
        if (format != InputConfig.Format.AUTO) {
            return;
        }
        for (SinkRecord record : records) {
            boolean isRead = record.value() != null && !(record.value() instanceof Unreadable);
            if (isRead && !seen.containsKey(record.topic()) && !DebeziumMessages.isAboutNoRow(record)) {
                seen.put(record.topic(), DebeziumMessages.isEnvelope(record.value()));
            }
        }
    }

    /**
     * The changes that a record requests; none if it does not concern a row. Throws {@link DoLakeException} if it
     * cannot be read.
     */
    public List<Change> read(SinkRecord record) {
        Object value = record.value();
        checkIsReadable("value", value);
        checkIsReadable("key", record.key());
        if (value == null) {
            return tombstone(record);
        }
        boolean isEnvelope = format != InputConfig.Format.FLAT && DebeziumMessages.isEnvelope(value);
        if (!isEnvelope && DebeziumMessages.isAboutNoRow(record)) {
            return List.of();
        }
        if (format == InputConfig.Format.AUTO) {
            seen.put(record.topic(), isEnvelope);
        }
        if (isEnvelope) {
            List<Change> changes = envelopes.read(record);
            tombstones.after(record, changes);
            return changes;
        }
        if (format == InputConfig.Format.DEBEZIUM) {
            throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot read record: its value is not a Debezium envelope (no op and source fields)")
                    .withHint("Set " + InputConfig.FORMAT + "=auto or flat if a transformation unwraps the envelope");
        }
        return rows.read(record);
    }

    private static void checkIsReadable(String part, Object keyOrValue) {
        if (keyOrValue instanceof Unreadable unreadable) {
            throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot read record: its " + part + " cannot be read: " + unreadable.reason())
                    .withHint("Look at the record at this place of its topic, and who wrote it; "
                            + DeadLetterConfig.TABLE + " stores such records and lets the others continue");
        }
    }

    /**
     * The delete of the record's key. If nothing else of the topic was seen since the task started, the table comes
     * from the topic's name. In a topic of envelopes the delete is mostly known already ({@link Tombstones}).
     */
    private List<Change> tombstone(SinkRecord record) {
        Boolean isEnvelope = format == InputConfig.Format.AUTO
                ? seen.get(record.topic())
                : Boolean.valueOf(format == InputConfig.Format.DEBEZIUM);
        if (isEnvelope != null && !isEnvelope) {
            return rows.tombstone(record);
        }
        if (record.key() == null || tombstones.isTold(record)) {
            return List.of();
        }
        List<TableIdentifier> known = tombstones.tables(record);
        List<TableIdentifier> tables = maker.ofTombstone(
                known.isEmpty() ? router.tableOfTopic(record.topic()).stream().toList() : known, isEnvelope == null);
        if (known.isEmpty()) {
            tables.forEach(table -> maker.checkKey(table, record.key()));
        }
        List<Change> changes = rows.tombstone(record, tables);
        tombstones.check(record, changes);
        return changes;
    }
}
