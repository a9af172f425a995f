/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.SinkConfig;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * The location of a new table whose name, as a path, would lead into the directory of another table or out of the
 * warehouse: catalogs append names to the warehouse unchanged.
 */
final class TableLocation {
    private TableLocation() {}

    /** Empty if the location that the catalog chooses is safe. */
    static Optional<String> of(TableIdentifier name, String warehouse) {
        if (levels(name).allMatch(TableLocation::isDirectoryName)) {
            return Optional.empty();
        }
        if (warehouse == null || !warehouse.contains("/")) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot create table '" + name + "': its name, as a path, leads to another directory")
                    .withHint(
                            "Set " + SinkConfig.CATALOG_PREFIX + "warehouse to the path of the warehouse, or create the"
                                    + " table yourself with a location");
        }
        String directory = levels(name).map(TableLocation::directory).collect(Collectors.joining("/"));
        return Optional.of(warehouse.replaceAll("/+$", "") + "/" + directory);
    }

    private static Stream<String> levels(TableIdentifier name) {
        return Stream.concat(Arrays.stream(name.namespace().levels()), Stream.of(name.name()));
    }

    private static boolean isDirectoryName(String level) {
        return !level.contains("/") && !level.equals(".") && !level.equals("..");
    }

    /** The level itself, or its readable characters and a digest that keeps it distinct. */
    private static String directory(String level) {
        if (isDirectoryName(level)) {
            return level;
        }
        UUID digest = UUID.nameUUIDFromBytes(level.getBytes(StandardCharsets.UTF_8));
        return level.replaceAll("[^A-Za-z0-9_-]", "_") + "-" + digest;
    }
}
