/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.engine.wal.SchemaSource.SchemaRow;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RawText;
import io.dolake.schemas.SqliteRecord;
import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code sqlite_schema}, itself a table with rowids. */
final class SchemaRows {
    /** More rows than this cannot be a real schema. */
    static final int MAX_ROWS = 1_000_000;

    private SchemaRows() {}

    /** The rows in the leaves of {@code sqlite_schema}. */
    static List<SchemaRow> read(PageView view, IntList leaves, TextEncoding encoding) {
        TableSchema schema = schema(encoding);
        SqliteRecordReader reader = new SqliteRecordReader(null, SqliteRecordReader.Note.NOTHING);
        LeafStream stream = new LeafStream().start(view, leaves, true);
        List<SchemaRow> rows = new ArrayList<>();
        while (stream.advance()) {
            Cell cell = stream.cell();
            if (rows.size() == MAX_ROWS) {
                throw corrupt(cell, "more than " + MAX_ROWS + " rows in sqlite_schema");
            }
            Object[] values;
            try {
                values = SqliteRecord.values(schema, cell.rowid(), reader.read(cell));
            } catch (DoLakeException e) {
                if (e.code() != ErrorCode.WAL_CORRUPT || e.details().containsKey("page")) {
                    throw e;
                }
                throw corrupt(cell, e.getMessage());
            }
            for (int i = 0; i < values.length; i++) {
                // SQLite accepts names and texts that are not well-formed; their invalid parts are replaced.
                values[i] = values[i] instanceof RawText raw ? new String(raw.bytes(), encoding.charset()) : values[i];
            }
            rows.add(row(values, cell));
        }
        return rows;
    }

    private static SchemaRow row(Object[] values, Cell cell) {
        if (!(values[0] instanceof String type)
                || !(values[1] instanceof String name)
                || !(values[2] instanceof String tableName)
                || !(values[4] == null || values[4] instanceof String)) {
            throw corrupt(cell, "no row of sqlite_schema");
        }
        long root = values[3] instanceof Long number ? number : 0;
        return new SchemaRow(type, name, tableName, root, (String) values[4]);
    }

    private static DoLakeException corrupt(Cell cell, String reason) {
        return CorruptPage.page(cell.page().number(), cell.offset(), reason);
    }

    private static TableSchema schema(TextEncoding encoding) {
        List<ColumnSchema> columns = new ArrayList<>();
        for (String name : List.of("type", "name", "tbl_name", "rootpage", "sql")) {
            String type = name.equals("rootpage") ? "INT" : "TEXT";
            columns.add(new ColumnSchema(name, type, false, 0, ColumnSchema.Generated.NO, null));
        }
        return new TableSchema("sqlite_schema", columns, false, false, -1, encoding, Lsn.ZERO, "");
    }
}
