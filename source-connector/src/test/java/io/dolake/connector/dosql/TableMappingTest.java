/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static io.dolake.connector.dosql.Fixtures.strictTable;
import static io.dolake.connector.dosql.Fixtures.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.debezium.relational.Column;
import io.debezium.relational.TableId;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.RawText;
import io.dolake.schemas.TableSchema;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Columns and values of events. */
class TableMappingTest {
    private final DoSqlDatabaseSchema schema = Fixtures.schema(Fixtures.config());

    private Schema value(TableSchema table) {
        schema.apply(Fixtures.DATABASE, table);
        return schema.schemaFor(id(table)).valueSchema();
    }

    private static TableId id(TableSchema table) {
        return new TableId(Fixtures.DATABASE, null, table.name());
    }

    private Struct value(TableSchema table, Object... values) {
        schema.apply(Fixtures.DATABASE, table);
        Object[] row = schema.row(id(table), values, 77);
        return schema.schemaFor(id(table)).valueFromColumnData(row);
    }

    @ParameterizedTest
    @CsvSource({
        "BOOLEAN, BOOLEAN",
        "INTEGER, INT64",
        "BIGINT, INT64",
        "REAL, FLOAT64",
        "DOUBLE PRECISION, FLOAT64",
        "'DECIMAL(10,2)', FLOAT64",
        "NUMERIC, FLOAT64",
        "TEXT, STRING",
        "'VARCHAR(20)', STRING",
        "BLOB, BYTES",
        "DATE, STRING",
        "DATETIME, STRING",
        "'', STRING"
    })
    void connectTypeFollowsTheDeclaredType(String declared, Schema.Type expected) {
        Schema value = value(table("t", 1, "id INTEGER PK", "v " + declared));
        assertThat(value.field("v").schema().type()).isEqualTo(expected);
        assertThat(value.field("v").schema().isOptional()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"INT, INT64", "INTEGER, INT64", "REAL, FLOAT64", "TEXT, STRING", "BLOB, BYTES", "ANY, STRING"})
    void strictTablesHaveTheTypesTheyDeclare(String declared, Schema.Type expected) {
        Schema value = value(strictTable("t", "id INTEGER PK", "v " + declared));
        assertThat(value.field("v").schema().type()).isEqualTo(expected);
    }

    @Test
    void keyColumnsAreRequired() {
        TableSchema table = table("t", 1, "a TEXT PK", "b INTEGER PK", "c TEXT");
        value(table);
        Schema key = schema.schemaFor(id(table)).keySchema();
        assertThat(key.fields()).extracting(Field::name).containsExactly("a", "b");
        assertThat(key.field("a").schema().isOptional()).isFalse();
    }

    @Test
    void notNullIsRequiredWhereTheTableIsStrict() {
        assertThat(value(strictTable("s", "id INTEGER PK", "v TEXT NOT NULL"))
                        .field("v")
                        .schema()
                        .isOptional())
                .isFalse();
        assertThat(value(table("t", 1, "id INTEGER PK", "v TEXT NOT NULL"))
                        .field("v")
                        .schema()
                        .isOptional())
                .isTrue();
    }

    @Test
    void requiredFieldsCarryTheirDefault() {
        Schema value = value(strictTable("s", "id INTEGER PK", "v TEXT NOT NULL DEFAULT 'new'"));
        assertThat(value.field("v").schema().defaultValue()).isEqualTo("new");
    }

    @Test
    void optionalFieldsCarryNoDefaultSoThatNullStaysNull() {
        Schema value = value(table("t", 1, "id INTEGER PK", "v TEXT DEFAULT 'new'"));
        assertThat(value.field("v").schema().defaultValue()).isNull();
    }

    @Test
    void valuesKeepTheirTypes() {
        TableSchema table = table("t", 1, "id INTEGER PK", "b BOOLEAN", "r REAL", "d DECIMAL", "x BLOB", "s TEXT");
        Struct row = value(table, 1L, 1L, 2.5, 3L, new byte[] {1, 2}, "é");
        assertThat(List.of(row.get("id"), row.get("b"), row.get("r"), row.get("d"), row.get("x"), row.get("s")))
                .containsExactly(1L, true, 2.5, 3.0, ByteBuffer.wrap(new byte[] {1, 2}), "é");
    }

    @Test
    void columnsWithoutTypeHoldNumbersAsTextAndTellNumericTextApart() {
        TableSchema table = table("t", 1, "id INTEGER PK", "n ", "r ", "t ", "like ");
        Struct row = value(table, 1L, 5L, 2.5, "007", "5");
        assertThat(List.of(row.get("n"), row.get("r"), row.get("t"), row.get("like")))
                .containsExactly("5", "2.5", "007", "5");
        assertThat(row.getString("_rescued_data")).isEqualTo("{\"like\":\"5\"}");
    }

    @Test
    void refusesATableWithABlankName() {
        assertThatThrownBy(() -> TableMapping.of("shop", table(" ", 1, "id INTEGER PK")))
                .isInstanceOf(DoLakeException.class)
                .hasMessage("Cannot capture table ' ' of database shop: a topic cannot be named after a blank name");
    }

