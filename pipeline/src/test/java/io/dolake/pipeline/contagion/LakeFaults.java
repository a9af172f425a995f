/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import static io.dolake.pipeline.contagion.Fault.Scope.OWN_TABLE;
import static io.dolake.pipeline.contagion.Fault.Scope.TABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.pipeline.Tampering;
import io.dolake.schemas.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;

/** What others do to tables of the lake and to its catalog: lines C7, C11, C14 and their kinds. */
final class LakeFaults {
    private static final String NOWHERE = "/dev/null/x";

    private LakeFaults() {}

    static List<Fault> all() {
        List<Fault> all = new ArrayList<>(ofTables());
        all.add(dropped("C11 lake table dropped while nothing runs").whileStopped());
        return all;
    }

    private static List<Fault> ofTables() {
        return List.of(
                dropped("C11 lake table dropped under a running task"),
                Fault.of("C11 lake table made anew", TABLE, site -> {
                            with(site, table -> {
                                Schema schema = table.schema();
                                Tampering.with(site.home(), catalog -> {
                                    catalog.dropTable(id(site), false);
                                    catalog.createTable(id(site), schema);
                                });
                            });
                            site.mark();
                        })
                        .sick(ErrorCode.TABLE_REPLACED)
                        .resumed("--from", "start"),
                Fault.of("C11 lake table restored", TABLE, LakeFaults::restore)
                        .sick(ErrorCode.TABLE_REPLACED)
                        .lasting(Fault.Lasts.UNTIL_TOLD)
                        .resumed("--from", "held"),
                Fault.of("C14 no place to write data to", TABLE, site -> {
                            with(
                                    site,
                                    table -> table.updateProperties()
                                            .set(TableProperties.WRITE_DATA_LOCATION, NOWHERE)
                                            .commit());
                            site.mark();
                        })
                        .sick(ErrorCode.INVALID_CONFIGURATION)
                        .curedBy(site -> with(
                                site,
                                table -> table.updateProperties()
                                        .remove(TableProperties.WRITE_DATA_LOCATION)
                                        .commit())),
                Fault.of(
                                "C14 offsets that are none",
                                TABLE,
                                site -> with(site, table -> {
                                    Map<String, String> good = offsets(table);
                                    site.remember(good);
                                    UpdateProperties update = table.updateProperties();
                                    good.keySet().forEach(property -> update.set(property, "x"));
                                    update.commit();
                                }))
                        .sick(ErrorCode.INVALID_CONFIGURATION, ErrorCode.TABLE_REPLACED, ErrorCode.INTERNAL_ERROR)
                        .curedBy(site -> with(site, table -> {
                            UpdateProperties update = table.updateProperties();
                            ((Map<?, ?>) site.remembered(Map.class))
                                    .forEach((name, value) -> update.set((String) name, (String) value));
                            update.commit();
                        })),
                Fault.of("C14 required column that no row has", TABLE, site -> {
                            Tampering.requireColumn(site.home(), site.database(), site.table());
                            site.mark();
                        })
                        .provenBy(site -> {
                            boolean[] isOptional = new boolean[1];
                            with(
                                    site,
                                    table -> isOptional[0] =
                                            table.schema().findField("must").isOptional());
                            return isOptional[0] && site.hasMark();
                        })
                        .curedBy(site -> Tampering.dropRequiredColumn(site.home(), site.database(), site.table())),
                Fault.of("C14 name that is too long for a file", OWN_TABLE, site -> {
                            String name = "n".repeat(290) + site.number();
                            site.sickens(site.database(), name);
                            site.sql(
                                    "CREATE TABLE " + name + "(id INTEGER PRIMARY KEY, v)",
                                    "INSERT INTO " + name + " VALUES (1, 'x')");
                        })
                        .sick(ErrorCode.INVALID_ARGUMENT)
                        .curedBy(site -> site.sql("ALTER TABLE " + site.sickTable() + " RENAME TO $T")),
                Fault.of("C7 lake table made by hand that takes no such values", OWN_TABLE, site -> {
                            Tampering.with(
                                    site.home(),
                                    catalog -> catalog.createTable(
                                            id(site),
                                            new Schema(
                                                    Types.NestedField.required(1, "id", Types.LongType.get()),
                                                    Types.NestedField.optional(
                                                            2, "v", Types.TimestampType.withZone()))));
                            site.sql(
                                    "CREATE TABLE $T(id INTEGER PRIMARY KEY, v TEXT)",
                                    "INSERT INTO $T VALUES (1, 'no time')");
                        })
                        .sick(ErrorCode.TYPE_MISMATCH)
                        .curedBy(site -> with(
                                site,
                                table -> table.updateSchema().deleteColumn("v").commit())));
    }

    private static Fault dropped(String id) {
        return Fault.of(id, TABLE, site -> Tampering.dropTable(site.home(), site.database(), site.table()))
                .sick(ErrorCode.TABLE_REPLACED)
                .resumed("--from", "start");
    }

    private static TableIdentifier id(Site site) {
        return TableIdentifier.of(site.database(), site.table());
    }

    static void with(Site site, Consumer<Table> action) {
        Tampering.with(site.home(), catalog -> action.accept(catalog.loadTable(id(site))));
    }

    private static Map<String, String> offsets(Table table) {
        Map<String, String> offsets = new HashMap<>(table.properties());
        offsets.keySet().removeIf(name -> !name.startsWith("dolake.offset."));
        assertThat(offsets).isNotEmpty();
        return offsets;
    }

    /** As from a copy of before: snapshot and offsets are those of then. */
    private static void restore(Site site) throws Exception {
        site.mark();
        site.awaitMark();
        with(site, table -> {
            long snapshot = table.currentSnapshot().snapshotId();
            Map<String, String> offsets = offsets(table);
            site.remember(List.of(snapshot, offsets));
        });
        site.mark();
        site.awaitMark();
        List<?> before = site.remembered(List.class);
        with(site, table -> {
            table.manageSnapshots().rollbackTo((Long) before.get(0)).commit();
            UpdateProperties update = table.updateProperties();
            ((Map<?, ?>) before.get(1)).forEach((name, value) -> update.set((String) name, (String) value));
            update.commit();
        });
        site.mark();
    }
}
