/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

/**
 * A change of {@code sqlite_schema}.
 *
 * @param event index in the transaction
 * @param kind what happened
 * @param type type of the object: {@code table}, {@code index}, {@code view} or {@code trigger}
 * @param name name of the object after the change; before it, if dropped
 * @param previousName its name before, if the change renamed it; else null
 * @param sql the CREATE text after the change; for a dropped object {@code DROP type "name"}
 * @param schema the table after the change; null if dropped, not a table, or not captured (virtual and shadow tables)
 */
public record SchemaChange(
        long event, Kind kind, String type, String name, String previousName, String sql, TableSchema schema) {

    /** What happened to the object. */
    public enum Kind {
        CREATE,
        ALTER,
        DROP
    }
}
