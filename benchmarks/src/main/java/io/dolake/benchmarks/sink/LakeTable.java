/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.sink;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.pipeline.lake.LocalFiles;
import io.dolake.pipeline.run.Home;
import java.io.IOException;
import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** A table that a sink writes, watched from outside. */
public final class LakeTable implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JdbcCatalog catalog = new JdbcCatalog();
    private final TableIdentifier name;
    private Table table;

    /** The table need not be there yet; the catalog is made if it is not. */
    public LakeTable(Home home, String name) {
        this.name = TableIdentifier.parse(name);
        catalog.initialize(
                "dolake",
                Map.of(
                        "uri",
                        "jdbc:sqlite:" + home.catalog() + "?busy_timeout=10000",
                        "warehouse",
                        home.warehouse().toString(),
                        "io-impl",
                        LocalFiles.class.getName(),
                        "jdbc.schema-version",
                        "V1",
                        "clients",
                        "1"));
    }

    /** The table as it is now, or null. */
    public Table refreshed() {
        try {
            if (table == null) {
                table = catalog.loadTable(name);
            } else {
                table.refresh();
            }
            return table;
        } catch (NoSuchTableException e) {
            return null;
        }
    }

    /** Rows that data files hold, rows deleted by position included. */
    long totalRecords() {
        Table now = refreshed();
        Snapshot snapshot = now == null ? null : now.currentSnapshot();
        return snapshot == null ? 0 : Long.parseLong(snapshot.summary().get("total-records"));
    }

    /** Below which offset of the topic's only partition the DoLake sink has committed everything. */
    public long nextOffset(String topic) throws IOException {
        Table now = refreshed();
        long next = 0;
        if (now != null) {
            for (Snapshot snapshot : now.snapshots()) {
                next = Math.max(next, nextOffset(snapshot, topic));
            }
        }
        return next;
    }

    /** 0 for a snapshot that brought no records, as of a compaction. */
    public static long nextOffset(Snapshot snapshot, String topic) throws IOException {
        String offsets = snapshot.summary().get("dolake.offsets");
        return offsets == null
                ? 0
                : JSON.readTree(offsets).required(topic + "-0").asLong();
    }

    int snapshots() {
        Table now = refreshed();
        int count = 0;
        for (Snapshot ignored : now.snapshots()) {
            count++;
        }
        return count;
    }

    /** Reads all rows. */
    Orders.Content content() throws IOException {
        Orders.Content content = Orders.Content.EMPTY;
        try (CloseableIterable<Record> rows =
                IcebergGenerics.read(refreshed()).select("id", "quantity").build()) {
            for (Record row : rows) {
                content = content.with((Long) row.getField("id"), (Long) row.getField("quantity"));
            }
        }
        return content;
    }

    @Override
    public void close() {
        catalog.close();
    }
}
