/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.relational.TableId;
import io.dolake.connector.dosql.DoSqlConnectorConfig.SnapshotMode;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.TableSchema;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of tables of which rows were sent under other {@link CaptureFilters}, when their database begins: they are read
 * anew, or, where {@code snapshot.mode} never reads rows that exist, go on and say that they are not equal to their source.
 */
final class CaptureChanges {
    private static final Logger LOGGER = LoggerFactory.getLogger(CaptureChanges.class);

    private final DoSqlConnectorConfig config;
    private final Engine engine;
    private final DoSqlDatabaseSchema schema;

    CaptureChanges(DoSqlConnectorConfig config, Engine engine, DoSqlDatabaseSchema schema) {
        this.config = config;
        this.engine = engine;
        this.schema = schema;
    }

    /** @param guard of the database whose offset it is */
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
                    if (reads()) {
                        readAnew(table, why, guard);
                    } else {
                        goesStale(table, why, offset);
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

    private boolean reads() {
        return switch (config.getSnapshotMode()) {
            case INITIAL, ALWAYS, WHEN_NEEDED -> true;
            case NO_DATA, INITIAL_ONLY -> false;
        };
    }

    private void readAnew(TableId table, String why, TableGuard guard) {
        DoSqlOffsetContext offset = guard.offset();
        LOGGER.info("Table {} is read anew: {}", table, why);
        offset.resends().request(table.table());
        try {
            schema.checkNew(table);
        } catch (DoLakeException e) {
            guard.failed(table, offset.lsn(), offset.event(), e);
        }
    }

    private void goesStale(TableId table, String why, DoSqlOffsetContext offset) {
        SnapshotMode mode = config.getSnapshotMode();
        DoLakeException told = new DoLakeException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "Cannot keep table " + table + " equal to its source: " + why + ", and snapshot.mode="
                                + mode.getValue() + " does not read again what was sent before")
                .withHint(
                        mode == SnapshotMode.INITIAL_ONLY
                                ? "Reset the offset of the database, or set snapshot.mode=initial"
                                : "Rows that change are sent as the settings say now");
        boolean isNoted = offset.faults()
                .goesStale(
                        table.table(),
                        RunFaults.suspension(told, offset.lsn() + ":" + offset.event(), table.toString()));
        LOGGER.warn("{}{}", told.getMessage(), isNoted ? "" : " (only in the log: the offset names others already)");
    }

    private List<TableSchema> existing(DoSqlPartition partition) {
        try (SnapshotView view = SnapshotView.open(engine, partition.database())) {
            return view.tables();
        }
    }
}
