/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Scans snapshots of tables with Spark on one core: {@code URI WAREHOUSE ROUNDS TABLE@SNAPSHOT...}. All columns of all rows are
 * read. Prints {@code TABLE@SNAPSHOT ROWS SECONDS} for each round and snapshot, after two rounds that do not count.
 */
public final class SparkScan {
    private static final int WARM_UPS = 2;

    private SparkScan() {}

    public static void main(String[] arguments) throws IOException {
        int rounds = Integer.parseInt(arguments[2]);
        List<String> snapshots = List.of(arguments).subList(3, arguments.length);
        try (SparkSession spark = session(arguments[0], arguments[1])) {
            List<String> columns = new ArrayList<>();
            for (int round = -WARM_UPS; round < rounds; round++) {
                for (String snapshot : snapshots) {
                    String[] parts = snapshot.split("@", 2);
                    if (columns.isEmpty()) {
                        columns.addAll(List.of(spark.table("lake." + parts[0]).columns()));
                    }
                    long begin = System.nanoTime();
                    Row row = spark.sql(scan(columns, parts[0], parts[1])).first();
                    double seconds = (System.nanoTime() - begin) / 1e9;
                    if (round >= 0) {
                        System.out.println(snapshot + " " + row.getLong(0) + " " + seconds);
                    }
                }
            }
        }
    }

    /** Takes each value in hand, so that no column is left out of the scan. */
    private static String scan(List<String> columns, String table, String snapshot) {
        StringBuilder sql = new StringBuilder("SELECT count(*)");
        for (String column : columns) {
            sql.append(", sum(hash(").append(column).append("))");
        }
        return sql + " FROM lake." + table + " VERSION AS OF " + snapshot;
    }

    private static SparkSession session(String uri, String warehouse) {
        return SparkSession.builder()
                .master("local[1]")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", "1")
                .config("spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
                .config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
                .config("spark.sql.catalog.lake.type", "jdbc")
                .config("spark.sql.catalog.lake.uri", uri)
                .config("spark.sql.catalog.lake.jdbc.schema-version", "V1")
                .config("spark.sql.catalog.lake.warehouse", warehouse)
                .getOrCreate();
    }
}
