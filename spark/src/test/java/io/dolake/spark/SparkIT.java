/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spark reads the tables of the sink, and works on them between the sink's commits; through four kinds of catalogs. */
class SparkIT {
    private static final String TABLE = "dolake.shop.visits";

    private static PluginLoader plugin;
    private static CatalogServer nessie;
    private static CatalogServer hive;
    private static GlueServer glue;

    @TempDir
    static Path shared;

    @TempDir
    Path directory;

    private SparkSession spark;

    /** The plugin, with the catalogs of Nessie and Hive, and what that of Glue needs, put beside its own jars. */
    @BeforeAll
    static void start() throws Exception {
        plugin = new PluginLoader(
                Path.of("..", "sink-connector", "target", "plugin", "dolake-sink-connector"),
                Path.of("target", "catalogs"));
        nessie = CatalogServer.nessie(shared);
        hive = CatalogServer.hive(shared);
        glue = new GlueServer();
        // Where the SDK looks for credentials first; only the server here asks for any.
        System.setProperty("aws.accessKeyId", "test");
        System.setProperty("aws.secretAccessKey", "test");
    }

    @AfterAll
    static void stop() {
        nessie.close();
        hive.close();
        glue.close();
    }

    private Map<String, String> catalog(String type) {
        Map<String, String> properties = new HashMap<>();
        properties.put("type", type);
        properties.put("warehouse", directory.resolve("warehouse").toString());
        switch (type) {
            case "jdbc" -> {
                properties.put("uri", "jdbc:sqlite:" + directory.resolve("catalog.db") + "?busy_timeout=10000");
                properties.put("jdbc.schema-version", "V1");
            }
            case "nessie" -> {
                properties.put("uri", nessie.uri());
                properties.put("client-api-version", "2");
            }
            case "glue" -> {
                properties.put("glue.endpoint", glue.endpoint());
                properties.put("client.region", "us-east-1");
                properties.put("http-client.type", "urlconnection");
                properties.put("io-impl", "org.apache.iceberg.hadoop.HadoopFileIO");
            }
            default -> properties.put("uri", hive.uri());
        }
        return properties;
    }

    private void startSpark(Map<String, String> catalog) {
        SparkSession.Builder builder = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", "2")
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.sql.datetime.java8API.enabled", "true")
                .config("spark.sql.warehouse.dir", directory.resolve("spark").toString())
                .config("spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
                .config("spark.sql.catalog.dolake", "org.apache.iceberg.spark.SparkCatalog")
                // What the sink commits meanwhile is to be seen.
                .config("spark.sql.catalog.dolake.cache-enabled", "false");
        catalog.forEach((key, value) -> builder.config("spark.sql.catalog.dolake." + key, value));
        spark = builder.getOrCreate();
    }

    @AfterEach
    void stopSpark() {
        spark.stop();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "jdbc; 2; ''",
                "jdbc; 2; bucket(id, 3)",
                "jdbc; 3; ''",
                "jdbc; 3; day(created), bucket(id, 2)",
                "nessie; 3; bucket(id, 2)",
                "hive; 3; bucket(id, 2)",
                "glue; 3; bucket(id, 2)"
            })
    void readsEveryRowAndMayMaintainTheTable(String catalogType, int formatVersion, String partitionBy)
            throws Exception {
        Map<String, String> catalog = catalog(catalogType);
        startSpark(catalog);
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("SparkIT seed=" + seed);
        Random random = new Random(seed);
        Visits visits = new Visits();
        try (SinkWorker worker = new SinkWorker(
                plugin, settings(catalog, formatVersion, partitionBy), visits.partition, visits.records)) {
            for (int round = 0; round < 8; round++) {
                visits.change(random, 150);
                worker.drain();
                assertSame(visits);
                work(catalogType, round, visits);
                assertSame(visits);
            }
        }
        assertThat(count("SELECT count(*) FROM " + TABLE + ".delete_files")).isPositive();
        String format = spark.sql("SELECT DISTINCT file_format FROM " + TABLE + ".delete_files")
                .collectAsList()
                .toString();
        assertThat(format).isEqualTo(formatVersion == 2 ? "[[PARQUET]]" : "[[PUFFIN]]");
    }

    private Map<String, String> settings(Map<String, String> catalog, int formatVersion, String partitionBy) {
        Map<String, String> settings = new HashMap<>();
        settings.put("name", "dolake-sink");
        catalog.forEach((key, value) -> settings.put("iceberg.catalog." + key, value));
        settings.put("iceberg.tables.auto-create-props.format-version", Integer.toString(formatVersion));
        settings.put("iceberg.tables.auto-create-props.write.delete.mode", "merge-on-read");
        if (catalog.get("type").equals("hive")) {
            // The metastore compares the metadata location itself (HIVE-26882), as versions since 2.3.10 and 4.0 can.
            settings.put("iceberg.tables.auto-create-props.engine.hive.lock-enabled", "false");
        }
        settings.put("iceberg.tables.default-partition-by", partitionBy);
        settings.put("dolake.tables.default-sort-by", "region, id");
        settings.put("dolake.commit.interval.ms", "10");
        return settings;
    }

    /** What Spark does between the commits of the sink, something else in each round. */
    private void work(String catalogType, int round, Visits visits) {
        switch (round) {
            case 1, 5 ->
                assertThat(call("rewrite_data_files", "options => map('rewrite-all', 'true')"))
                        .isPositive();
            case 2 -> {
                spark.sql("DELETE FROM " + TABLE + " WHERE id % 7 = 3");
                visits.expected.keySet().removeIf(id -> id % 7 == 3);
            }
            case 3 -> call("rewrite_position_delete_files", "options => map('rewrite-all', 'true')");
            case 4, 6 -> {
                String all = "older_than => TIMESTAMP '2200-01-01 00:00:00', retain_last => 1";
                if (catalogType.equals("nessie")) {
                    // Its tables share files between branches; it removes them by a tool of its own.
                    assertThatThrownBy(() -> call("expire_snapshots", all)).hasMessageContaining("GC is disabled");
                    return;
                }
                call("expire_snapshots", all);
                assertThat(count("SELECT count(*) FROM " + TABLE + ".snapshots"))
                        .isEqualTo(1);
            }
            default -> {}
        }
    }

    /** Runs a maintenance procedure; returns the first of the counts that it gives back. */
    private long call(String procedure, String arguments) {
        List<Row> result = spark.sql("CALL dolake.system." + procedure + "(table => 'shop.visits', " + arguments + ")")
                .collectAsList();
        return ((Number) result.get(0).get(0)).longValue();
    }

    private long count(String query) {
        return spark.sql(query).collectAsList().get(0).getLong(0);
    }

    private void assertSame(Visits visits) {
        Map<Long, String> actual = new TreeMap<>();
        List<Row> rows =
                spark.sql("SELECT id, region, price, created FROM " + TABLE).collectAsList();
        for (Row row : rows) {
            Instant created = row.getInstant(3);
            actual.put(row.getLong(0), Visits.text(row.get(1), row.get(2), created));
        }
        assertThat(rows).hasSize(actual.size());
        assertThat(actual).isEqualTo(visits.expected);
    }
}
