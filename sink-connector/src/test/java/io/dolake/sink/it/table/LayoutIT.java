/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.config.TableLayout;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.ForeignDeletes;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.formats.FormatModelRegistry;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.ConnectException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Partitions and order of the tables that the sink creates. */
class LayoutIT {
    private static final Schema VISITS = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field("region", Schema.OPTIONAL_STRING_SCHEMA)
            .field("created", Timestamp.builder().optional().build())
            .build();

    @TempDir
    Path directory;

    private final FakeTopic topic = new FakeTopic("dosql.shop.visits", 0, "visits").shape(VISITS, "id");
    private final Map<Long, String> expected = new TreeMap<>();

    /** Random rows that move between regions and days. */
    private void change(Random random, int count) {
        for (int i = 0; i < count; i++) {
            long id = random.nextInt(50);
            if (random.nextInt(5) == 0) {
                topic.delete(id);
                expected.remove(id);
                continue;
            }
            String region = random.nextInt(6) == 0 ? null : "r" + random.nextInt(3);
            Instant created = Instant.EPOCH.plus(Duration.ofHours(random.nextInt(72)));
            topic.upsert("u", id, region, Date.from(created));
            expected.put(id, region + " " + created.atOffset(ZoneOffset.UTC));
        }
    }

    private void assertSame(Lake lake) {
        Map<Long, String> actual = new TreeMap<>();
        List<Map<String, String>> rows = lake.rows("visits");
        rows.forEach(row -> actual.put(Long.valueOf(row.get("id")), row.get("region") + " " + row.get("created")));
        assertThat(rows).hasSize(actual.size());
        assertThat(actual).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void rowsMoveBetweenPartitionsWhateverTheSpecBecomes(int formatVersion) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("LayoutIT seed=" + seed);
        Random random = new Random(seed);
        try (Lake lake = new Lake(directory, formatVersion)) {
            Map<String, String> settings = lake.settings("dolake-sink");
            settings.put(TableLayout.DEFAULT_PARTITION_BY, "day(created), bucket(id, 2)");
            settings.put("dolake.table.shop.visits.sort-by", "region desc, id");
            try (Worker worker = new Worker(settings, topic)) {
                for (int round = 0; round < 6; round++) {
                    change(random, 40);
                    worker.drain();
                    assertSame(lake);
                    evolve(lake.table("visits"), round);
                }
            }
            Table table = lake.table("visits");
            assertThat(TableUtil.formatVersion(table)).isEqualTo(formatVersion);
            assertThat(table.schema().identifierFieldNames()).containsExactly("id");
            assertThat(table.specs().get(0).toString()).contains("day", "bucket[2]");
            Oracle.assertKeysOnce(table);
            assertOrder(table);
        }
    }

    private static void evolve(Table table, int round) {
        switch (round) {
            case 1 ->
                table.updateSpec().removeField("created_day").addField("region").commit();
            case 3 -> table.updateSpec().addField(Expressions.hour("created")).commit();
            case 4 -> table.updateSpec().removeField("region").commit();
            default -> {}
        }
    }

    /** Rows of each file, dead ones too, are in the table's order, and the file says so. */
    private static void assertOrder(Table table) throws IOException {
        for (FileScanTask task : ForeignDeletes.tasks(table)) {
            assertThat(task.file().sortOrderId()).isEqualTo(table.sortOrder().orderId());
            List<Record> rows = new ArrayList<>();
            try (CloseableIterable<Record> records = FormatModelRegistry.readBuilder(
                            task.file().format(), Record.class, table.io().newInputFile(task.file()))
                    .project(table.schema())
                    .build()) {
                records.forEach(rows::add);
            }
            assertThat(rows)
                    .isSortedAccordingTo(Comparator.comparing(
                                    (Record row) -> (String) row.getField("region"),
                                    Comparator.nullsLast(Comparator.reverseOrder()))
                            .thenComparing(row -> (Long) row.getField("id")));
        }
    }

    @Test
    void aSpecThatDoesNotFitNamesTableAndColumn() throws Exception {
        try (Lake lake = new Lake(directory)) {
            Map<String, String> settings = lake.settings("dolake-sink");
            settings.put(TableLayout.DEFAULT_PARTITION_BY, "country");
            change(new Random(1), 5);
            assertFails(settings, "Cannot create table shop.visits", "no column country");
            assertThat(lake.exists("visits")).isFalse();
        }
    }

    @Test
    void aPartitionColumnThatCannotChangeStopsTheTask() throws Exception {
        try (Lake lake = new Lake(directory)) {
            Map<String, String> settings = lake.settings("dolake-sink");
            settings.put(TableLayout.DEFAULT_PARTITION_BY, "region");
            topic.upsert("c", 1L, "north", null);
            Worker.drain(settings, topic);
            topic.truncate();
            topic.shape(
                    SchemaBuilder.struct()
                            .field("id", Schema.INT64_SCHEMA)
                            .field("region", Schema.OPTIONAL_BYTES_SCHEMA)
                            .build(),
                    "id");
            topic.upsert("c", 1L, new byte[] {1});
            assertFails(settings, "Cannot commit to table shop.visits", "partition spec", "region");
        }
    }

    private void assertFails(Map<String, String> settings, String... texts) {
        Worker worker = new Worker(settings, topic);
        assertThatThrownBy(() -> Awaitility.await().until(() -> {
                    worker.poll(100);
                    return false;
                }))
                .isInstanceOf(ConnectException.class)
                .hasMessageContainingAll(texts);
        worker.close();
    }
}