    @Test
    void infinitiesAreRescued() {
        Struct row = value(table("t", 1, "id INTEGER PK", "r REAL"), 1L, Double.POSITIVE_INFINITY);
        assertThat(row.get("r")).isNull();
        assertThat(row.getString("_rescued_data")).isEqualTo("{\"r\":{\"real\":\"Infinity\"}}");
    }

    @Test
    void numbersInDateColumnsAreText() {
        TableSchema table = table("t", 1, "id INTEGER PK", "a DATE", "b DATE", "c DATE");
        Struct row = value(table, 1L, 20240131L, 2460340.5, "2024-01-31");
        assertThat(List.of(row.get("a"), row.get("b"), row.get("c")))
                .containsExactly("20240131", "2460340.5", "2024-01-31");
    }

    @Test
    void valuesThatDoNotFitAreRescuedAsJson() {
        TableSchema table = table("t", 1, "id INTEGER PK", "i INTEGER", "t TEXT", "b BOOLEAN", "d DECIMAL", "n ");
        Struct row = value(table, 1L, 1.5, new byte[] {(byte) 0xAB}, 2L, (1L << 53) + 1, 7L);
        assertThat(row.getString("_rescued_data"))
                .isEqualTo("{\"i\":1.5,\"t\":{\"blob\":\"ab\"},\"b\":2,\"d\":9007199254740993}");
        assertThat(row.get("i")).isNull();
    }

    @Test
    void infinityIsRescuedInItsJsonForm() {
        Struct row = value(table("t", 1, "id INTEGER PK", "i INTEGER"), 1L, Double.NEGATIVE_INFINITY);
        assertThat(row.getString("_rescued_data")).isEqualTo("{\"i\":{\"real\":\"-Infinity\"}}");
    }

    @Test
    void rescuedDataAppearsWithTheFirstMisfitAndStays() {
        TableSchema table = table("t", 1, "id INTEGER PK", "i INTEGER");
        assertThat(value(table, 1L, 1L).schema().field("_rescued_data")).isNull();
        assertThat(value(table, 2L, "x").schema().field("_rescued_data")).isNotNull();
        assertThat(value(table, 3L, 3L).schema().field("_rescued_data")).isNotNull();
        TableSchema wider = table("t", 9, "id INTEGER PK", "i INTEGER", "j INTEGER");
        assertThat(value(wider, 4L, 4L, 4L).schema().field("_rescued_data")).isNotNull();
    }

    @Test
    void tableWithoutPrimaryKeyIsKeyedByRowid() {
        TableSchema table = table("t", 1, "v TEXT");
        Struct row = value(table, "a");
        assertThat(row.schema().fields()).extracting(Field::name).containsExactly("_rowid_", "v");
        assertThat(row.getInt64("_rowid_")).isEqualTo(77);
        assertThat(schema.schemaFor(id(table)).keySchema().fields())
                .extracting(Field::name)
                .containsExactly("_rowid_");
    }

    @Test
    void virtualColumnsAreNotCarriedAndStoredOnesAre() {
        TableMapping mapping =
                TableMapping.of("shop", table("t", 1, "id INTEGER PK", "v TEXT VIRTUAL", "s TEXT STORED"));
        assertThat(mapping.table().columns()).extracting(Column::name).containsExactly("id", "s");
    }

    @Test
    void columnsOfReservedNamesAreCarriedBesideTheConnectorsOwn() {
        TableSchema table = table("t", 1, "_ROWID_ TEXT", "_rescued_data TEXT", "_Rescued_Data_2 TEXT");
        Struct row = value(table, "mine", "too", 1L);
        assertThat(row.schema().fields())
                .extracting(Field::name)
                .containsExactly("_rowid__2", "_ROWID_", "_rescued_data", "_Rescued_Data_2", "_rescued_data_3");
        assertThat(row.get("_rowid__2")).isEqualTo(77L);
        assertThat(row.get("_ROWID_")).isEqualTo("mine");
        assertThat(row.get("_rescued_data_3")).isEqualTo("{\"_Rescued_Data_2\":1}");
    }

    @Test
    void aColumnNamedLikeTheRescuedKeyIsCarriedToo() {
        TableSchema table = table("t", 1, "k INTEGER PK", "_rescued_key INTEGER");
        Struct row = value(table, "x", 5L);
        assertThat(row.get("_rescued_key")).isEqualTo(5L);
        assertThat(row.get("_rescued_key_2")).isEqualTo("{\"key\":{\"k\":\"x\"}}");
    }

    /** A5: SQLite folds letters of ASCII only. */
    @Test
    void columnsThatDifferInTheCaseOfOtherLettersAreTwo() {
        TableSchema table =
                table("t", 1, "id INTEGER PK", "\u00e4 TEXT", "\u00c4 INTEGER", "\u00df TEXT", "\u1e9e TEXT");
        Struct row = value(table, 1L, "small", 2L, "s", "S");
        assertThat(row.schema().fields())
                .extracting(Field::name)
                .containsExactly("id", "\u00e4", "\u00c4", "\u00df", "\u1e9e");
        assertThat(row.get("\u00e4")).isEqualTo("small");
        assertThat(row.get("\u00c4")).isEqualTo(2L);
        TableSchema later = table("t", 2, "id INTEGER PK", "\u00c4 INTEGER", "\u00e4 TEXT");
        assertThat(TableMapping.of("shop", later).project(table, new Object[] {1L, "small", 2L, "s", "S"}))
                .containsExactly(1L, 2L, "small");
    }

