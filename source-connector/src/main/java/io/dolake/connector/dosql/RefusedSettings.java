/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Settings of other Debezium connectors that have no meaning here. If they were ignored, they would promise what does
 * not happen: a password that protects nothing, a row filter that filters nothing. A name that ends with a dot stands
 * for all names that start with it.
 */
final class RefusedSettings {
    private static final String NO_USER =
            "the engine knows a caller by its token alone: database.password is for that, remove this";
    private static final String NO_HISTORY = "the change log carries the schemas, no history topic is kept: remove it";
    private static final String WHOLE_TABLES = "a snapshot reads whole tables, one after another, by its own queries:"
            + " remove it, or choose tables with snapshot.include.collection.list";
    private static final String NO_INCREMENTAL = "there are no incremental snapshots: remove it";
    private static final String NO_LINEAGE = "the plugin does not ship OpenLineage: remove it";
    private static final String MODES =
            "snapshot.mode is one of initial, always, initial_only, no_data, when_needed:" + " remove it";
    private static final String NO_SQL = "the connector runs no SQL of others: remove it";
    private static final String NO_SCHEMAS = "a database of SQLite has no schemas: use table.include.list or"
            + " table.exclude.list with <database>.<table>";
    private static final String NO_DDL_EVENTS = "schema changes are not sent as events of their own: remove it";

    private static final String OF_TASKS = "the connector sets it for its tasks: remove it";

    private static final TreeMap<String, String> REASONS = new TreeMap<>(Map.ofEntries(
            Map.entry("database.user", NO_USER),
            Map.entry("database.dbname", "one connector captures many: use database.include.list"),
            Map.entry("database.names", "use database.include.list"),
            Map.entry("database.server.name", "use topic.prefix"),
            Map.entry("database.initial.statements", NO_SQL),
            Map.entry("database.query.timeout.ms", "use database.request.timeout.ms"),
            Map.entry("driver.", "the engine is not reached over JDBC: remove it"),
            Map.entry("heartbeat.action.query", NO_SQL + "; idle databases need no such query here"),
            Map.entry("time.precision.mode", "SQLite has no types of time: dates are text or numbers as stored"),
            Map.entry("unavailable.value.placeholder", "rows are always sent whole: remove it"),
            Map.entry("include.schema.changes", NO_DDL_EVENTS),
            Map.entry("include.schema.comments", NO_DDL_EVENTS),
            Map.entry("schema.history.internal", NO_HISTORY),
            Map.entry("schema.history.internal.", NO_HISTORY),
            Map.entry("schema.include.list", NO_SCHEMAS),
            Map.entry("schema.exclude.list", NO_SCHEMAS),
            Map.entry("snapshot.select.statement.overrides", WHOLE_TABLES),
            Map.entry("snapshot.select.statement.overrides.", WHOLE_TABLES),
            Map.entry("snapshot.query.mode", WHOLE_TABLES),
            Map.entry("snapshot.query.mode.custom.name", WHOLE_TABLES),
            Map.entry("snapshot.max.threads", WHOLE_TABLES),
            Map.entry("snapshot.max.threads.multiplier", WHOLE_TABLES),
            Map.entry("snapshot.max.threads.multiplier.", WHOLE_TABLES),
            Map.entry("legacy.snapshot.max.threads", WHOLE_TABLES),
            Map.entry("internal.legacy.snapshot.max.threads", WHOLE_TABLES),
            Map.entry("internal.snapshot.scan.all.columns.force", WHOLE_TABLES),
            Map.entry("snapshot.tables.order.by.row.count", WHOLE_TABLES),
            Map.entry("snapshot.lock.timeout.ms", "a snapshot locks nothing: remove it"),
            Map.entry("snapshot.locking.mode", "a snapshot locks nothing: remove it"),
            Map.entry("snapshot.locking.mode.custom.name", "a snapshot locks nothing: remove it"),
            Map.entry("snapshot.isolation.mode", "a snapshot always reads one committed state: remove it"),
            Map.entry("snapshot.mode.custom.name", MODES),
            Map.entry("snapshot.mode.configuration.based.", MODES),
            Map.entry("incremental.snapshot.", NO_INCREMENTAL),
            Map.entry("streaming.delay.ms", "streaming follows the snapshot at once: remove it"),
            Map.entry("query.fetch.size", "use cdc.max.batch.events, or snapshot.fetch.size"),
            Map.entry("table.ignore.builtin", "tables of SQLite itself are never captured: remove it"),
            Map.entry(
                    "guardrail.collections.max",
                    "the number of tables is not limited: choose them with" + " table.include.list"),
            Map.entry(
                    "guardrail.collections.limit.action",
                    "the number of tables is not limited: choose them with" + " table.include.list"),
            Map.entry("internal.log.position.check.enable", "positions are always checked: remove it"),
            Map.entry("openlineage.integration.", NO_LINEAGE),
            Map.entry("task.databases", OF_TASKS),
            Map.entry("task.assigned.databases", OF_TASKS),
            Map.entry("task.count", OF_TASKS)));

    private RefusedSettings() {}

    /** The reason for refusing the setting, with a remedy; empty if it is not one of these. */
    static Optional<String> reason(String setting) {
        String exact = REASONS.get(setting);
        if (exact != null) {
            return Optional.of(exact);
        }
        for (Map.Entry<String, String> entry : REASONS.entrySet()) {
            if (entry.getKey().endsWith(".") && setting.startsWith(entry.getKey())) {
                return Optional.of(entry.getValue());
            }
        }
        return Optional.empty();
    }
}
