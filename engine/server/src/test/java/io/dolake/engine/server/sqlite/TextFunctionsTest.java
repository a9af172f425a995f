/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.server.support.Memory;
import io.dolake.engine.server.testkit.Seeds;
import io.dolake.schemas.TextEncoding;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteConnection;

/** Compares the results of the engine's functions with those of SQLite's own, on another connection. */
class TextFunctionsTest {
    private static final int MAX_BYTES = 1 << 20;
    private static final int CALLS = 20_000;

    /** What values are made of: few, so that they are found in each other, and odd. */
    private static final List<String> PIECES =
            List.of("a", "b", "ab", "A", "0", "4", "ff", "%", " ", "ä", "€", "😀", "\u0301", "\ufffd");

    private static final List<String> ODD_BYTES = List.of(
            "00",
            "80",
            "bf",
            "c3",
            "e282",
            "f09f98",
            "ff",
            "fe",
            "c080",
            "eda080",
            "f8888080",
            "efbfbf",
            "efbfbe",
            "fc");

    private final Memory memory = new Memory(1 << 24);
    private final AtomicBoolean interrupted = new AtomicBoolean();

    private static SQLiteConnection open(TextEncoding encoding) throws SQLException {
        SQLiteConnection connection = (SQLiteConnection) DriverManager.getConnection("jdbc:sqlite::memory:");
        String name = switch (encoding) {
            case UTF_8 -> "UTF-8";
            case UTF_16LE -> "UTF-16le";
            case UTF_16BE -> "UTF-16be";
        };
        Sqlite.execute(connection, "PRAGMA encoding = '" + name + "'");
        Sqlite.execute(connection, "CREATE TABLE made(a)");
        return connection;
    }

    private SQLiteConnection withOurs(TextEncoding encoding) throws SQLException {
        SQLiteConnection connection = open(encoding);
        TextFunctions.register(connection, MAX_BYTES, interrupted::get, () -> encoding, memory);
        return connection;
    }

