/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import com.fasterxml.jackson.core.JsonGenerator;
import io.dolake.engine.server.json.JsonValues;
import io.dolake.engine.server.sqlite.SqliteSchemaSource;
import io.dolake.engine.server.sqltext.SqlText;
import io.dolake.engine.wal.SchemaSource.SchemaRow;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.RawText;
import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The tables of a database as a connection sees them, described by the same code as in the change log. */
public final class Tables {
    private static final String ROWS = "SELECT type, name, tbl_name, rootpage, sql FROM main.sqlite_schema";

    private Tables() {}

    /** The captured tables, by name. */
    public static List<TableSchema> read(UserConnection connection, UserConnection.Page page) {
        Rows read = connection
                .run(new SqlRequest(SqlText.of(ROWS), List.of()), page)
                .rows();
        if (read.more()) {
            throw new DoLakeException(
                            ErrorCode.PAYLOAD_TOO_LARGE,
                            "Cannot describe the tables: their schemas are larger than " + page.bytes() + " bytes")
                    .withHint("DOSQL_MAX_RESPONSE_BYTES sets the limit.");
        }
        TextEncoding encoding = connection.encoding();
        List<SchemaRow> rows = new ArrayList<>();
        for (Object[] row : read.rows()) {
            rows.add(new SchemaRow(
                    text(row[0], encoding),
                    text(row[1], encoding),
                    text(row[2], encoding),
                    row[3] instanceof Long root ? root : 0,
                    text(row[4], encoding)));
        }
        List<TableSchema> tables = new ArrayList<>(
                new SqliteSchemaSource().describe(rows, encoding).values());
        tables.sort(java.util.Comparator.comparing(TableSchema::name));
        return tables;
    }

    /** The name as in the decoder, with invalid text replaced. */
    private static String text(Object value, TextEncoding encoding) {
        return value instanceof RawText raw ? new String(raw.bytes(), encoding.charset()) : (String) value;
    }

    public static void write(JsonGenerator json, List<TableSchema> tables) throws IOException {
        json.writeArrayFieldStart("tables");
        for (TableSchema table : tables) {
            json.writeStartObject();
            json.writeStringField("name", table.name());
            json.writeBooleanField("withoutRowid", table.withoutRowid());
            json.writeBooleanField("strict", table.strict());
            if (table.rowidAlias() >= 0) {
                json.writeNumberField("rowidAlias", table.rowidAlias());
            }
            json.writeStringField("encoding", table.encoding().name());
            json.writeStringField("sql", table.sql());
            json.writeArrayFieldStart("columns");
            for (ColumnSchema column : table.columns()) {
                write(json, column);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, ColumnSchema column) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", column.name());
        json.writeStringField("declaredType", column.declaredType());
        json.writeBooleanField("notNull", column.notNull());
        json.writeNumberField("primaryKey", column.primaryKeyIndex());
        json.writeStringField("generated", column.generated().name().toLowerCase(Locale.ROOT));
        json.writeFieldName("default");
        JsonValues.write(json, column.defaultValue());
        json.writeEndObject();
    }
}
