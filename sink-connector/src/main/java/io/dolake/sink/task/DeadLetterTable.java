/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.task;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.config.DeadLetterConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.TypeConfig.Inexact;
import io.dolake.sink.row.ByteOutput;
import io.dolake.sink.row.Change;
import io.dolake.sink.row.KeyBytes;
import io.dolake.sink.row.RowCodec;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.types.Utf8;
import io.dolake.sink.types.ValueFault;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The dead-letter table: records that no table accepts, as rows. They are handled like all rows: buffered and committed
 * with their offsets. A commit of another table may refuse records that were read long before, so this table counts as
 * complete only up to what all other tables hold ({@link ErrantRecords#holdsOnlyWhatOthersHold}), and its rows have a
 * key.
 */
final class DeadLetterTable {
    /** A record that is read and refused a second time becomes the same row. */
    private static final List<String> KEY = List.of("connector", "offset", "partition", "topic");

    private static final RowShape SHAPE = RowShape.of(
            KEY,
            List.of(
                    column("topic", Types.StringType.get(), false),
                    column("partition", Types.IntegerType.get(), false),
                    column("offset", Types.LongType.get(), false),
                    column("timestamp", Types.TimestampType.withZone(), true),
                    column("key", Types.StringType.get(), true),
                    column("value", Types.StringType.get(), true),
                    column(
                            "headers",
                            Types.MapType.ofOptional(1, 2, Types.StringType.get(), Types.StringType.get()),
                            true),
                    column("error_code", Types.StringType.get(), false),
                    column("error", Types.StringType.get(), false),
                    column("connector", Types.StringType.get(), false),
                    column("refused_at", Types.TimestampType.withZone(), false)));

    private final TableIdentifier table;
    private final String connector;
    /** The worker's converter; null if records are not to be reported. */
    private final JsonConverter json;

    private final ByteOutput scratch = new ByteOutput(1024);

    DeadLetterTable(SinkConfig config, String connector) {
        this.table = DeadLetterConfig.table(config);
        this.connector = connector;
        this.json = table == null ? null : converter();
    }

    private static JsonConverter converter() {
        JsonConverter json = new JsonConverter();
        json.configure(Map.of("schemas.enable", "false", "converter.type", "value", "decimal.format", "NUMERIC"));
        return json;
    }

    private static RowShape.Column column(String name, Type type, boolean isOptional) {
        return new RowShape.Column(name, type, isOptional, null);
    }

    boolean isOn() {
        return table != null;
    }

    /** Null if there is none. */
    TableIdentifier table() {
        return table;
    }

    boolean isTable(TableIdentifier name) {
        return name.equals(table);
    }

    /** The row that describes a record. */
    Change.Upsert row(SinkRecord record, DoLakeException reason) {
        Object[] values = {
            record.originalTopic(),
            record.originalKafkaPartition(),
            record.originalKafkaOffset(),
            micros(record.timestamp()),
            text(record.topic(), record.keySchema(), record.key()),
            text(record.topic(), record.valueSchema(), record.value()),
            headers(record),
            reason.code().name(),
            mended(reason.getMessage()),
            connector,
            System.currentTimeMillis() * 1000L
        };
        KeyBytes key = KeyBytes.of(new Object[] {
            connector, record.originalKafkaOffset(), record.originalKafkaPartition(), record.originalTopic()
        });
        return new Change.Upsert(table, SHAPE, key, RowCodec.encode(SHAPE, values, scratch));
    }

    private Map<String, String> headers(SinkRecord record) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            headers.put(mended(header.key()), text(record.topic(), header.schema(), header.value()));
        }
        return headers.isEmpty() ? null : headers;
    }

    /** Null where there is no timestamp, or none that a lake can store. */
    private static Long micros(Long millis) {
        return millis == null || millis != millis * 1000L / 1000L ? null : Long.valueOf(millis * 1000L);
    }

    /** A record's dead letter has to be written, whatever the record contains. */
    private static String mended(String text) {
        return Utf8.checked(text, Inexact.NEAREST);
    }

    /** As JSON; a value without a JSON form as Java prints it. */
    private String text(String topic, Schema schema, Object value) {
        if (value == null) {
            return null;
        }
        try {
            return mended(new String(json.fromConnectData(topic, schema, value), StandardCharsets.UTF_8));
        } catch (RuntimeException | StackOverflowError e) {
            return printed(value);
        }
    }

    private static String printed(Object value) {
        try {
            return mended(Objects.toString(value));
        } catch (RuntimeException | StackOverflowError e) {
            return "a " + value.getClass().getSimpleName() + " that cannot be shown (" + ValueFault.name(e) + ")";
        }
    }
}