    /** Type and bytes of a result, or the error. */
    private static String result(SQLiteConnection connection, String expression) {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT typeof(x) || ' ' || quote(CAST(x AS BLOB)) FROM (SELECT " + expression + " x)")) {
            return rows.getString(1);
        } catch (SQLException e) {
            return SqlErrors.nativeMessage(e);
        }
    }

    private static String value(Random random) {
        switch (random.nextInt(12)) {
            case 0:
                return "NULL";
            case 1:
                return String.valueOf(random.nextInt(100));
            case 2:
                return random.nextInt(20) + ".5";
            default:
        }
        StringBuilder hex = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            hex.append(
                    random.nextInt(5) == 0
                            ? ODD_BYTES.get(random.nextInt(ODD_BYTES.size()))
                            : HexFormat.of()
                                    .formatHex(PIECES.get(random.nextInt(PIECES.size()))
                                            .getBytes(StandardCharsets.UTF_8)));
        }
        String blob = "x'" + hex + "'";
        return random.nextInt(4) == 0 ? blob : "CAST(" + blob + " AS TEXT)";
    }

    private static String call(Random random) {
        String name = List.of("instr", "instr", "replace", "trim", "ltrim", "rtrim", "unhex")
                .get(random.nextInt(7));
        String third = name.equals("replace") ? ", " + value(random) : "";
        return name + "(" + value(random) + ", " + value(random) + third + ")";
    }

    @ParameterizedTest
    @EnumSource(TextEncoding.class)
    void theyGiveWhatSqliteGives(TextEncoding encoding) throws SQLException {
        Random random = Seeds.random("TextFunctionsTest " + encoding);
        try (SQLiteConnection ours = withOurs(encoding);
                SQLiteConnection sqlite = open(encoding)) {
            for (int i = 0; i < CALLS; i++) {
                String expression = random.nextInt(5) == 0 ? call(random) + " || '|' || " + call(random) : call(random);
                assertThat(result(ours, expression)).as(expression).isEqualTo(result(sqlite, expression));
            }
        }
        assertThat(memory.used()).isZero();
    }

    /** Values that SQLite has in its registers for many rows, and in tables. */
    @ParameterizedTest
    @EnumSource(TextEncoding.class)
    void theyGiveTheSameRowAfterRow(TextEncoding encoding) throws SQLException {
        String sql = "SELECT group_concat(instr(a, x'62') || typeof(a) || instr('ab', a) || quote(trim(a, 'a'))"
                + " || quote(replace(a, 'b', a)) || typeof(a)) FROM made";
        String[] got = new String[2];
        for (int i = 0; i < 2; i++) {
            try (SQLiteConnection connection = i == 0 ? withOurs(encoding) : open(encoding);
                    Statement statement = connection.createStatement()) {
                statement.execute(
                        "INSERT INTO made VALUES ('ab'), (x'6162'), (1), (2.5), (NULL), ('€b'), (x'e282ac62')");
                try (ResultSet rows = statement.executeQuery(sql)) {
                    got[i] = rows.getString(1);
                }
            }
        }
        assertThat(got[0]).isEqualTo(got[1]);
    }

    @Test
    void aResultThatIsTooLargeIsRefusedBeforeItIsMade() throws SQLException {
        try (SQLiteConnection ours = withOurs(TextEncoding.UTF_8)) {
            String long1 = "hex(zeroblob(50000))";
            assertThat(result(ours, "replace(" + long1 + ", '0', " + long1 + ")"))
                    .isEqualTo(SqlErrors.TOO_BIG);
            assertThat(result(ours, "length(replace(" + long1 + ", '0', '1234567890'))"))
                    .startsWith("integer");
        }
        assertThat(memory.used()).isZero();
    }

    /** Each of them would take hours. */
    @Test
    void theyEndWhenTheStatementIsInterrupted() throws SQLException {
        String a = "replace(hex(zeroblob(500000)), '0', 'a')";
        String b = "replace(hex(zeroblob(250000)), '0', 'a') || 'b'";
        interrupted.set(false);
        for (String call : List.of(
                "instr(" + a + ", " + b + ")",
                "instr(cast(" + a + " as blob), cast(" + b + " as blob))",
                "replace(" + a + ", " + b + ", 'c')",
                "trim(" + a.replace("'a'", "'c'") + ", " + b + " || 'c')",
                "rtrim(" + a.replace("'a'", "'c'") + ", " + b + " || 'c')",
                "unhex(" + a.replace("'a'", "'x'") + ", " + b + " || 'x')")) {
            AtomicInteger looks = new AtomicInteger();
            try (SQLiteConnection connection = open(TextEncoding.UTF_8)) {
                TextFunctions.register(
                        connection, MAX_BYTES, () -> looks.incrementAndGet() > 20, () -> TextEncoding.UTF_8, memory);
                assertThatThrownBy(() -> Sqlite.text(connection, "SELECT " + call))
                        .as(call)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(SqlErrors.nativeMessage(e)).isEqualTo("interrupted"));
                assertThat(looks).hasValue(21);
                assertThat(Sqlite.text(connection, "SELECT instr('abc', 'c')")).isEqualTo("3");
            }
        }
        assertThat(memory.used()).isZero();
    }

    /** In a file such indexes and checks may be there already, and were made with SQLite's own. */
    @Test
    void theyServeIndexesChecksAndGeneratedColumns() throws SQLException {
        try (SQLiteConnection ours = withOurs(TextEncoding.UTF_8)) {
            Sqlite.execute(ours, "PRAGMA trusted_schema = OFF");
            Sqlite.execute(ours, "CREATE TABLE t(a CHECK (instr(a, 'x') = 0), b AS (replace(a, '-', '')) STORED)");
            Sqlite.execute(ours, "CREATE INDEX i ON t(trim(a, '-'))");
            Sqlite.execute(ours, "INSERT INTO t VALUES ('-1-')");
            assertThat(Sqlite.text(ours, "SELECT b FROM t WHERE trim(a, '-') = '1'"))
                    .isEqualTo("1");
            assertThat(Sqlite.text(ours, "SELECT group_concat(detail) FROM (SELECT 1 detail)"))
                    .isEqualTo("1");
            assertThatThrownBy(() -> Sqlite.execute(ours, "INSERT INTO t VALUES ('x')"))
                    .hasMessageContaining("CHECK constraint");
        }
    }
}
