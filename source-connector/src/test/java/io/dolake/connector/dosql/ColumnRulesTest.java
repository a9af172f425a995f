/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static io.dolake.connector.dosql.Fixtures.DATABASE;
import static io.dolake.connector.dosql.Fixtures.strictTable;
import static io.dolake.connector.dosql.Fixtures.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.debezium.relational.TableId;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.TableSchema;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults B1 and B2: filtered and masked columns, whatever their values are. */
class ColumnRulesTest {
    private static final String CANARY = "canary-5f1d";
    private static final String HASH = "column.mask.hash.SHA-256.with.salt.pepper";
    private static final String HASH_V2 = "column.mask.hash.v2.SHA-256.with.salt.pepper";
    private static final List<String> DECLARED =
            List.of("INTEGER", "REAL", "TEXT", "BLOB", "", "DATE", "DECIMAL(10,2)", "BOOLEAN");
    private static final List<Object> VALUES =
            List.of(CANARY, CANARY.getBytes(StandardCharsets.UTF_8), 5151515151L, 0.51515151, Double.POSITIVE_INFINITY);

    private static DoSqlDatabaseSchema schema(String... settings) {
        return Fixtures.schema(Fixtures.config(settings));
    }

    private static Struct value(DoSqlDatabaseSchema schema, TableSchema table, Object... values) {
        schema.apply(DATABASE, table);
        TableId id = new TableId(DATABASE, null, table.name());
        Object[] row = schema.row(id, values, 7);
        return schema.schemaFor(id).valueFromColumnData(row);
    }

    private static Struct key(DoSqlDatabaseSchema schema, TableSchema table, Object... values) {
        schema.apply(DATABASE, table);
        TableId id = new TableId(DATABASE, null, table.name());
        return schema.schemaFor(id).keyFromColumnData(schema.row(id, values, 7));
    }

    static Stream<List<Object>> declaredTypesAndValues() {
        return DECLARED.stream().flatMap(type -> VALUES.stream().map(value -> List.of(type, value)));
    }

    @ParameterizedTest
    @MethodSource("declaredTypesAndValues")
    void b1ExcludedColumnsAreNowhere(List<Object> example) {
        Struct value = value(
                schema("column.exclude.list", "shop.t.v"),
                table("t", 1, "id INTEGER PK", "v " + example.get(0), "w INTEGER"),
                1L,
                example.get(1),
                "no number");
        assertThat(names(value.schema())).containsExactly("id", "w", "_rescued_data");
        assertThat(value.get("_rescued_data")).isEqualTo("{\"w\":\"no number\"}");
    }

    @ParameterizedTest
    @MethodSource("declaredTypesAndValues")
    void b1MaskedColumnsHoldTheMaskWhateverIsStored(List<Object> example) {
        TableSchema table = table("t", 1, "id INTEGER PK", "v " + example.get(0));
        Struct value = value(schema("column.mask.with.3.chars", "shop.t.v"), table, 1L, example.get(1));
        assertThat(value.get("v")).isEqualTo("***");
        assertThat(names(value.schema())).containsExactly("id", "v");
    }

    @ParameterizedTest
    @MethodSource("declaredTypesAndValues")
    void b1HashedColumnsHoldTheHashWhateverIsStored(List<Object> example) {
        TableSchema table = table("t", 1, "id INTEGER PK", "v " + example.get(0));
        for (String setting : List.of(HASH, HASH_V2)) {
            Struct value = value(schema(setting, "shop.t.v"), table, 1L, example.get(1));
            assertThat((String) value.get("v")).matches("[0-9a-f]{64}");
            assertThat(names(value.schema())).containsExactly("id", "v");
            assertThat(value(schema(setting, "shop.t.v"), table, 1L, null).get("v"))
                    .isNull();
        }
    }

    @Test
    void columnsOutsideTheIncludeListAreNowhereAndTheConnectorsOwnAreThere() {
        Struct value = value(
                schema("column.include.list", "shop.t.a"),
                table("t", 1, "a INTEGER", "b INTEGER"),
                "no number",
                CANARY);
        assertThat(names(value.schema())).containsExactly("_rowid_", "a", "_rescued_data");
        assertThat(value.get("_rescued_data")).isEqualTo("{\"a\":\"no number\"}");
    }

