/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.SqliteNames;
import io.dolake.schemas.TableSchema;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Stream;

/** A database as of one LSN, read in a session that pins it. */
final class SnapshotView implements AutoCloseable {
    private final Session session;
    private final String epoch;
    private final Lsn lsn;

    private SnapshotView(Session session, Session.Begin begin) {
        this.session = session;
        this.epoch = begin.epoch();
        this.lsn = begin.lsn();
    }

    /** Pins the current state of the database. */
    static SnapshotView open(EngineConnection engine, String database) {
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

    /**
     * Tables by name, in the form in which later changes describe them; without virtual tables and SQLite's own.
     */
    List<TableSchema> tables() {
        return session.schema();
    }

    /**
     * Streams the rows of a table: one value per column of its schema, null for virtual columns. With {@link
     * #selectsRowid} the rowid comes first, or NULL if the key of the row contains none.
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

    /** Whether rows may be identified by their rowid. */
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

    /** The rowid of a row from {@link #rows}, 0 if it is not needed. */
    static long rowidOf(TableMapping mapping, Object[] selected) {
        Object rowid = selectsRowid(mapping) ? selected[0] : null;
        if (rowid instanceof String) {
            throw noRowid(mapping);
        }
        return rowid == null ? 0 : (Long) rowid;
    }

    /** The keyword for the rowid that is not also the name of a column; empty if there is none. */
    private static Optional<String> rowidName(TableSchema schema) {
        return Stream.of("_rowid_", "rowid", "oid")
                .filter(name -> schema.columns().stream().noneMatch(column -> SqliteNames.equal(column.name(), name)))
                .findFirst();
    }

    private static DoLakeException noRowid(TableMapping mapping) {
        return new DoLakeException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "Cannot read the rowids of table '" + mapping.id().table() + "' of database '"
                                + mapping.id().catalog() + "': it has "
                                + (mapping.hasRowid() ? "no primary key" : "rows with NULL in their primary key")
                                + ", and columns named _rowid_, rowid and oid")
                .withHint("Rename one of these columns");
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
