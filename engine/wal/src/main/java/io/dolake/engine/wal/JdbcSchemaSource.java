/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.ColumnSchema.Generated;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.SqliteNames;
import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Describes tables by replaying their CREATE statements in an empty SQLite database and reading its PRAGMAs. Only
 * {@code java.sql} is needed here; which driver opens the empty database is the caller's choice. Not thread-safe.
 *
 * <p>Tables are remembered by name and text, so that a schema change costs one replay of what is new.
 */
public final class JdbcSchemaSource implements SchemaSource {

    /** Opens a connection to a new, empty in-memory SQLite database; it is closed by the schema source. */
    @FunctionalInterface
    public interface EmptyDatabase {
        Connection open() throws SQLException;
    }

    private record TableText(String name, String sql) {}

    private record TableKind(String type, boolean withoutRowid, boolean strict) {}

    private final EmptyDatabase emptyDatabase;
    private Map<TableText, Optional<TableSchema>> known = new HashMap<>();
    private List<String> knownVirtual = List.of();
    private TextEncoding knownEncoding;

    public JdbcSchemaSource(EmptyDatabase emptyDatabase) {
        this.emptyDatabase = emptyDatabase;
    }

    @Override
    public Map<String, TableSchema> describe(List<SchemaRow> rows, TextEncoding encoding) {
        List<String> virtual = new ArrayList<>();
        List<TableText> tables = new ArrayList<>();
        for (SchemaRow row : rows) {
            if (!row.type().equals("table") || row.sql() == null || isInternal(row.name())) {
                continue;
            }
            if (row.rootPage() == 0) {
                virtual.add(row.sql());
            } else {
                tables.add(new TableText(row.name(), row.sql()));
            }
        }
        // Which tables are shadow tables depends on the virtual ones.
        if (!virtual.equals(knownVirtual) || encoding != knownEncoding) {
            known.clear();
        }
        List<TableText> missing =
                tables.stream().filter(table -> !known.containsKey(table)).toList();
        if (!missing.isEmpty()) {
            replay(virtual, missing, encoding);
        }
        knownVirtual = virtual;
        knownEncoding = encoding;
        Map<TableText, Optional<TableSchema>> current = new HashMap<>();
        Map<String, TableSchema> described = new LinkedHashMap<>();
        for (TableText table : tables) {
            Optional<TableSchema> schema = known.get(table);
            current.put(table, schema);
            schema.ifPresent(s -> described.put(table.name(), s));
        }
        known = current;
        return described;
    }

    private static boolean isInternal(String name) {
        return SqliteNames.isInternal(name);
    }

    private void replay(List<String> virtual, List<TableText> tables, TextEncoding encoding) {
        try (Connection connection = emptyDatabase.open();
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA encoding = '" + encoding.charset().name() + "'");
            // First: a virtual table creates its shadow tables itself, and fails where they exist already. One of an
            // unknown module cannot be replayed; only its shadow tables then pass for ordinary ones.
            for (String sql : virtual) {
                if (CreateText.isVirtualTable(sql)) {
                    failure(statement, sql);
                }
            }
            for (TableText table : tables) {
                if (!CreateText.isTable(table.sql())) {
                    throw new DoLakeException(
                            ErrorCode.INVALID_DATABASE_FILE,
                            "Cannot read schema of table " + table.name()
                                    + ": its text is not a CREATE TABLE statement");
                }
                SQLException failure = failure(statement, table.sql());
                if (failure != null && kinds(statement).get(table.name()) == null) {
                    adopt(connection, table, failure);
                }
            }
            Map<String, TableKind> kinds = kinds(statement);
            for (TableText table : tables) {
                TableKind kind = kinds.get(table.name());
                boolean ordinary = kind != null && kind.type().equals("table");
                known.put(table, ordinary ? Optional.of(schema(statement, table, kind, encoding)) : Optional.empty());
            }
        } catch (SQLException e) {
            throw new DoLakeException(ErrorCode.INTERNAL_ERROR, "Cannot read schema: " + e.getMessage(), e);
        }
    }

