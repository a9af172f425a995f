/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.util.List;
import java.util.Map;

/**
 * Explains CREATE statements. The decoder has no SQL parser: an implementation replays the statements in an empty
 * SQLite database and reads its PRAGMAs.
 */
public interface SchemaSource {

    /** A row of {@code sqlite_schema}. */
    record SchemaRow(String type, String name, String tableName, long rootPage, String sql) {}

    /**
     * Describes every ordinary table among the rows; virtual tables, their shadow tables, views and the tables of
     * SQLite itself are left out.
     *
     * @param rows all rows of {@code sqlite_schema}
     * @return table name to its schema, with {@link TableSchema#schemaLsn} as {@link io.dolake.schemas.Lsn#ZERO}: the
     *     decoder puts in the right one
     */
    Map<String, TableSchema> describe(List<SchemaRow> rows, TextEncoding encoding);
}
