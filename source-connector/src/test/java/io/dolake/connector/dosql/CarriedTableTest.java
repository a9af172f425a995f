/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static io.dolake.connector.dosql.Fixtures.table;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.debezium.relational.TableId;
import io.dolake.schemas.RawText;
import io.dolake.schemas.TableSchema;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;

/** What a program that compares is told is what is sent. */
class CarriedTableTest {
    private static final List<List<Object>> COLUMNS =
            List.of(List.of("id", "INTEGER", 1), List.of("a", "INTEGER", 0), List.of("b", "DATE", 0));
    private static final Object[] VALUES = {
        1L,
        -12_345L,
        1.5,
        Double.POSITIVE_INFINITY,
        "text that is long",
        "",
        new byte[] {1, 2, 3, 4},
        null,
        new RawText(new byte[] {(byte) 0xff, (byte) 0xfe})
    };

    private static Map<String, Object> told(String... settings) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return CarriedTable.of(all, "shop", "t", COLUMNS, List.of());
    }

    @Test
    void everyValueIsWhatIsSent() throws Exception {
        List<String[]> rules = List.of(
                new String[] {"column.mask.with.4.chars", "shop.t.(a|b)"},
                new String[] {"column.mask.hash.SHA-256.with.salt.s", "shop.t.(a|b)"},
                new String[] {"column.mask.hash.v2.SHA-256.with.salt.s", "shop.t.(a|b)"},
                new String[] {"column.truncate.to.2.chars", "shop.t.(a|b|id)"},
                new String[] {"column.exclude.list", "shop.t.a"});
        for (String[] rule : rules) {
            for (Object value : VALUES) {
                Object given = value instanceof RawText text ? ByteBuffer.wrap(text.bytes()) : value;
                assertThat(carried(rule, 7L, given, given))
                        .as("%s of %s", rule[0], value)
                        .isEqualTo(sent(rule, 7L, value, value));
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static List<String> carried(String[] rule, Object... values) {
        Object[] row = ((UnaryOperator<Object[]>) told(rule).get("values")).apply(values);
        return Arrays.stream(row)
                .map(value -> value instanceof ByteBuffer text ? new RawText(text.array()) : value)
                .map(CarriedTableTest::shown)
                .toList();
    }

    /** Text and numbers as text, the rest in the form in which it is rescued. */
    private static String shown(Object value) {
        boolean isPlain = value == null
                || value instanceof String
                || value instanceof Long
                || value instanceof Double number && !number.isInfinite();
        return isPlain
                ? String.valueOf(value)
                : ValueJson.object(Map.of("v", value)).replaceAll("^\\{\"v\":|}$", "");
    }

    /** What stands in the event for each column: in its field, else in what was rescued. */
    private static List<String> sent(String[] rule, Object... values) throws Exception {
        DoSqlDatabaseSchema schema = Fixtures.schema(Fixtures.config(rule));
        TableSchema table = table("t", 1, "id INTEGER PK", "a INTEGER", "b DATE");
        schema.apply("shop", table);
        TableId id = new TableId("shop", null, "t");
        Object[] row = schema.row(id, values, 0);
        Struct value = schema.schemaFor(id).valueFromColumnData(row);
        boolean rescues = value.schema().field("_rescued_data") != null;
        JsonNode rescued = new ObjectMapper().readTree(rescues ? value.getString("_rescued_data") : "{}");
        List<String> sent = new ArrayList<>();
        for (String column : List.of("id", "a", "b")) {
            Object field = value.schema().field(column) == null ? null : value.get(column);
            JsonNode misfit = rescued.path(column);
            String shown = misfit.isObject() ? misfit.toString() : misfit.asText();
            sent.add(misfit.isMissingNode() ? shown(field) : shown);
        }
        return sent;
    }

    @Test
    void whatIsKeptIsTold() {
        assertThat(told("column.mask.with.4.chars", "shop.t.a", "column.truncate.to.1.chars", "shop.t.(b|id)"))
                .containsEntry("captured", true)
                .containsEntry("kept", List.of("", "masked", "truncated"))
                .containsEntry("key", null);
        assertThat(told("message.key.columns", "shop.t:b", "column.exclude.list", "shop.t.id"))
                .containsEntry("kept", List.of("excluded", "", ""))
                .containsEntry("key", List.of(2));
        assertThat(told("table.exclude.list", "shop.t"))
                .containsEntry("captured", false)
                .containsEntry("database", true);
        assertThat(told("database.include.list", "other"))
                .containsEntry("captured", false)
                .containsEntry("database", false);
        assertThat(told("column.exclude.list", "shop.t.id").get("refused"))
                .asString()
                .contains("Cannot capture table shop.t: its key column id is kept back");
    }
}
