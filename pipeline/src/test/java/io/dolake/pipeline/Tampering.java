/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.run.Home;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.types.Types;

/** Does to tables of the lake what must never happen, for a verification to find. */
public final class Tampering {
    private Tampering() {}

    public static void deleteAll(Home home, String namespace, String name) {
        with(
                home,
                catalog -> catalog.loadTable(TableIdentifier.of(namespace, name))
                        .newDelete()
                        .deleteFromRowFilter(Expressions.alwaysTrue())
                        .commit());
    }

    public static void dropTable(Home home, String namespace, String name) {
        with(home, catalog -> catalog.dropTable(TableIdentifier.of(namespace, name), false));
    }

    /** Files that snapshots name are gone. */
    public static void removeDataFiles(Home home, String namespace, String name) throws IOException {
        Path data = home.warehouse().resolve(namespace).resolve(name).resolve("data");
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Adds a column that no row of the source can fill. */
    public static void requireColumn(Home home, String namespace, String name) {
        with(
                home,
                catalog -> catalog.loadTable(TableIdentifier.of(namespace, name))
                        .updateSchema()
                        .allowIncompatibleChanges()
                        .addRequiredColumn("must", Types.LongType.get())
                        .commit());
    }

    public static void dropRequiredColumn(Home home, String namespace, String name) {
        with(
                home,
                catalog -> catalog.loadTable(TableIdentifier.of(namespace, name))
                        .updateSchema()
                        .deleteColumn("must")
                        .commit());
    }

    /** Appends a copy of each data file, so that its rows are there twice. */
    public static void duplicateFiles(Home home, String namespace, String name) throws IOException {
        List<IOException> failures = new ArrayList<>();
        with(home, catalog -> {
            Table table = catalog.loadTable(TableIdentifier.of(namespace, name));
            AppendFiles append = table.newAppend();
            try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
                for (FileScanTask task : tasks) {
                    Path path = Path.of(task.file().location().replaceFirst("^file:/*", "/"));
                    Path copy = path.resolveSibling("copy-" + path.getFileName());
                    Files.copy(path, copy, StandardCopyOption.REPLACE_EXISTING);
                    append.appendFile(DataFiles.builder(table.spec())
                            .copy(task.file())
                            .withPath(copy.toString())
                            .build());
                }
            } catch (IOException e) {
                failures.add(e);
            }
            append.commit();
        });
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    public static void with(Home home, Consumer<JdbcCatalog> action) {
        try (JdbcCatalog catalog = new JdbcCatalog()) {
            catalog.initialize(
                    "dolake",
                    Map.of(
                            CatalogProperties.URI,
                            "jdbc:sqlite:" + home.catalog() + "?busy_timeout=10000",
                            CatalogProperties.WAREHOUSE_LOCATION,
                            home.warehouse().toString(),
                            CatalogProperties.FILE_IO_IMPL,
                            WritableFiles.class.getName(),
                            CatalogProperties.CLIENT_POOL_SIZE,
                            "1"));
            action.accept(catalog);
        }
    }

    /** Made by name. */
    public static final class WritableFiles implements FileIO {
        private static final long serialVersionUID = 1L;

        @Override
        public InputFile newInputFile(String location) {
            return org.apache.iceberg.Files.localInput(plain(location));
        }

        @Override
        public OutputFile newOutputFile(String location) {
            File file = new File(plain(location));
            file.getParentFile().mkdirs();
            return org.apache.iceberg.Files.localOutput(file);
        }

        @Override
        public void deleteFile(String location) {
            new File(plain(location)).delete();
        }

        private static String plain(String location) {
            return location.replaceFirst("^file:/*", "/");
        }
    }
}
