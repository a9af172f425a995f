/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/** Spark reads the values at the ends of all types as Iceberg's own reader does: both are held against one file. */
class SparkValuesIT {
    private static final Path FILE =
            Path.of("..", "sink-connector", "src", "test", "resources", "values", "boundaries.tsv");
    /** Types of Iceberg that its Spark module does not have. */
    private static final Set<String> NOT_IN_SPARK = Set.of("time", "timestamp_ns");

    private record Expected(SchemaAndValue value, String type, String text, String line) {}

    @TempDir
    Path directory;

    private static List<Expected> kept() throws Exception {
        List<Expected> kept = new ArrayList<>();
        try (JsonConverter json = new JsonConverter()) {
            json.configure(Map.of("schemas.enable", true), false);
            for (String line : Files.readAllLines(FILE)) {
                String[] parts = line.split("\t", -1);
                if (!parts[1].equals("refused")) {
                    SchemaAndValue value =
                            json.toConnectData("any", parts[0].getBytes(java.nio.charset.StandardCharsets.UTF_8));
                    kept.add(new Expected(value, parts[1], parts[2].translateEscapes(), line));
                }
            }
        }
        return kept;
    }

    private Map<String, String> catalog() {
        return Map.of(
                "type",
                "jdbc",
                "warehouse",
                directory.resolve("warehouse").toString(),
                "uri",
                "jdbc:sqlite:" + directory.resolve("catalog.db") + "?busy_timeout=10000",
                "jdbc.schema-version",
                "V1");
    }

    /** Commits one row that has each value in a column of its own. */
    private void commit(String table, List<Expected> values) throws Exception {
        SchemaBuilder schema = SchemaBuilder.struct();
        IntStream.range(0, values.size())
                .forEach(i -> schema.field("v" + i, values.get(i).value().schema()));
        Struct row = new Struct(schema.build());
        IntStream.range(0, values.size())
                .forEach(i -> row.put("v" + i, values.get(i).value().value()));
        TopicPartition partition = new TopicPartition("dosql.shop." + table, 0);
        List<SinkRecord> records = List.of(new SinkRecord(partition.topic(), 0, null, null, row.schema(), row, 0));
        Map<String, String> settings = new HashMap<>();
        settings.put("name", "sink-" + table);
        catalog().forEach((key, value) -> settings.put("iceberg.catalog." + key, value));
        settings.put("dolake.commit.interval.ms", "10");
        PluginLoader plugin = new PluginLoader(
                Path.of("..", "sink-connector", "target", "plugin", "dolake-sink-connector"),
                Path.of("target", "catalogs"));
        try (SinkWorker worker = new SinkWorker(plugin, settings, partition, records)) {
            worker.drain();
        }
    }

    private SparkSession spark() {
        SparkSession.Builder builder = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.sql.datetime.java8API.enabled", "true")
                .config("spark.sql.warehouse.dir", directory.resolve("spark").toString())
                .config("spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
                .config("spark.sql.catalog.dolake", "org.apache.iceberg.spark.SparkCatalog");
        catalog().forEach((key, value) -> builder.config("spark.sql.catalog.dolake." + key, value));
        return builder.getOrCreate();
    }

    @Test
    void readsValuesAtTheEndsOfTheirTypes() throws Exception {
        List<Expected> all = kept();
        List<Expected> values = all.stream()
                .filter(value -> !NOT_IN_SPARK.contains(value.type()))
                .toList();
        List<Expected> others = all.stream()
                .filter(value -> NOT_IN_SPARK.contains(value.type()))
                .toList();
        commit("ends", values);
        commit("others", others);
        SparkSession spark = spark();
        try {
            Row row =
                    spark.sql("SELECT * FROM dolake.shop.ends").collectAsList().get(0);
            for (int i = 0; i < values.size(); i++) {
                assertThat(text(row.get(row.fieldIndex("v" + i))))
                        .as(values.get(i).line())
                        .isEqualTo(values.get(i).text());
            }
            // To be taken out of the list when it can.
            assertThatThrownBy(
                            () -> spark.sql("SELECT * FROM dolake.shop.others").collectAsList())
                    .isInstanceOf(UnsupportedOperationException.class);
        } finally {
            spark.stop();
        }
    }

    /** As the file has it. */
    private static String text(Object value) {
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof Row row) {
            return IntStream.range(0, row.size())
                    .mapToObj(i -> text(row.get(i)))
                    .collect(Collectors.joining(", ", "(", ")"));
        }
        if (value instanceof scala.collection.Seq<?> list) {
            return CollectionConverters.asJava(list).stream()
                    .map(SparkValuesIT::text)
                    .collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof scala.collection.Map<?, ?> map) {
            return CollectionConverters.asJava(map).entrySet().stream()
                    .map(entry -> text(entry.getKey()) + "=" + text(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return String.valueOf(value);
    }
}
