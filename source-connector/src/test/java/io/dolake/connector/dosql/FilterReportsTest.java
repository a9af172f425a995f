/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static io.dolake.connector.dosql.Fixtures.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.relational.TableId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What users of other connectors got wrong, or got wrong answers for, in filters and masks; the examples are rewritten.
 */
class FilterReportsTest {
    private static Map<String, String> faults(String... settings) {
        Map<String, String> faults = new HashMap<>();
        new DoSqlConnector()
                .validate(Fixtures.settings(settings)).configValues().stream()
                        .filter(value -> !value.errorMessages().isEmpty())
                        .forEach(value ->
                                faults.put(value.name(), value.errorMessages().toString()));
        faults.remove("database.hostname");
        return faults;
    }

    /** A pattern that cannot match keeps nothing back, and must not be taken as if it did. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "column.exclude.list | people.phone",
                "column.exclude.list | shop.people.phone,phone",
                "column.include.list | people\\.phone",
                "column.mask.with.3.chars | phone",
                "column.mask.hash.SHA-256.with.salt.s | people.phone",
                "column.truncate.to.3.chars | people.phone",
                "table.include.list | people",
                "table.exclude.list | shop.people, orders",
                // the comma of a quantifier parts the list
                "column.exclude.list | shop.people.phone{1,2}",
                "column.mask.with.3.chars | shop.people.phone{1,2}",
                "table.exclude.list | shop.peopl(e,s)",
            })
    void whatMatchesNothingIsRefusedOnItsKey(String setting, String patterns) {
        assertThat(faults(setting.strip(), patterns.strip())).containsKey(setting.strip());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"column.include.list | column.exclude.list", "table.include.list | table.exclude.list"})
    void listsThatExcludeEachOtherAreRefused(String include, String exclude) {
        assertThat(faults(include, "shop.people.id", exclude, "shop.people.phone"))
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\" shop.people.phone , shop.people.mail\"",
                "\"shop.people.phone,shop.people.mail,\"",
                "\"shop.people.phone,\n  shop.people.mail\"",
                "\".*\\.(phone|mail)\"",
                "\"SHOP.PEOPLE.PHONE,shop.People.Mail\"",
                "\"shop\\.people\\.[^i].*\"",
                "\"shop.people.(phon{1\\,2}e|mail)\"",
            })
    void spacesCommasAndCaseAreNoWayAround(String patterns) {
        assertThat(faults("column.exclude.list", patterns)).isEmpty();
        assertThat(fields("column.exclude.list", patterns)).containsExactly("id");
        assertThat(fields("column.truncate.to.1.chars", patterns)).containsExactly("id", "phone", "mail");
        assertThat(value("column.mask.with.2.chars", patterns).get("mail")).isEqualTo("**");
        assertThat(value("column.mask.with.2.chars", patterns).get("phone")).isEqualTo("**");
    }

    private static Struct value(String... settings) {
        DoSqlDatabaseSchema schema = Fixtures.schema(Fixtures.config(settings));
        schema.apply("shop", table("people", 1, "id INTEGER PK", "phone TEXT", "mail TEXT"));
        TableId id = new TableId("shop", null, "people");
        return schema.schemaFor(id).valueFromColumnData(schema.row(id, new Object[] {1L, "0", "m"}, 0));
    }

    private static List<String> fields(String... settings) {
        return value(settings).schema().fields().stream().map(Field::name).toList();
    }

    /** DBZ-2522: a column that is left out in the middle moved the values behind it, after the table was altered. */
    @Test
    void aColumnLeftOutInTheMiddleMovesNoValues() {
        DoSqlDatabaseSchema schema = Fixtures.schema(Fixtures.config("column.exclude.list", "shop.t.(b|d)"));
        TableId id = new TableId("shop", null, "t");
        schema.apply("shop", table("t", 1, "a INTEGER PK", "b TEXT", "c TEXT"));
        schema.apply("shop", table("t", 2, "a INTEGER PK", "b TEXT", "c TEXT", "d TEXT", "e TEXT"));
        Struct value =
                schema.schemaFor(id).valueFromColumnData(schema.row(id, new Object[] {1L, "b", "c", "d", "e"}, 0));
        assertThat(value).hasToString("Struct{a=1,c=c,e=e}");
        schema.apply("shop", table("t", 3, "a INTEGER PK", "c TEXT", "d TEXT", "e TEXT"));
        value = schema.schemaFor(id).valueFromColumnData(schema.row(id, new Object[] {1L, "c", "d", "e"}, 0));
        assertThat(value).hasToString("Struct{a=1,c=c,e=e}");
    }
}