    @Test
    void keysThatDifferInTheCaseOfOtherLettersAreTwoColumns() {
        TableSchema table = table("t", 1, "\u00e4 TEXT PK", "\u00c4 INTEGER PK");
        value(table, "small", 2L);
        assertThat(schema.schemaFor(id(table)).keySchema().fields())
                .extracting(Field::name)
                .containsExactly("\u00e4", "\u00c4");
    }

    /** A6: a field cannot have an empty name. */
    @Test
    void aColumnWithoutANameIsNamedByItsPlace() {
        TableSchema table = table("t", 1, "id INTEGER PK", " TEXT", "_column_2 TEXT");
        TableSchema blank = new TableSchema(
                "b",
                List.of(table.columns().get(0), column(""), column(" "), column("\t")),
                false,
                false,
                -1,
                table.encoding(),
                table.schemaLsn(),
                "");
        assertThat(value(table, 1L, "a", "b").schema().fields())
                .extracting(Field::name)
                .containsExactly("id", "_column_2_2", "_column_2");
        assertThat(value(blank, 1L, "a", "b", "c").schema().fields())
                .extracting(Field::name)
                .containsExactly("id", "_column_2", "_column_3", "_column_4");
    }

    private static ColumnSchema column(String name) {
        return new ColumnSchema(name, "TEXT", false, 0, ColumnSchema.Generated.NO, null);
    }

    /** A4: in a STRICT table too, where NOT NULL makes fields required as long as all values fit. */
    @Test
    void textThatIsNotWellFormedAndInfinityFitNoRequiredField() {
        TableSchema table = strictTable("s", "id INTEGER PK", "t TEXT NOT NULL", "r REAL NOT NULL", "i INT NOT NULL");
        assertThat(value(table, 1L, "a", 1.0, 1L).schema().field("t").schema().isOptional())
                .isFalse();
        Struct row = value(table, 2L, new RawText(new byte[] {-1}), Double.POSITIVE_INFINITY, 2L);
        assertThat(row.get("t")).isNull();
        assertThat(row.get("_rescued_data")).isEqualTo("{\"t\":{\"text\":\"ff\"},\"r\":{\"real\":\"Infinity\"}}");
        assertThat(row.schema().field("i").schema().isOptional()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"TEXT", "BLOB", "''", "DATE", "INTEGER", "REAL", "BOOLEAN", "DECIMAL"})
    void textThatIsNotWellFormedFitsNoColumn(String declared) {
        TableSchema table = table("t", 1, "id INTEGER PK", "v " + declared);
        Struct one = value(table, 1L, new RawText(new byte[] {-1}));
        Struct other = value(table, 1L, new RawText(new byte[] {-2}));
        assertThat(one.get("v")).isNull();
        assertThat(one.get("_rescued_data")).isEqualTo("{\"v\":{\"text\":\"ff\"}}");
        assertThat(other.get("_rescued_data")).isEqualTo("{\"v\":{\"text\":\"fe\"}}");
    }

    @Test
    void decimalsCanBeText() {
        DoSqlDatabaseSchema text = Fixtures.schema(Fixtures.config("decimal.handling.mode", "string"));
        TableSchema table = table("t", 1, "id INTEGER PK", "d DECIMAL(10,2)");
        text.apply("shop", table);
        Struct row = text.schemaFor(id(table)).valueFromColumnData(text.row(id(table), new Object[] {1L, 2.5}, 0));
        assertThat(row.get("d")).isEqualTo("2.5");
    }

    @Test
    void columnFiltersApply() {
        DoSqlDatabaseSchema filtered = Fixtures.schema(
                Fixtures.config("column.exclude.list", "shop\\.t\\.secret", "column.mask.with.3.chars", "shop.t.name"));
        TableSchema table = table("t", 1, "id INTEGER PK", "secret TEXT", "name TEXT");
        filtered.apply("shop", table);
        Struct row = filtered.schemaFor(id(table))
                .valueFromColumnData(filtered.row(id(table), new Object[] {1L, "s", "Ada"}, 0));
        assertThat(row.schema().field("secret")).isNull();
        assertThat(row.get("name")).isEqualTo("***");
    }

    @Test
    void rowidsThatCannotBeReadNameTableAndDatabase() {
        TableMapping hidden = TableMapping.of("shop", table("t", 1, "_rowid_ TEXT", "rowid TEXT", "oid TEXT"));
        assertThatThrownBy(() -> SnapshotView.rowidOf(hidden, new Object[] {"", "a", "b", "c"}))
                .hasMessageStartingWith("Cannot read the rowids of table 't' of database 'shop': ");
    }
}
