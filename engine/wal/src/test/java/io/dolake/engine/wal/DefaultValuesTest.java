/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.wal.SchemaSource.SchemaRow;
import io.dolake.schemas.RawText;
import io.dolake.schemas.TextEncoding;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A2: what a row that is shorter than its table says, for every DEFAULT that SQLite takes; SQLite itself is the oracle.
 */
class DefaultValuesTest {
    private static final String[] TYPES = {
        "", "INTEGER", "INT", "TEXT", "REAL", "BLOB", "NUMERIC", "DECIMAL(10,2)", "ANY", "VARCHAR(9)", "BOOLEAN", "DATE"
    };
    private static final String[] STRICT_TYPES = {"INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"};
    private static final String[] DEFAULTS = {
        "(CAST('12' AS INTEGER))",
        "(-(-5))",
        "(5 -- note\n)",
        "(5 /* note */)",
        "(/* a */ 5 -- b\n)",
        "((((7))))",
        "(+ - + 5)",
        "- -- note\n 5",
        "+ /* x */ 5.5",
        "(- 9223372036854775808)",
        "-9223372036854775808",
        "9223372036854775808",
        "0xff",
        "-0x1",
        "0x7fffffffffffffff",
        "0xffffffffffffffff",
        "(-0xffffffffffffffff)",
        "1_000",
        "1e400",
        "-1e400",
        "1e-400",
        "-0.0",
        "(-0)",
        ".5",
        "5.",
        "1e3",
        "'12'",
        "' 12 '",
        "'1e3'",
        "'it''s'",
        "'('",
        "')--'",
        "''",
        "\"dq\"",
        "(\"dq\")",
        "\"true\"",
        "(\"true\")",
        "word",
        "[br]",
        "`bt`",
        "TRUE",
        "(FALSE)",
        "(NOT TRUE)",
        "nUlL",
        "(NULL)",
        "x'00ff'",
        "X''",
        "(CAST(x'41' AS TEXT))",
        "(CAST(x'410042' AS TEXT))",
        "(CAST(x'ff' AS TEXT))",
        "(CAST(x'00d84100' AS TEXT))",
        "(CAST(x'd8000041' AS TEXT))",
        "(CAST('abc' AS BLOB))",
        "(CAST(CAST('3.7' AS REAL) AS INTEGER))",
        "(CAST(1e30 AS INTEGER))",
        "(CAST('9e18' AS NUMERIC))",
        "(CAST(12 AS TEXT))",
        "(- CAST('3' AS TEXT))",
        "(-'3')",
        "(-'x')",
        "(-x'33')",
        "(-NULL)",
        "(- -9223372036854775808)",
        "('a' COLLATE NOCASE)",
        "(1 + 1)",
        "('a' || 'b')",
        "(abs(-3))",
        "(likely(3))",
        "(5 NOT NULL)",
        "(TRUE NOT NULL)",
        "('x' COLLATE NOCASE NOT NULL)",
        "(iif(1, 2, 3))",
        "(CASE WHEN 1 THEN 2 END)",
        "(1 IN (1, 2))",
        "CURRENT_TIMESTAMP",
        "CURRENT_DATE",
        "(CURRENT_TIME)",
        "(random())",
        "(datetime('now'))",
        "(EXISTS (SELECT 1))",
        "abort",
        "rowid",
        "'x' NOT NULL",
        "5 CHECK (c > 4)",
        "7 UNIQUE",
        "'k' COLLATE NOCASE",
        "8 CONSTRAINT n NOT NULL",
    };

    private int taken;

    @Test
    void everyDefaultThatSqliteTakesGivesTheValueThatSqliteGives() throws Exception {
        for (TextEncoding encoding : TextEncoding.values()) {
            for (String text : DEFAULTS) {
                check(encoding, TYPES, "", text);
                check(encoding, STRICT_TYPES, " STRICT", text);
            }
        }
        assertThat(taken).isGreaterThan(1_000);
    }

