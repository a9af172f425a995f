/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import io.dolake.sink.catalog.Catalogs;
import io.dolake.sink.config.SinkConfig;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/** A catalog and a warehouse in a directory, read with Iceberg's own generic reader. */
public final class Lake implements AutoCloseable {
    final Path directory;
    private final int formatVersion;
    private final Catalog catalog;

    public Lake(Path directory) {
        this(directory, 3);
    }

    /** A lake whose tables the sink creates with this format version. */
    public Lake(Path directory, int formatVersion) {
        this.directory = directory;
        this.formatVersion = formatVersion;
        this.catalog = Catalogs.open(settings("reader"));
    }

    /** The lake of a sink with these settings. */
    public Lake(Path directory, Map<String, String> settings) {
        this.directory = directory;
        this.formatVersion = 3;
        this.catalog = Catalogs.open(settings);
    }

    /** Sink settings for this lake; commits are due at once. */
    public Map<String, String> settings(String connector) {
        Map<String, String> settings = new HashMap<>();
        settings.put("name", connector);
        settings.put("iceberg.catalog.type", "jdbc");
        settings.put("iceberg.catalog.uri", "jdbc:sqlite:" + directory.resolve("catalog.db") + "?busy_timeout=10000");
        settings.put("iceberg.catalog.warehouse", directory.resolve("warehouse").toString());
        settings.put("iceberg.catalog.local.sync", "false");
        settings.put("iceberg.catalog.jdbc.schema-version", "V1");
        settings.put(
                SinkConfig.AUTO_CREATE_PROPS_PREFIX + TableProperties.FORMAT_VERSION, Integer.toString(formatVersion));
        settings.put(SinkConfig.COMMIT_INTERVAL_MS, "10");
        settings.put(SinkConfig.RETRY_BACKOFF_MS, "5");
        settings.put(SinkConfig.RETRY_BACKOFF_MAX_MS, "50");
        return settings;
    }

    public Catalog catalog() {
        return catalog;
    }

    public Table table(String name) {
        return catalog.loadTable(TableIdentifier.of("shop", name));
    }

    public boolean exists(String name) {
        return catalog.tableExists(TableIdentifier.of("shop", name));
    }

    /** Live rows, column to value as text. */
    public List<Map<String, String>> rows(String name) {
        return rows(table(name), null);
    }

    public static List<Map<String, String>> rows(Table table, Long snapshotId) {
        List<Map<String, String>> rows = new ArrayList<>();
        IcebergGenerics.ScanBuilder scan = IcebergGenerics.read(table);
        // The reader leaves _pos in its records where it applied deletes.
        List<Types.NestedField> columns = table.schema().columns();
        try (CloseableIterable<Record> records = (snapshotId == null ? scan : scan.useSnapshot(snapshotId)).build()) {
            for (Record record : records) {
                Map<String, String> row = new TreeMap<>();
                for (Types.NestedField field : columns) {
                    row.put(field.name(), String.valueOf(record.getField(field.name())));
                }
                rows.add(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    @Override
    public void close() throws IOException {
        ((Closeable) catalog).close();
    }
}
