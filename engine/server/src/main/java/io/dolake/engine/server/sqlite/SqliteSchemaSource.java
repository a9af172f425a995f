/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqlite;

import io.dolake.engine.wal.JdbcSchemaSource;
import io.dolake.engine.wal.SchemaSource;
import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;

/** Explains CREATE statements with an in-memory database of the SQLite that the engine runs. Not thread-safe. */
public final class SqliteSchemaSource implements SchemaSource {
    private final SchemaSource delegate =
            new JdbcSchemaSource(() -> DriverManager.getConnection("jdbc:sqlite::memory:"));

    @Override
    public Map<String, TableSchema> describe(List<SchemaRow> rows, TextEncoding encoding) {
        return delegate.describe(rows, encoding);
    }
}
