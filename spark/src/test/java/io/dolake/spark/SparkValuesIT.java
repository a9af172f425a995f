/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.values.Answer;
import io.dolake.sink.values.Sample;
import io.dolake.sink.values.SemanticType;
import io.dolake.sink.values.SemanticTypes;
import io.dolake.sink.values.Shown;
import io.dolake.sink.values.TypeSettings;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

    private static final int ROWS = 50;

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
        commit(table, Map.of(), List.of(row(values)));
    }

    private static Struct row(List<Expected> values) {
        SchemaBuilder schema = SchemaBuilder.struct();
        IntStream.range(0, values.size())
                .forEach(i -> schema.field("v" + i, values.get(i).value().schema()));
        Struct row = new Struct(schema.build());
        IntStream.range(0, values.size())
                .forEach(i -> row.put("v" + i, values.get(i).value().value()));
        return row;
    }

    private void commit(String table, Map<String, String> more, List<Struct> rows) throws Exception {
        TopicPartition partition = new TopicPartition("dosql.shop." + table, 0);
        List<SinkRecord> records = new ArrayList<>();
        rows.forEach(row ->
                records.add(new SinkRecord(partition.topic(), 0, null, null, row.schema(), row, records.size())));
        Map<String, String> settings = new HashMap<>(more);
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

    /** The values that {@code SemanticTypesTest} of the sink reads by Iceberg's own reader, drawn anew. */
    @Test
    void readsRandomValuesOfAllTypes() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("readsRandomValuesOfAllTypes: -Dseed=" + seed);
        Random random = new Random(seed);
        TypeSettings drawn = TypeSettings.draw(random);
        TypeSettings settings = drawn.time().equals("time") ? drawn.withTime("string") : drawn;
        List<SemanticType> types = new ArrayList<>(SemanticTypes.single());
        types.addAll(SemanticTypes.nested(random, 20));
        types.removeIf(type -> NOT_IN_SPARK.contains(type.innermost().column(settings)));
        Sample sample = Sample.draw(random, types, settings, ROWS);
        commit("random", settings.toMap(), sample.rows());
        SparkSession spark = spark();
        try {
            List<Row> rows =
                    spark.sql("SELECT * FROM dolake.shop.random ORDER BY id").collectAsList();
            assertThat(rows).hasSize(ROWS);
            for (int id = 0; id < ROWS; id++) {
                Row row = rows.get(id);
                for (int i = 0; i < types.size(); i++) {
                    assertThat(Shown.text(plain(row.get(row.fieldIndex("v" + i)))))
                            .as(sample.of(i, seed))
                            .isEqualTo(sample.expected().get(id).get(i));
                }
            }
            assertFoundByUuid(spark, sample);
        } finally {
            spark.stop();
        }
    }

    /** Spark passes over a file whose least and greatest UUID, as Java compares them, are not around the one that is asked for. */
    private static void assertFoundByUuid(SparkSession spark, Sample sample) {
        int column = sample.types().stream().map(SemanticType::label).toList().indexOf("io.debezium.data.Uuid");
        for (int id = 0; id < ROWS; id++) {
            String uuid = sample.expected().get(id).get(column);
            if (!uuid.equals(Shown.NULL)) {
                assertThat(spark
                                .sql("SELECT id FROM dolake.shop.random WHERE v" + column + " = '" + uuid + "'")
                                .collectAsList()
                                .stream()
                                .map(row -> row.getLong(0)))
                        .contains((long) id);
            }
        }
    }

    /** Spark's structs, lists and maps as those of the expected values. */
    private static Object plain(Object value) {
        if (value instanceof Row row) {
            List<Object> fields = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                fields.add(plain(row.get(i)));
            }
            return new Answer.Fields(fields);
        }
        if (value instanceof scala.collection.Seq<?> list) {
            List<Object> items = new ArrayList<>();
            CollectionConverters.asJava(list).forEach(item -> items.add(plain(item)));
            return items;
        }
        if (value instanceof scala.collection.Map<?, ?> map) {
            Map<Object, Object> entries = new HashMap<>();
            CollectionConverters.asJava(map).forEach((key, item) -> entries.put(plain(key), plain(item)));
            return entries;
        }
        return value;
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
