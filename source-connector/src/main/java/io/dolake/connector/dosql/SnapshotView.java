/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.ColumnSchema.Generated;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.SqliteNames;
import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Stream;

/** A database as of one LSN, read over a session that pins it. */
final class SnapshotView implements AutoCloseable {
    private static final String TABLES = """
            SELECT l.name, l.wr, l.strict, s.sql, EXISTS (SELECT 1 FROM pragma_index_list(l.name) WHERE origin = 'pk')
            FROM pragma_table_list AS l JOIN sqlite_schema AS s ON s.type = 'table' AND s.name = l.name
            WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
            ORDER BY l.name""";
    private static final String COLUMNS =
            "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid";
    private static final int METADATA_FETCH_SIZE = 1_000;

    private final Session session;
    private final String epoch;
    private final Lsn lsn;

    private SnapshotView(Session session, Session.Begin begin) {
        this.session = session;
        this.epoch = begin.epoch();
        this.lsn = begin.lsn();
    }

    /** Pins the database as it is now. */
    static SnapshotView open(Engine engine, String database) {
        Session session = engine.session(database);
        try {
            return new SnapshotView(session, session.begin(Session.Mode.READ_ONLY));
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    String epoch() {
        return epoch;
    }

    /** A subscription from here continues the view exactly. */
    Lsn lsn() {
        return lsn;
    }

    /** Tables by name; virtual tables, their shadow tables and SQLite's own are left out. */
    List<TableSchema> tables() {
        List<TableSchema> tables = new ArrayList<>();
        for (Object[] row : read(Statement.of(TABLES))) {
            String name = (String) row[0];
            List<ColumnSchema> columns = columns(name, isTrue(row[1]));
            tables.add(new TableSchema(
                    name,
                    columns,
                    isTrue(row[1]),
                    isTrue(row[2]),
                    isTrue(row[1]) || isTrue(row[4]) ? -1 : rowidAlias(columns),
                    TextEncoding.UTF_8,
                    Lsn.ZERO,
                    (String) row[3]));
        }
        return tables;
    }

    private List<ColumnSchema> columns(String table, boolean withoutRowid) {
        List<ColumnSchema> columns = new ArrayList<>();
        for (Object[] row : read(Statement.of(COLUMNS, table))) {
            int key = ((Long) row[4]).intValue();
            columns.add(new ColumnSchema(
                    (String) row[0],
                    row[1] == null ? "" : (String) row[1],
                    isTrue(row[2]) || (withoutRowid && key > 0),
                    key,
                    generated((Long) row[5]),
                    row[3] == null ? null : SqlLiteral.parse((String) row[3]).orElse(null)));
        }
        return columns;
    }

    /** The INTEGER PRIMARY KEY of a table whose primary key has no index of its own; -1 if there is none. */
    private static int rowidAlias(List<ColumnSchema> columns) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).primaryKeyIndex() > 0) {
                return i;
            }
        }
        return -1;
    }

    private static Generated generated(long hidden) {
        return hidden == 2 ? Generated.VIRTUAL : hidden == 3 ? Generated.STORED : Generated.NO;
    }

    private static boolean isTrue(Object value) {
        return value instanceof Long number && number != 0;
    }

    /**
     * Streams the rows of a table: one value per column of its schema, those of virtual columns null; where {@link
     * #selectsRowid} the rowid comes first, or NULL if the key of the row has none.
     */
    Session.Cursor rows(TableMapping mapping, String where, int fetchSize) {
        StringJoiner selected = new StringJoiner(", ", "SELECT ", " FROM ");
        if (selectsRowid(mapping)) {
            selected.add(rowid(mapping));
        }
        for (int i = 0; i < mapping.schema().columns().size(); i++) {
            selected.add(
                    mapping.carries(i) ? quote(mapping.schema().columns().get(i).name()) : "NULL");
        }
        String sql = selected + quote(mapping.schema().name()) + (where == null ? "" : " WHERE " + where);
        return session.query(Statement.of(sql), fetchSize);
    }

    /** Whether rows may be known by their rowid. */
    static boolean selectsRowid(TableMapping mapping) {
        return mapping.hasRowid() || mapping.mayLackKey();
    }

    private static String rowid(TableMapping mapping) {
        Optional<String> name = rowidName(mapping.schema());
        if (mapping.hasRowid()) {
            return name.orElseThrow(() -> noRowid(mapping));
        }
        StringJoiner lacksKey = new StringJoiner(" IS NULL OR ", "CASE WHEN ", " IS NULL THEN ");
        mapping.schema()
                .primaryKey()
                .forEach(column -> lacksKey.add(
                        quote(mapping.schema().columns().get(column).name())));
        return lacksKey + name.orElse("''") + " END";
    }

    /** The rowid of a row as {@link #rows} gives it, 0 if it is not needed. */
    static long rowidOf(TableMapping mapping, Object[] selected) {
        Object rowid = selectsRowid(mapping) ? selected[0] : null;
        if (rowid instanceof String) {
            throw noRowid(mapping);
        }
        return rowid == null ? 0 : (Long) rowid;
    }

    /** The keyword for the rowid that no column of the table hides; empty if there is none. */
    private static Optional<String> rowidName(TableSchema schema) {
        return Stream.of("_rowid_", "rowid", "oid")
                .filter(name -> schema.columns().stream().noneMatch(column -> SqliteNames.equal(column.name(), name)))
                .findFirst();
    }

    private static DoLakeException noRowid(TableMapping mapping) {
        return new DoLakeException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "Cannot read the rowids of table " + mapping.id() + ": it has "
                                + (mapping.hasRowid() ? "no primary key" : "rows with NULL in their primary key")
                                + ", and columns named _rowid_, rowid and oid")
                .withHint("Rename one of these columns");
    }

    private List<Object[]> read(Statement statement) {
        List<Object[]> rows = new ArrayList<>();
        try (Session.Cursor cursor = session.query(statement, METADATA_FETCH_SIZE)) {
            for (Object[] row = cursor.next(); row != null; row = cursor.next()) {
                rows.add(row);
            }
        }
        return rows;
    }

    private static String quote(String identifier) {
        return "\"" + identifier.replace("\"", "\"\"") + "\"";
    }

    /** Ends the view; the server drops it with the session, whatever state it is in. */
    @Override
    public void close() {
        session.close();
    }
}