    /**
     * Rows are never without a value for the first ones; the others would be 5 and 'x' if one read half of the text.
     */
    @Test
    void defaultsThatAreNoConstantsHaveNoValue() throws Exception {
        String[][] cases = {{"1 + 1", null}, {"CURRENT_DATE", null}, {"5 NOT NULL", "1"}, {"'x' NOT NULL", "1"}};
        for (String[] one : cases) {
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE t(a, c DEFAULT (" + one[0] + "))");
                assertThat(described(statement, TextEncoding.UTF_8))
                        .as(one[0])
                        .containsExactly(one[1] == null ? null : Long.valueOf(one[1]));
            }
        }
    }

    @Test
    void soDoRandomOnes() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("defaults: seed " + seed);
        Random random = new Random(seed);
        try {
            for (int i = 0; i < 400; i++) {
                TextEncoding encoding = TextEncoding.values()[random.nextInt(3)];
                String text = RandomDefaults.clause(random);
                check(encoding, new String[] {TYPES[random.nextInt(TYPES.length)]}, "", text);
                check(encoding, new String[] {STRICT_TYPES[random.nextInt(STRICT_TYPES.length)]}, " STRICT", text);
            }
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
        assertThat(taken).isGreaterThan(300);
    }

    private void check(TextEncoding encoding, String[] types, String options, String text) throws SQLException {
        for (String type : types) {
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
                    Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA encoding = '" + name(encoding) + "'");
                statement.execute("CREATE TABLE t(a INTEGER)" + options);
                statement.execute("INSERT INTO t VALUES (1)");
                try {
                    statement.execute("ALTER TABLE t ADD COLUMN c " + type + " DEFAULT " + text);
                } catch (SQLException e) {
                    continue; // no row can be without a value for it
                }
                taken++;
                assertThat(described(statement, encoding))
                        .as("%s %s DEFAULT %s%s", encoding, type, text, options)
                        .isEqualTo(stored(statement, encoding));
            }
        }
    }

    private static String name(TextEncoding encoding) {
        return switch (encoding) {
            case UTF_8 -> "UTF-8";
            case UTF_16LE -> "UTF-16le";
            case UTF_16BE -> "UTF-16be";
        };
    }

    private static List<Object> described(Statement statement, TextEncoding encoding) throws SQLException {
        try (ResultSet result = statement.executeQuery("SELECT sql FROM sqlite_schema WHERE name = 't'")) {
            SchemaRow row = new SchemaRow("table", "t", "t", 2, result.getString(1));
            JdbcSchemaSource source = new JdbcSchemaSource(() -> DriverManager.getConnection("jdbc:sqlite::memory:"));
            return values(source.describe(List.of(row), encoding)
                    .get("t")
                    .columns()
                    .get(1)
                    .defaultValue());
        }
    }

    private static List<Object> stored(Statement statement, TextEncoding encoding) throws SQLException {
        try (ResultSet result = statement.executeQuery("SELECT typeof(c), c, CAST(c AS BLOB) FROM t NOT INDEXED")) {
            result.next();
            return values(
                    switch (result.getString(1)) {
                        case "integer" -> result.getLong(2);
                        case "real" -> result.getDouble(2);
                        case "text" -> {
                            byte[] bytes = result.getBytes(3);
                            yield bytes == null ? "" : RawText.of(bytes, 0, bytes.length, encoding);
                        }
                        case "blob" -> result.getBytes(2);
                        default -> null;
                    });
        }
    }

    /** BLOBs by content, and zero and minus zero apart. */
    private static List<Object> values(Object value) {
        List<Object> values = new ArrayList<>();
        if (value instanceof byte[] bytes) {
            values.add("blob");
            for (byte b : bytes) {
                values.add(b);
            }
        } else {
            values.add(value);
        }
        return values;
    }
}