    @Test
    void hashesOfTextAreThoseOfTheFrameworkAndOfEverybody() throws Exception {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update("pepper".getBytes(StandardCharsets.UTF_8));
        String expected = HexFormat.of().formatHex(sha.digest("é".getBytes(StandardCharsets.UTF_8)));
        TableSchema table = table("t", 1, "id INTEGER PK", "v TEXT");
        assertThat(value(schema(HASH_V2, "shop.t.v"), table, 1L, "é").get("v")).isEqualTo(expected);
        Object framework = new io.debezium.relational.mapping.MaskStrings(
                        "pepper".getBytes(StandardCharsets.UTF_8),
                        "SHA-256",
                        io.debezium.relational.mapping.MaskStrings.HashingByteArrayStrategy.V1)
                .create(io.debezium.relational.Column.editor()
                        .name("v")
                        .jdbcType(java.sql.Types.VARCHAR)
                        .create())
                .convert("é");
        assertThat(value(schema(HASH, "shop.t.v"), table, 1L, "é").get("v")).isEqualTo(framework);
    }

    @ParameterizedTest
    @ValueSource(strings = {HASH, HASH_V2})
    void hashedKeysAreHashedInTheKeyTooAndStayDistinct(String setting) {
        DoSqlDatabaseSchema schema = schema(setting, "shop.t.k");
        TableSchema table = table("t", 1, "k  PK", "v TEXT");
        Set<Object> keys = new HashSet<>();
        List<Object> values = List.of(1L, 1.0, "1", "1.0", new byte[] {0x31}, "x'31'", "\0x'31'", "\0" + "1", CANARY);
        for (Object value : values) {
            Object inKey = key(schema, table, value, "x").get("k");
            assertThat(inKey).isEqualTo(value(schema, table, value, "x").get("k"));
            keys.add(inKey);
        }
        assertThat(keys).hasSameSizeAs(values);
    }

