/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.TableMode;
import io.dolake.sink.config.TypeConfig;
import io.dolake.sink.row.Change;
import io.dolake.sink.row.SoftDeletes;
import io.dolake.sink.row.UnavailableValues;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.types.ConnectTypes;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.catalog.TableIdentifier;

/** Maps a row event to table changes according to the table's mode. */
final class ChangeMapper {
    private final ChangeBuilder images;
    private final TableMode.Modes modes;
    private final RowRenamer names;

    private ChangeMapper(ChangeBuilder images, TableMode.Modes modes, RowRenamer names) {
        this.images = images;
        this.modes = modes;
        this.names = names;
    }

    /** The mapper for these settings, with its parts. */
    static ChangeMapper of(SinkConfig config, TableAccess access) {
        ColumnNameMapping names = new ColumnNameMapping(config, access);
        ChangeBuilder images = new ChangeBuilder(
                new KeyColumns(config, access, names),
                new InferredSchemas(),
                new ChangelogColumns(config.changelogPrefix()),
                new UnavailableValues(config),
                new ConnectTypes(TypeConfig.of(config)),
                new SoftDeletes(config.changelogPrefix()));
        return new ChangeMapper(images, new TableMode.Modes(config), new RowRenamer(names));
    }

    ChangeBuilder images() {
        return images;
    }

    List<Change> changes(List<TableIdentifier> tables, RowEvent original) {
        List<Change> changes = new ArrayList<>(2);
        Object originalKey = images.key(original.record().key());
        for (TableIdentifier table : tables) {
            RowEvent event = names.event(table, original);
            Object key = names.key(table, originalKey);
            switch (modes.of(table)) {
                case UPSERT, SOFT_DELETE -> upsert(table, event, key, changes);
                case APPEND -> {
                    if (event.after() != null) {
                        changes.add(images.append(table, event.after(), key, event.dropped()));
                    }
                }
                case CHANGELOG -> changes.add(images.logged(table, event, key));
            }
        }
        return changes;
    }

    /**
     * The tables in which a tombstone's key is to be looked for; {@code isChange}: it is also an event for a changelog.
     */
    List<TableIdentifier> ofTombstone(List<TableIdentifier> tables, boolean isChange) {
        return tables.stream()
                .filter(table -> switch (modes.of(table)) {
                    case UPSERT, SOFT_DELETE -> true;
                    case APPEND -> false;
                    case CHANGELOG -> isChange;
                })
                .toList();
    }

    /** Refuses a tombstone whose key is not the key of its table, if that table exists. */
    void checkKey(TableIdentifier table, Object key) {
        images.checkKey(table, names.key(table, images.key(key)));
    }

    private void upsert(TableIdentifier table, RowEvent event, Object key, List<Change> changes) {
        switch (event.op()) {
            case "d" -> changes.add(deletion(images.delete(table, key, event.before()), event));
            case "t" -> changes.add(new Change.Truncate(table));
            default -> {
                boolean isUpdate = event.op().equals("u") && event.source() != null;
                if (isUpdate && !images.hasKey(table, key)) {
                    throw ChangeBuilder.keyless("an update");
                }
                if (isUpdate && event.before() != null) {
                    Change.Delete moved = images.movedFrom(table, key, event.before(), event.after());
                    if (moved != null) {
                        changes.add(deletion(moved, event));
                    }
                }
                boolean isSoft = modes.of(table) == TableMode.SOFT_DELETE;
                changes.add(images.upsert(table, event.after(), key, event.dropped(), isSoft));
            }
        }
    }

    /** Deletes the row, or marks it as deleted, according to the table's mode. */
    private Change deletion(Change.Delete delete, RowEvent event) {
        return modes.of(delete.table()) == TableMode.SOFT_DELETE
                ? new Change.SoftDelete(
                        delete.table(),
                        delete.keyNames(),
                        delete.key(),
                        SoftDeletes.encoded(ChangelogColumns.micros(event.source(), event.record())))
                : delete;
    }
}
