/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.sink.config.TypeConfig.Inexact;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.types.ConnectFields;
import io.dolake.sink.types.LakeTimes;
import java.util.List;
import org.apache.iceberg.types.Types;
import org.apache.kafka.connect.sink.SinkRecord;

/** The columns that a changelog row has in addition to those of the source: what happened, where and when. */
public final class ChangelogColumns {
    private static final String NUMBER = "%020d";

    private final List<RowShape.Column> columns;

    private static final LakeTimes TIMES = new LakeTimes(Inexact.REFUSE);

    /** @param prefix of the columns' names */
    ChangelogColumns(String prefix) {
        columns = List.of(
                new RowShape.Column(prefix + "op", Types.StringType.get(), true, null),
                new RowShape.Column(prefix + "lsn", Types.StringType.get(), true, null),
                new RowShape.Column(prefix + "ts", Types.TimestampType.withZone(), true, null),
                new RowShape.Column(prefix + "topic", Types.StringType.get(), true, null),
                new RowShape.Column(prefix + "partition", Types.IntegerType.get(), true, null),
                new RowShape.Column(prefix + "offset", Types.LongType.get(), true, null));
    }

    List<RowShape.Column> columns() {
        return columns;
    }

    /** The values of these columns, in Iceberg's internal representation; {@code source} may be null. */
    static Object[] values(String op, Object source, SinkRecord record) {
        return new Object[] {
            op,
            position(source),
            micros(source, record),
            record.originalTopic(),
            record.originalKafkaPartition(),
            record.originalKafkaOffset()
        };
    }

    /** The connector's own position, as text that sorts like the positions; null if the source block has none. */
    public static String position(Object source) {
        Object file = ConnectFields.get(source, "file");
        if (file != null) {
            return file + ":" + padded(ConnectFields.get(source, "pos")) + ":"
                    + padded(ConnectFields.get(source, "row"));
        }
        for (String name : List.of("lsn", "change_lsn", "scn")) {
            Object value = ConnectFields.get(source, name);
            if (value != null) {
                return padded(value);
            }
        }
        return null;
    }

    /** Numbers get leading zeros; other texts (hexadecimal, of fixed width) already sort correctly. */
    private static String padded(Object value) {
        String text = String.valueOf(value == null ? 0 : value);
        boolean isNumber = !text.isEmpty() && text.length() < 19 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? String.format(NUMBER, Long.parseLong(text)) : text;
    }

    /** The time of the event in the source, else the timestamp of the record; null if neither is known. */
    static Long micros(Object source, SinkRecord record) {
        Object micros = ConnectFields.get(source, "ts_us");
        if (micros instanceof Number number) {
            return number.longValue();
        }
        Object millis = ConnectFields.get(source, "ts_ms");
        Long ms = millis instanceof Number number ? Long.valueOf(number.longValue()) : record.timestamp();
        return ms == null ? null : Long.valueOf(TIMES.timestampOfMillis(ms));
    }
}