    @Test
    void aKeyThatWouldBeKeptBackIsRefusedWithWhatToDo() {
        for (String[] setting : new String[][] {
            {"column.exclude.list", "shop.t.k"},
            {"column.include.list", "shop.t.v"},
            {"column.mask.with.3.chars", "shop.t.k"},
            {"message.key.columns", "shop.t:v", "column.exclude.list", "shop.t.v"},
            {"message.key.columns", "shop.t:k,missing"},
            {"message.key.columns", "shop.t:v", "column.mask.with.0.chars", "shop.t.v"}
        }) {
            assertThatThrownBy(() -> schema(setting).apply(DATABASE, table("t", 1, "k TEXT PK", "v TEXT")))
                    .as(String.join(" ", setting))
                    .isInstanceOfSatisfying(DoLakeException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                        assertThat(e.getMessage()).startsWith("Cannot capture table shop.t: ");
                        assertThat(e.hint()).isPresent();
                    });
        }
    }

    @Test
    void aKeyMayBeKeptBackWhereAnotherOneIsNamed() {
        DoSqlDatabaseSchema schema =
                schema("message.key.columns", "shop.t:u", "column.exclude.list", "shop.t.k", HASH, "shop.t.u");
        Struct key = key(schema, table("t", 1, "k TEXT PK", "u TEXT", "v TEXT"), CANARY, CANARY, "x");
        assertThat(names(key.schema())).containsExactly("u");
        assertThat((String) key.get("u")).matches("[0-9a-f]{64}");
    }

    @Test
    void aTableWithoutTheColumnsOfAMessageKeyKeepsItsPrimaryKey() {
        DoSqlDatabaseSchema schema = schema("message.key.columns", "shop.*:tenant,region;shop.u:v");
        assertThat(names(key(schema, table("t", 1, "k TEXT PK", "v TEXT"), "a", "b")
                        .schema()))
                .containsExactly("k");
        assertThat(names(key(schema, table("w", 1, "k TEXT PK", "tenant TEXT", "region TEXT"), "a", "b", "c")
                        .schema()))
                .containsExactly("tenant", "region");
    }

    @Test
    void b2PropagatedSourceTypesLeaveMasksOn() {
        Struct value = value(
                schema(HASH, "shop.t.v", "column.propagate.source.type", ".*", "datatype.propagate.source.type", ".*"),
                table("t", 1, "id INTEGER PK", "v INTEGER"),
                1L,
                CANARY);
        assertThat((String) value.get("v")).matches("[0-9a-f]{64}");
        assertThat(value.schema().field("v").schema().parameters())
                .containsEntry("masked", "true")
                .containsEntry("__debezium.source.column.type", "INTEGER")
                .containsEntry("__debezium.source.column.name", "v");
        assertThat(value.schema().field("id").schema().parameters()).doesNotContainKey("masked");
    }

    @Test
    void b2TruncationAndMaskAreBothApplied() {
        Struct value = value(
                schema(HASH, "shop.t.v", "column.truncate.to.8.chars", ".*", "column.truncate.to.9.chars", ".*"),
                table("t", 1, "id TEXT PK", "v TEXT", "w TEXT"),
                "a-long-key",
                CANARY,
                "123456789");
        assertThat((String) value.get("v")).matches("[0-9a-f]{8}");
        assertThat(value.get("w")).isEqualTo("12345678");
        assertThat(value.get("id")).isEqualTo("a-long-key");
        assertThat(value.schema().field("w").schema().parameters()).containsEntry("truncateLength", "8");
    }

    @Test
    void b2TwoMasksOnOneColumnAreRefused() {
        assertThatThrownBy(() -> schema(HASH, "shop.t.v", "column.mask.with.3.chars", ".*\\.v")
                        .apply(DATABASE, table("t", 1, "id INTEGER PK", "v TEXT")))
                .hasMessageContaining("column.mask.with.3.chars")
                .hasMessageContaining("column.mask.hash.SHA-256.with.salt.***")
                .hasMessageNotContaining("pepper");
    }

    @Test
    void truncationHoldsForRescuedValuesAndSplitsNoCharacter() {
        DoSqlDatabaseSchema schema = schema("column.truncate.to.4.chars", "shop.t.*");
        TableSchema table = table("t", 1, "id INTEGER PK", "v INTEGER", "w TEXT", "x ", "y BLOB");
        Struct value = value(schema, table, 1L, CANARY, "abc\uD83D\uDE00", 123456L, new byte[] {1, 2, 3, 4, 5});
        assertThat(value.get("_rescued_data"))
                .asString()
                .contains("\"v\":\"cana\"")
                .doesNotContain("ry-");
        assertThat(value.get("w")).isEqualTo("abc");
        assertThat(value.get("x")).isEqualTo("1234");
        assertThat(value.get("y")).isEqualTo(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
    }

    @Test
    void defaultsOfMaskedColumnsAreNotInTheSchema() {
        Struct value = value(
                schema("column.mask.with.3.chars", "shop.t.v"),
                strictTable("t", "id INTEGER PK", "v TEXT NOT NULL DEFAULT '" + CANARY + "'"),
                1L,
                CANARY);
        assertThat(value.schema().field("v").schema().defaultValue()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SHOP.T.SECRET", "shop\\.t\\.secret", " shop.t.secret", "a.b.c,shop.t.secret", ".*\\.(?i)SECRET"
            })
    void patternsMatchWholeNamesInAnyCaseOfAscii(String pattern) {
        DoSqlDatabaseSchema schema = schema("column.exclude.list", pattern);
        schema.apply(DATABASE, table("t", 1, "id INTEGER PK", "Secret TEXT", "secrets TEXT", "my_secret TEXT"));
        assertThat(names(schema.schemaFor(new TableId(DATABASE, null, "t")).valueSchema()))
                .containsExactly("id", "secrets", "my_secret");
    }

    @Test
    void aDotStandsForALineBreakToo() {
        Struct value = value(
                schema("column.mask.with.3.chars", "shop.t.s.*"),
                table("t", 1, "id INTEGER PK", "s\n2 TEXT"),
                1L,
                CANARY);
        assertThat(value.get("s\n2")).isEqualTo("***");
    }

    @Test
    void aColumnRenamedAwayFromItsMaskIsRefused() {
        DoSqlDatabaseSchema schema =
                schema("column.mask.with.3.chars", "shop.t.ssn", "column.exclude.list", "shop.t.É");
        schema.apply(DATABASE, table("t", 1, "id INTEGER PK", "ssn TEXT", "É TEXT"));
        assertThatThrownBy(() -> schema.apply(DATABASE, table("t", 2, "id INTEGER PK", "tax_id TEXT", "É TEXT")))
                .hasMessageContaining("ssn, which column.mask.with.3.chars keeps back, has become tax_id");
        assertThatThrownBy(() -> schema.apply(DATABASE, table("t", 2, "id INTEGER PK", "ssn TEXT", "é TEXT")))
                .hasMessageContaining("has become é");
        assertThatCode(() -> schema.apply(DATABASE, table("t", 2, "id INTEGER PK", "SSN TEXT", "É TEXT", "x TEXT")))
                .doesNotThrowAnyException();
        assertThatCode(() -> schema.apply(DATABASE, table("t", 3, "id INTEGER PK", "x TEXT")))
                .doesNotThrowAnyException();
    }

    @Test
    void aTableRenamedAwayFromItsMaskIsRefused() {
        DoSqlDatabaseSchema schema = schema("column.exclude.list", "shop.t.ssn,shop.u.ssn");
        TableSchema renamed = table("v", 2, "id INTEGER PK", "ssn TEXT");
        TableId before = new TableId(DATABASE, null, "t");
        assertThatThrownBy(() -> schema.checkRenamed(before, new TableId(DATABASE, null, "v"), renamed))
                .hasMessageContaining("it was table t, of which column.exclude.list keeps column ssn back");
        assertThatCode(() -> schema.checkRenamed(before, new TableId(DATABASE, null, "u"), renamed))
                .doesNotThrowAnyException();
    }

    @Test
    void namesOfColumnsThatATableLacksAreNoticed() {
        ColumnRules rules = new ColumnRules(Fixtures.config(
                        "column.exclude.list", "shop\\.t\\.ssn, SHOP.T.snn,shop.u.x,shop.t.gone.*", HASH, "shop.t.mial")
                .getConfig());
        TableSchema table = table("t", 1, "id INTEGER PK", "SSN TEXT", "mail TEXT");
        assertThat(rules.missing(new TableId(DATABASE, null, "t"), table))
                .containsExactly("snn (column.exclude.list)", "mial (column.mask.hash.SHA-256.with.salt.***)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,b", "a(b", "a\\Eb", "a.b", "a*"})
    void tablesMayBeCalledWhatPatternsAreMadeOf(String name) {
        DoSqlDatabaseSchema schema = schema("column.exclude.list", "shop\\..*\\.ssn,shop.x.y", HASH, "shop.a.b.mail");
        schema.apply(DATABASE, table(name, 1, "id INTEGER PK", "ssn TEXT", "c,d TEXT"));
        assertThat(names(schema.schemaFor(new TableId(DATABASE, null, name)).valueSchema()))
                .containsExactly("id", "c,d");
    }

    @Test
    void generatedColumnsBesideOneThatIsKeptBackAreNoticed() {
        ColumnRules rules = new ColumnRules(
                Fixtures.config("column.exclude.list", "shop.t.ssn,shop.t.y").getConfig());
        TableSchema table =
                table("t", 1, "id INTEGER PK", "ssn TEXT", "x TEXT STORED", "y TEXT STORED", "z TEXT VIRTUAL");
        assertThat(rules.of(new TableId(DATABASE, null, "t"), table).computedBesideProtected())
                .containsExactly("x");
    }

    private static List<String> names(Schema schema) {
        return schema.fields().stream().map(Field::name).toList();
    }
}