    /** Runs one CREATE; the failure, or null. */
    private static SQLException failure(Statement statement, String sql) {
        try {
            statement.execute(sql);
            return null;
        } catch (SQLException e) {
            return e;
        }
    }

    /**
     * Accepts a text as SQLite does when it opens a file: then functions and collations that are not registered here
     * (in a CHECK, a generated column) are not an error.
     */
    private static void adopt(Connection connection, TableText table, SQLException failure) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + quote(table.name()) + "(x)");
            statement.execute("PRAGMA writable_schema=ON");
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE sqlite_schema SET sql = ? WHERE name = ?")) {
                update.setString(1, table.sql());
                update.setString(2, table.name());
                update.executeUpdate();
            }
            int version;
            try (ResultSet result = statement.executeQuery("PRAGMA schema_version")) {
                version = result.getInt(1);
            }
            statement.execute("PRAGMA schema_version=" + (version + 1));
            statement.execute("PRAGMA writable_schema=OFF");
            statement.executeQuery("PRAGMA table_list").close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
            throw new DoLakeException(
                    ErrorCode.INVALID_DATABASE_FILE,
                    "Cannot read schema of table " + table.name() + ": " + failure.getMessage(),
                    failure);
        }
    }

    private static Map<String, TableKind> kinds(Statement statement) throws SQLException {
        Map<String, TableKind> kinds = new TreeMap<>(SqliteNames.ORDER);
        try (ResultSet result = statement.executeQuery("PRAGMA main.table_list")) {
            while (result.next()) {
                kinds.put(
                        result.getString("name"),
                        new TableKind(
                                result.getString("type"), result.getInt("wr") != 0, result.getInt("strict") != 0));
            }
        }
        return kinds;
    }

    private static TableSchema schema(Statement statement, TableText table, TableKind kind, TextEncoding encoding)
            throws SQLException {
        List<ColumnSchema> columns = new ArrayList<>();
        List<String> defaults = new ArrayList<>();
        try (ResultSet result = statement.executeQuery("PRAGMA main.table_xinfo(" + quote(table.name()) + ")")) {
            while (result.next()) {
                String type = result.getString("type");
                columns.add(new ColumnSchema(
                        result.getString("name"),
                        type == null ? "" : type,
                        result.getInt("notnull") != 0,
                        result.getInt("pk"),
                        generated(result.getInt("hidden")),
                        null));
                defaults.add(result.getString("dflt_value"));
            }
        }
        ColumnDefaults values = new ColumnDefaults(statement, encoding);
        for (int i = 0; i < columns.size(); i++) {
            ColumnSchema column = columns.get(i);
            if (defaults.get(i) != null && column.generated() == Generated.NO) {
                columns.set(i, column.withDefault(values.value(column, defaults.get(i), kind.strict())));
            }
        }
        int alias = kind.withoutRowid() ? -1 : rowidAlias(statement, table.name(), columns);
        return new TableSchema(
                table.name(), columns, kind.withoutRowid(), kind.strict(), alias, encoding, Lsn.ZERO, table.sql());
    }

    private static Generated generated(int hidden) {
        return switch (hidden) {
            case 2 -> Generated.VIRTUAL;
            case 3 -> Generated.STORED;
            default -> Generated.NO;
        };
    }

    /** Index of the one INTEGER PRIMARY KEY column that has no index of its own; -1 if there is none. */
    private static int rowidAlias(Statement statement, String table, List<ColumnSchema> columns) throws SQLException {
        int alias = -1;
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).primaryKeyIndex() > 0) {
                if (alias >= 0 || !SqliteNames.equal(columns.get(i).declaredType(), "INTEGER")) {
                    return -1;
                }
                alias = i;
            }
        }
        try (ResultSet result = statement.executeQuery("PRAGMA main.index_list(" + quote(table) + ")")) {
            while (result.next()) {
                if (result.getString("origin").equals("pk")) {
                    return -1;
                }
            }
        }
        return alias;
    }

    private static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
