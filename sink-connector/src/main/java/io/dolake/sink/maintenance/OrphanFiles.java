/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ReachableFileUtil;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.apache.iceberg.util.PropertyUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the files in a table's data and metadata folders that no snapshot and no metadata file refers to: leftovers
 * of failed attempts. Files are listed first and checked afterwards, so that commits in between count. No commit under
 * way may be older than the configured age.
 */
final class OrphanFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanFiles.class);

    private final Table table;
    private final Duration age;

    OrphanFiles(Table table, Duration age) {
        this.table = table;
        this.age = age;
    }

    MaintenanceResult remove() {
        if (!PropertyUtil.propertyAsBoolean(
                table.properties(), TableProperties.GC_ENABLED, TableProperties.GC_ENABLED_DEFAULT)) {
            return MaintenanceResult.NONE;
        }
        List<String> old = old();
        if (old.isEmpty()) {
            return MaintenanceResult.NONE;
        }
        Set<String> reachable = reachable();
        int removed = 0;
        for (String location : old) {
            if (!reachable.contains(path(location))) {
                removed += delete(location) ? 1 : 0;
            }
        }
        return MaintenanceResult.removed(removed);
    }

    private boolean delete(String location) {
        try {
            table.io().deleteFile(location);
            LOG.info("Table {}: removed {}, which nothing refers to", table.name(), location);
            return true;
        } catch (NotFoundException e) {
            // Another process has removed it.
            return false;
        }
    }

    private List<String> old() {
        if (!(table.io() instanceof SupportsPrefixOperations store)) {
            throw new DoLakeException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "Cannot look for files that nothing refers to in table " + table.name() + ": "
                            + table.io().getClass().getName() + " cannot list files");
        }
        long until = System.currentTimeMillis() - age.toMillis();
        String metadata = path(currentMetadata());
        boolean isMetadataSeen = false;
        List<String> old = new ArrayList<>();
        for (String folder : folders()) {
            for (FileInfo file : store.listPrefix(folder)) {
                isMetadataSeen |= path(file.location()).equals(metadata);
                if (file.createdAtMillis() <= until) {
                    old.add(file.location());
                }
            }
        }
        if (!isMetadataSeen) {
            // If names were written differently in the listing and in the metadata, every file would look like an
            // orphan.
            throw new DoLakeException(
                    ErrorCode.OBJECT_STORE_ERROR,
                    "Cannot tell which files of table " + table.name() + " nothing refers to: its own metadata file "
                            + metadata + " is not among the files listed");
        }
        return old;
    }

    private String currentMetadata() {
        table.refresh();
        return ((HasTableOperations) table).operations().current().metadataFileLocation();
    }

    /** Folders that belong to the table alone: its location may contain those of other tables. */
    private Set<String> folders() {
        String location = strip(table.location());
        Set<String> folders = new HashSet<>();
        folders.add(
                strip(table.properties().getOrDefault(TableProperties.WRITE_DATA_LOCATION, location + "/data")) + "/");
        folders.add(
                strip(table.properties().getOrDefault(TableProperties.WRITE_METADATA_LOCATION, location + "/metadata"))
                        + "/");
        return folders;
    }

    private static String strip(String folder) {
        return folder.endsWith("/") ? folder.substring(0, folder.length() - 1) : folder;
    }

    private Set<String> reachable() {
        table.refresh();
        Set<String> reachable = new HashSet<>();
        add(reachable, ReachableFileUtil.metadataFileLocations(table, false));
        add(reachable, ReachableFileUtil.manifestListLocations(table));
        add(reachable, ReachableFileUtil.statisticsFilesLocations(table));
        reachable.add(path(ReachableFileUtil.versionHintLocation(table)));
        Set<String> manifests = new HashSet<>();
        for (Snapshot snapshot : table.snapshots()) {
            for (ManifestFile manifest : snapshot.allManifests(table.io())) {
                if (manifests.add(manifest.path())) {
                    reachable.add(path(manifest.path()));
                    addContent(reachable, manifest);
                }
            }
        }
        return reachable;
    }

    private void addContent(Set<String> reachable, ManifestFile manifest) {
        try (CloseableIterable<String> paths = ManifestFiles.readPaths(manifest, table.io(), table.specs())) {
            add(reachable, paths);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + manifest.path(), e);
        }
    }

    private static void add(Set<String> reachable, Iterable<String> locations) {
        locations.forEach(location -> reachable.add(path(location)));
    }

    /** Without scheme and authority: {@code s3a} and {@code s3}, or {@code file:} and no scheme, name the same file. */
    private static String path(String location) {
        int colon = location.indexOf(':');
        boolean hasScheme = colon > 0 && location.substring(0, colon).chars().allMatch(Character::isLetterOrDigit);
        if (!hasScheme) {
            return location;
        }
        String rest = location.substring(colon + 1);
        return rest.startsWith("//") ? rest.substring(Math.max(2, rest.indexOf('/', 2))) : rest;
    }
}
