/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.sql.DriverManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Caches schemas: most inputs do not change the schema, and reading it from SQLite costs more than decoding. */
final class JazzerSchemas implements SchemaSource {
    private record Question(List<SchemaRow> rows, TextEncoding encoding) {}

    private static final int MAX_ANSWERS = 500;

    private final Map<Question, Map<String, TableSchema>> answers = new HashMap<>();

    @Override
    public Map<String, TableSchema> describe(List<SchemaRow> rows, TextEncoding encoding) {
        if (answers.size() > MAX_ANSWERS) {
            answers.clear();
        }
        return answers.computeIfAbsent(
                new Question(List.copyOf(rows), encoding),
                question -> new JdbcSchemaSource(() -> DriverManager.getConnection("jdbc:sqlite::memory:"))
                        .describe(rows, encoding));
    }
}
