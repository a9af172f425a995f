/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.relational.TableId;
import io.dolake.connector.dosql.DoSqlConnectorConfig.SnapshotMode;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.TableSchema;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles tables whose rows were sent under other {@link CaptureFilters}, when their database starts: they are read
 * again, or, where {@code snapshot.mode} never reads existing rows, they continue and are marked as not equal to their
 * source.
 */
final class CaptureChanges {
    private static final Logger LOGGER = LoggerFactory.getLogger(CaptureChanges.class);

    private final DoSqlConnectorConfig config;
    private final EngineConnection engine;
    private final DoSqlDatabaseSchema schema;

    CaptureChanges(DoSqlConnectorConfig config, EngineConnection engine, DoSqlDatabaseSchema schema) {
        this.config = config;
        this.engine = engine;
        this.schema = schema;
    }

    /** @param guard the guard of the database with this offset */
    void apply(DoSqlPartition partition, TableGuard guard) {
        DoSqlOffsetContext offset = guard.offset();
        String now = CaptureFilters.of(config.getConfig());
        if (offset.filters().equals(now)) {
            return;
        }
        offset.faults().byTable().keySet().stream()
                .filter(table -> !schema.isCaptured(new TableId(partition.database(), null, table)))
                .forEach(offset.faults()::forget);
        CaptureFilters.changed(config, offset.filters(), partition.database(), existing(partition))
                .forEach((table, why) -> {
                    String obstacle = obstacle(table);
                    if (obstacle == null) {
                        readAnew(table, why, guard);
                    } else {
                        goesStale(table, why, obstacle, offset);
                    }
                });
        offset.filtersAre(now);
    }

    /** Has every captured table read as soon as its database streams. */
    void readAll(SnapshotView view, DoSqlPartition partition, TableGuard guard) {
        for (TableSchema table : view.tables()) {
            TableId id = new TableId(partition.database(), null, table.name());
            if (schema.isCaptured(id)) {
                readAnew(id, "its database is", guard);
            }
        }
    }

    /** The setting because of which existing rows of the table are not read again; null if they are. */
    private String obstacle(TableId table) {
        SnapshotMode mode = config.getSnapshotMode();
        boolean reads = switch (mode) {
            case INITIAL, ALWAYS, WHEN_NEEDED -> true;
            case NO_DATA, INITIAL_ONLY -> false;
        };
        List<String> read = config.getDataCollectionsToBeSnapshotted();
        boolean isRead = read.isEmpty()
                || read.stream()
                        .anyMatch(pattern -> Pattern.compile(pattern.strip(), Pattern.CASE_INSENSITIVE)
                                .matcher(table.identifier())
                                .matches());
        return !reads ? "snapshot.mode=" + mode.getValue() : isRead ? null : "snapshot.include.collection.list";
    }

    private void readAnew(TableId table, String why, TableGuard guard) {
        DoSqlOffsetContext offset = guard.offset();
        LOGGER.info("Table {} is read again: {}", table, why);
        offset.pendingResnapshots().request(table.table());
        try {
            schema.checkNew(table);
        } catch (DoLakeException e) {
            guard.failed(table, offset.lsn(), offset.event(), e);
        }
    }

    private void goesStale(TableId table, String why, String obstacle, DoSqlOffsetContext offset) {
        DoLakeException told = new DoLakeException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "Cannot keep table " + table + " equal to its source: " + why + ", and by " + obstacle
                                + " what was sent before is not read again")
                .withHint(
                        config.getSnapshotMode() == SnapshotMode.INITIAL_ONLY
                                ? "Reset the offset of the database, or set snapshot.mode=initial"
                                : "Rows that change are sent as the settings say now");
        boolean isNoted = offset.faults()
                .goesStale(
                        table.table(),
                        RunFaults.suspension(told, offset.lsn() + ":" + offset.event(), table.toString()));
        LOGGER.warn(
                "{}{}", told.getMessage(), isNoted ? "" : " (only in the log: the offset already lists other tables)");
    }

    private List<TableSchema> existing(DoSqlPartition partition) {
        try (SnapshotView view = SnapshotView.open(engine, partition.database())) {
            return view.tables();
        }
    }
}
