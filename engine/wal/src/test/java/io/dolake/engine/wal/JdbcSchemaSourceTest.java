/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.wal.SchemaSource.SchemaRow;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.ColumnSchema.Generated;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdbcSchemaSourceTest {
    private final JdbcSchemaSource source =
            new JdbcSchemaSource(() -> DriverManager.getConnection("jdbc:sqlite::memory:"));

    private TableSchema describe(String sql) {
        return source.describe(List.of(row("t", 2, sql)), TextEncoding.UTF_8).get("t");
    }

    private static SchemaRow row(String name, long root, String sql) {
        return new SchemaRow("table", name, name, root, sql);
    }

    @Test
    void integerPrimaryKeyIsTheRowid() {
        assertThat(describe("CREATE TABLE t(a, id INTEGER PRIMARY KEY)").rowidAlias())
                .isEqualTo(1);
    }

    @Test
    void integerPrimaryKeyDescIsNotTheRowid() {
        TableSchema schema = describe("CREATE TABLE t(id INTEGER PRIMARY KEY DESC, a)");
        assertThat(schema.rowidAlias()).isEqualTo(-1);
        assertThat(schema.primaryKey()).containsExactly(0);
    }

    @Test
    void otherIntegerTypesAreNotTheRowid() {
        assertThat(describe("CREATE TABLE t(id INT PRIMARY KEY, a)").rowidAlias())
                .isEqualTo(-1);
        assertThat(describe("CREATE TABLE t(id INTEGER, b INTEGER, PRIMARY KEY(id, b))")
                        .rowidAlias())
                .isEqualTo(-1);
    }

    @Test
    void withoutRowidStoresThePrimaryKeyFirst() {
        TableSchema schema = describe("CREATE TABLE t(a, b, c INTEGER, PRIMARY KEY(c, a)) WITHOUT ROWID");
        assertThat(schema.withoutRowid()).isTrue();
        assertThat(schema.storageOrder()).containsExactly(2, 0, 1);
        assertThat(schema.columns().get(2).notNull()).isTrue();
    }

    @Test
    void generatedColumnsAreTold() {
        TableSchema schema = describe("CREATE TABLE t(a, b AS (a + 1), c AS (a * 2) STORED)");
        assertThat(schema.columns())
                .extracting(ColumnSchema::generated)
                .containsExactly(Generated.NO, Generated.VIRTUAL, Generated.STORED);
    }

    @Test
    void defaultsTakeTheAffinityOfTheirColumn() {
        TableSchema schema = describe("CREATE TABLE t(a INT DEFAULT '12', b TEXT DEFAULT 12, c REAL DEFAULT 3,"
                + " d DEFAULT 'x', e BLOB DEFAULT x'0102', f DEFAULT NULL, g NUMERIC DEFAULT 'zz', h DEFAULT \"dq\","
                + " i INTEGER DEFAULT -9223372036854775808, j DEFAULT (-5), k DEFAULT TRUE)");
        assertThat(schema.columns())
                .extracting(ColumnSchema::defaultValue)
                .containsExactly(12L, "12", 3.0, "x", new byte[] {1, 2}, null, "zz", "dq", Long.MIN_VALUE, -5L, 1L);
    }

    @Test
    void defaultsThatAreNoConstantsAreLeftOut() {
        TableSchema schema = describe("CREATE TABLE t(a DEFAULT CURRENT_TIMESTAMP, b DEFAULT (random()), c)");
        assertThat(schema.columns()).extracting(ColumnSchema::defaultValue).containsOnlyNulls();
    }

    @Test
    void strictTablesAreTold() {
        TableSchema schema = describe("CREATE TABLE t(a ANY DEFAULT '7', b INT DEFAULT '7') STRICT");
        assertThat(schema.strict()).isTrue();
        assertThat(schema.columns()).extracting(ColumnSchema::defaultValue).containsExactly("7", 7L);
    }

    @Test
    void virtualTablesAndTheirShadowTablesAreLeftOut() {
        List<SchemaRow> rows = new ArrayList<>();
        // The order that VACUUM leaves: the virtual table last.
        rows.add(row("ft_data", 3, "CREATE TABLE 'ft_data'(id INTEGER PRIMARY KEY, block BLOB)"));
        rows.add(row("ft_mine", 4, "CREATE TABLE ft_mine(a)"));
        rows.add(row("ft", 0, "CREATE VIRTUAL TABLE ft USING fts5(body)"));
        rows.add(row("sqlite_sequence", 5, "CREATE TABLE sqlite_sequence(name,seq)"));
        rows.add(new SchemaRow("view", "v", "v", 0, "CREATE VIEW v AS SELECT 1"));
        assertThat(source.describe(rows, TextEncoding.UTF_8)).containsOnlyKeys("ft_mine");
    }

    @Test
    void anUnknownModuleDoesNotBreakTheOtherTables() {
        Map<String, TableSchema> tables = source.describe(
                List.of(row("v", 0, "CREATE VIRTUAL TABLE v USING nosuch(a)"), row("t", 2, "CREATE TABLE t(a)")),
                TextEncoding.UTF_8);
        assertThat(tables).containsOnlyKeys("t");
    }

    @Test
    void functionsAndCollationsOfOtherProgramsAreNoError() {
        Map<String, TableSchema> tables = source.describe(
                List.of(
                        row(
                                "t",
                                2,
                                "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT UNIQUE CHECK (mine(b)), c AS (mine(a)))"),
                        row("u", 3, "CREATE TABLE u(a COLLATE theirs PRIMARY KEY, b DEFAULT 4) WITHOUT ROWID"),
                        row("w", 4, "CREATE TABLE w(a)")),
                TextEncoding.UTF_8);
        assertThat(tables).containsOnlyKeys("t", "u", "w");
        assertThat(tables.get("t").rowidAlias()).isZero();
        assertThat(tables.get("t").columns().get(2).generated()).isEqualTo(Generated.VIRTUAL);
        assertThat(tables.get("u").withoutRowid()).isTrue();
        assertThat(tables.get("u").columns().get(1).defaultValue()).isEqualTo(4L);
    }

    @Test
    void namesNeedNoParticularSpelling() {
        String name = "odd \"name\"; --";
        String sql = "CREATE TABLE \"odd \"\"name\"\"; --\"(\"a b\" \"my type\", [c])";
        TableSchema schema =
                source.describe(List.of(row(name, 2, sql)), TextEncoding.UTF_8).get(name);
        assertThat(schema.columns()).extracting(ColumnSchema::name).containsExactly("a b", "c");
    }

    @Test
    void sameTextIsDescribedOnce() {
        TableSchema first = describe("CREATE TABLE t(a)");
        assertThat(describe("CREATE TABLE t(a)")).isSameAs(first);
        assertThat(describe("CREATE TABLE t(a, b)").columns()).hasSize(2);
    }

    @Test
    void aTextThatIsNoCreateTableIsNotRun(@TempDir Path directory) {
        Path file = directory.resolve("written");
        String endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT * FROM n";
        for (String sql : List.of(
                "VACUUM INTO '" + file + "'",
                "ATTACH '" + file + "' AS t",
                "CREATE TABLE t AS " + endless,
                "CREATE TABLE/**/[t]--\n AS " + endless,
                "CREATE TRIGGER t AFTER INSERT ON u BEGIN SELECT 1; END",
                "CREATE TABLE",
                "CREATE TABLE \"t",
                "",
                endless)) {
            assertThatThrownBy(() -> describe(sql))
                    .isInstanceOfSatisfying(
                            DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DATABASE_FILE))
                    .hasMessage("Cannot read schema of table t: its text is not a CREATE TABLE statement");
            source.describe(List.of(row("v", 0, sql), row("u", 2, "CREATE TABLE u(a)")), TextEncoding.UTF_8);
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void whatFollowsACreateTableIsNotRun(@TempDir Path directory) {
        Path file = directory.resolve("written");
        assertThat(describe("CREATE TABLE t(a); VACUUM INTO '" + file + "'").columns())
                .hasSize(1);
        assertThat(file).doesNotExist();
    }

    @Test
    void everySpellingOfACreateTableIsRead() {
        for (String sql : List.of(
                "CREATE TABLE t(a)",
                "CREATE TABLE \"t\"(a)",
                "CREATE TABLE [t] (a)",
                "CREATE TABLE `t`/* ( */ -- (\n(a)",
                "create table 't'\t(a)")) {
            assertThat(describe(sql).columns()).hasSize(1);
        }
        assertThat(CreateText.isTable("CREATE TABLE \"t\"\"u\"(a)")).isTrue();
        assertThat(CreateText.isTable("CREATE TABLE \u00fc$_1(a)")).isTrue();
    }
}
