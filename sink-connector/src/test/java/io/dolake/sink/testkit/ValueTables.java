/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.buffer.BufferedRow;
import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.row.EncodedRow;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.table.SchemaEvolution;
import io.dolake.sink.types.InternalValues;
import io.dolake.sink.values.Answer;
import io.dolake.sink.values.Shown;
import io.dolake.sink.write.RowWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.kafka.common.TopicPartition;

/** Tables in memory, written by the sink's writer and read by Iceberg's own reader. */
public final class ValueTables implements AutoCloseable {
    /** Values that are looked for by a filter. */
    private static final int WANTED = 5;

    private static final TopicPartition ANY = new TopicPartition("t", 0);

    private final InMemoryCatalog catalog = new InMemoryCatalog();
    private int last;

    public ValueTables() {
        catalog.initialize("values", Map.of());
        catalog.createNamespace(Namespace.of("shop"));
    }

    public Table create(Schema schema, PartitionSpec spec, int formatVersion) {
        return catalog.createTable(
                TableIdentifier.of("shop", "t" + ++last),
                schema,
                spec,
                Map.of("format-version", Integer.toString(formatVersion)));
    }

    /** The only column of rows of a shape, as texts, from a table that is made for them. */
    public List<String> roundTrip(RowShape shape, List<byte[]> rows) throws IOException {
        Table table = create(SchemaEvolution.initial(shape, false), PartitionSpec.unpartitioned(), 3);
        write(table, shape, rows);
        return values(table);
    }

    static BufferedRow row(byte[] bytes, long offset) {
        return new BufferedRow(null, new TableBuffer.Entry(0, EncodedRow.of(bytes), null, ANY, offset));
    }

    public static void write(Table table, RowShape shape, List<byte[]> rows) {
        List<BufferedRow> entries = new ArrayList<>();
        rows.forEach(bytes -> entries.add(row(bytes, entries.size())));
        append(table, shape, entries);
    }

    public static void append(Table table, RowShape shape, List<BufferedRow> rows) {
        if (rows.isEmpty()) {
            return;
        }
        RowWriter writer =
                new RowWriter(table, table.schema(), List.of(shape), Map.of(), new RowWriter.FileNames(0, "values"));
        var append = table.newAppend();
        for (DataFile file : writer.write(rows).files()) {
            append.appendFile(file);
        }
        append.commit();
    }

    /** Those of column {@code v}, in the order of the files; who asks for the rows with one of them finds it. */
    public static List<String> values(Table table) throws IOException {
        List<String> values = new ArrayList<>();
        Map<String, Object> wanted = new LinkedHashMap<>();
        Types.NestedField column = table.schema().findField("v");
        try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
            for (Record record : records) {
                Object value = record.getField("v");
                values.add(Shown.text(plain(value)));
                boolean isNanos = column.type().typeId() == Type.TypeID.TIMESTAMP_NANO;
                // Iceberg cannot filter by such a column where the table is partitioned by it as it is.
                boolean canBeFound = column.type().isPrimitiveType()
                        && !(isNanos && table.spec().isPartitioned());
                if (value != null && canBeFound && wanted.size() < WANTED) {
                    // Numbers are taken for microseconds there.
                    wanted.put(Shown.text(value), isNanos ? value.toString() : InternalValues.of(column.type(), value));
                }
            }
        }
        for (Map.Entry<String, Object> value : wanted.entrySet()) {
            assertThat(found(table, value.getValue()))
                    .as("rows with v = %s, a %s", value.getKey(), column.type())
                    .contains(value.getKey());
        }
        return values;
    }

    private static List<String> found(Table table, Object value) throws IOException {
        boolean isNaN = value instanceof Number number && Double.isNaN(number.doubleValue());
        List<String> found = new ArrayList<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(table)
                .where(isNaN ? Expressions.isNaN("v") : Expressions.equal("v", value))
                .build()) {
            records.forEach(record -> found.add(Shown.text(record.getField("v"))));
        }
        return found;
    }

    /** Iceberg's structs as those of the expected values. */
    public static Object plain(Object value) {
        if (value instanceof Record struct) {
            List<Object> fields = new ArrayList<>();
            for (int i = 0; i < struct.size(); i++) {
                fields.add(plain(struct.get(i)));
            }
            return new Answer.Fields(fields);
        }
        if (value instanceof List<?> list) {
            List<Object> items = new ArrayList<>();
            list.forEach(item -> items.add(plain(item)));
            return items;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> entries = new LinkedHashMap<>();
            map.forEach((key, item) -> entries.put(plain(key), plain(item)));
            return entries;
        }
        return value;
    }

    @Override
    public void close() throws IOException {
        catalog.close();
    }
}
