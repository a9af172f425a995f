/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static io.dolake.connector.dosql.Fixtures.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.TableSchema;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** B14 and its kind: of which tables what was sent before is not what the settings say now. */
class CaptureFiltersTest {
    private static final String SHA = "column.mask.hash.SHA-256.with.salt.";
    private static final List<TableSchema> TABLES = List.of(
            table("people", 1, "id INTEGER PK", "phone TEXT", "born DECIMAL", "photo BLOB"),
            table("orders", 1, "id INTEGER PK", "note TEXT"));

    private static String filters(String... settings) {
        return CaptureFilters.of(Fixtures.config(settings).getConfig());
    }

    /** Tables that are read again, with the reason. */
    private static Map<String, String> changed(String[] before, String... now) {
        Map<String, String> changed = new TreeMap<>();
        CaptureFilters.changed(Fixtures.config(now), filters(before), "shop", TABLES)
                .forEach((table, why) -> changed.put(table.table(), why));
        return changed;
    }

    private static String[] split(String settings) {
        return settings == null ? new String[0] : settings.split("=|;");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // lists of columns
                "column.exclude.list=shop.people.phone, -, the settings of columns were different for phone",
                "-, column.exclude.list=shop.people.phone, the settings of columns were different for phone",
                "column.include.list=shop.people.id|shop.orders.*, -, were different for phone; born; photo",
                "column.exclude.list=.*.phone|.*.photo, column.exclude.list=.*.phone, were different for photo",
                // masks: there or not, of another kind, length, algorithm, version, salt
                "column.mask.with.3.chars=shop.people.phone, -, were different for phone",
                "-, column.mask.with.3.chars=shop.people.phone, were different for phone",
                "column.mask.with.3.chars=.*phone, column.mask.with.4.chars=.*phone, were different for phone",
                "column.mask.with.0.chars=.*phone, column.exclude.list=.*phone, were different for phone",
                SHA + "a=.*phone, " + SHA + "b=.*phone, were different for phone",
                SHA + "a=.*phone, column.mask.hash.v2.SHA-256.with.salt.a=.*phone, were different for phone",
                SHA + "a=.*phone, column.mask.hash.MD5.with.salt.a=.*phone, were different for phone",
                // truncation
                "column.truncate.to.3.chars=.*phone, -, were different for phone",
                "column.truncate.to.3.chars=.*phone, column.truncate.to.4.chars=.*phone, were different for phone",
                // other settings that say what a row looks like, or whether its changes are sent
                "message.key.columns=shop.people:phone, -, message.key.columns was different",
                "decimal.handling.mode=string, -, decimal.handling.mode was different",
                "-, binary.handling.mode=hex, binary.handling.mode was different",
                "table.exclude.list=shop.people, -, excluded it before",
            })
    void whatIsOtherForATableHasItReadAnewAndNoOther(String before, String now, String why) {
        Map<String, String> changed = changed(split(before), split(now));
        assertThat(changed).containsOnlyKeys("people");
        assertThat(changed.get("people")).contains(why.replace(";", ","));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "skipped.operations=d, -",
                "skipped.operations=u;table.exclude.list=none, skipped.operations=d",
                "field.name.adjustment.mode=avro, -",
            })
    void whatIsOtherForAllHasAllReadAnew(String before, String now) {
        assertThat(changed(split(before), split(now))).containsOnlyKeys("people", "orders");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // the same in other words, or of nothing that is there
                "column.exclude.list=shop.people.phone, column.exclude.list=SHOP\\.people\\.(phone|fax)",
                "column.exclude.list=shop.people.phone, column.include.list=shop.people.(id|born|photo)|shop.orders.*",
                "column.exclude.list=shop.people.fax, -",
                SHA + "a=.*phone, " + SHA + "a=shop.people.phone",
                "column.propagate.source.type=.*, -",
                "decimal.handling.mode=double, -",
                "-, skipped.operations=d",
                "skipped.operations=none, -",
                "-, table.exclude.list=shop.people",
                "-, message.key.columns=other.people:phone",
                "snapshot.mode=initial, snapshot.mode=when_needed",
            })
    void whatSaysTheSameHasNothingReadAnew(String before, String now) {
        assertThat(changed(split(before), split(now))).isEmpty();
    }

    @Test
    void aSaltIsNotInTheOffset() {
        String filters = filters(SHA + "hidden=salt", "shop.people.phone");
        assertThat(filters)
                .doesNotContain("hidden")
                .contains(SHA)
                .matches("\\{\"column\\.mask\\.hash\\.SHA-256\\.with\\.salt\\.[0-9a-f]{8}\":\"shop.people.phone\"}");
        assertThat(filters("column.mask.hash.v2.MD5.with.salt.a.b.c", "x")).matches(".*salt\\.[0-9a-f]{8}\".*");
    }

    @Test
    void settingsThatAreTooLongAreKnownByTheirDigest() {
        String list = "shop.people.phone|" + "x".repeat(CaptureFilters.MAX_LENGTH);
        String[] before = {"column.exclude.list", list};
        assertThat(filters(before)).hasSizeLessThan(100);
        assertThat(changed(before, before)).isEmpty();
        assertThat(changed(before, "column.exclude.list", list + "y")).containsOnlyKeys("people", "orders");
        assertThat(changed(before)).containsOnlyKeys("people", "orders");
        assertThat(changed(new String[0], before)).containsOnlyKeys("people", "orders");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "[]",
                "null",
                "{\"a\":null}",
                "{\"column.exclude.list\":\"(\"}",
                "{\"column.mask.hash.SHA-9.with.salt.0\":\"a\"}"
            })
    void anOffsetWithoutReadableFiltersIsRefused(String filters) {
        assertThatThrownBy(() -> CaptureFilters.check(filters))
                .isInstanceOf(DoLakeException.class)
                .hasMessageContaining("Cannot read offset: 'filters' is");
    }
}
