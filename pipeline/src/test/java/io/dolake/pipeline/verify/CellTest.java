/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.dolake.schemas.RawText;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CellTest {
    private static final JsonNode NOTHING = MissingNode.getInstance();

    @ParameterizedTest
    @CsvSource({
        "INTEGER, INTEGER",
        "BIGINT, INTEGER",
        "BOOLEAN, BOOLEAN",
        "VARCHAR(20), TEXT",
        "DOUBLE, REAL",
        "'NUMERIC(10,2)', REAL",
        "DECIMAL, REAL",
        "DATETIME, TEXT_OR_NUMBER",
        "BLOB, BYTES",
        "'', ANY"
    })
    void knowsWhatADeclaredTypeBecomes(String declared, Cell.Kind kind) {
        assertThat(Cell.Kind.of(declared, false)).isEqualTo(kind);
    }

    @Test
    void knowsAnyOfAStrictTable() {
        assertThat(Cell.Kind.of("ANY", true)).isEqualTo(Cell.Kind.ANY);
    }

    @Test
    void matchesValuesThatFit() {
        assertMatch(Cell.Kind.INTEGER, 5L, 5L);
        assertMatch(Cell.Kind.BOOLEAN, 1L, true);
        assertMatch(Cell.Kind.REAL, 5L, 5.0);
        assertMatch(Cell.Kind.REAL, 0.1, 0.1);
        assertMatch(Cell.Kind.TEXT, "x", "x");
        assertMatch(Cell.Kind.TEXT_OR_NUMBER, 20L, "20");
        assertMatch(Cell.Kind.BYTES, new byte[] {1}, new byte[] {1});
        assertMatch(Cell.Kind.TEXT, null, null);
    }

    @Test
    void tellsNumbersFromTheirTextInColumnsWithoutType() {
        assertMatch(Cell.Kind.ANY, 5L, "5");
        assertMatch(Cell.Kind.ANY, "x", "x");
        JsonNode rescued = Cell.rescued("{\"a\": \"5\"}").path("a");
        assertThat(Cell.ofEngine(Cell.Kind.ANY, "5")).isEqualTo(Cell.ofLake("5", rescued));
        assertThat(Cell.ofEngine(Cell.Kind.ANY, "5")).isNotEqualTo(Cell.ofLake("5", NOTHING));
        assertThat(Cell.ofEngine(Cell.Kind.ANY, 5L)).isNotEqualTo(Cell.ofLake("5", rescued));
    }

    @Test
    void wantsInfinitiesRescued() {
        assertThat(Cell.ofEngine(Cell.Kind.REAL, Double.POSITIVE_INFINITY))
                .isEqualTo(Cell.ofLake(
                        null, Cell.rescued("{\"a\": {\"real\": \"Infinity\"}}").path("a")));
    }

    @Test
    void doesNotTakeTextForANumber() {
        assertThat(Cell.ofEngine(Cell.Kind.INTEGER, 5L)).isNotEqualTo(Cell.ofLake("5", NOTHING));
    }

    @Test
    void doesNotTakeNullForEmptyText() {
        assertThat(Cell.ofEngine(Cell.Kind.TEXT, "")).isNotEqualTo(Cell.ofLake(null, NOTHING));
    }

    @Test
    void findsValuesThatDoNotFitAmongTheRescued() {
        JsonNode rescued = Cell.rescued(
                "{\"a\": \"text\", \"b\": {\"blob\": \"00ff\"}, \"c\": 1.5, \"d\": {\"real\": \"Infinity\"}}");
        assertThat(Cell.ofEngine(Cell.Kind.INTEGER, "text")).isEqualTo(Cell.ofLake(null, rescued.path("a")));
        assertThat(Cell.ofEngine(Cell.Kind.TEXT, new byte[] {0, -1})).isEqualTo(Cell.ofLake(null, rescued.path("b")));
        assertThat(Cell.ofEngine(Cell.Kind.INTEGER, 1.5)).isEqualTo(Cell.ofLake(null, rescued.path("c")));
        assertThat(Cell.ofEngine(Cell.Kind.INTEGER, Double.POSITIVE_INFINITY))
                .isEqualTo(Cell.ofLake(null, rescued.path("d")));
    }

    @Test
    void wantsIntegersThatADoubleCannotHoldRescued() {
        long odd = (1L << 53) + 1;
        assertThat(Cell.ofEngine(Cell.Kind.REAL, odd)).isNotEqualTo(Cell.ofLake((double) odd, NOTHING));
        assertThat(Cell.ofEngine(Cell.Kind.REAL, odd))
                .isEqualTo(
                        Cell.ofLake(null, Cell.rescued("{\"a\": " + odd + "}").path("a")));
    }

    /** A4 */
    @Test
    void tellsTextsThatAreNotWellFormedApart() {
        JsonNode rescued = Cell.rescued("{\"a\": {\"text\": \"ff\"}}").path("a");
        for (Cell.Kind kind : Cell.Kind.values()) {
            assertThat(Cell.ofEngine(kind, new RawText(new byte[] {-1}))).isEqualTo(Cell.ofLake(null, rescued));
            assertThat(Cell.ofEngine(kind, new RawText(new byte[] {-2}))).isNotEqualTo(Cell.ofLake(null, rescued));
        }
        assertThat(Cell.ofEngine(Cell.Kind.TEXT, new RawText(new byte[] {-1})))
                .isNotEqualTo(Cell.ofLake("\uFFFD", NOTHING));
    }

    @Test
    void noTextLooksLikeARescuedValue() {
        JsonNode rescued = Cell.rescued("{\"a\": \"5\"}").path("a");
        String cell = Cell.ofLake("5", rescued);
        assertThat(Cell.ofEngine(Cell.Kind.ANY, "5 rescued t:5")).isNotEqualTo(cell);
        assertThat(Cell.ofEngine(Cell.Kind.ANY, cell)).isNotEqualTo(cell);
        assertThat(Cell.ofEngine(Cell.Kind.TEXT, cell.substring(2))).isNotEqualTo(cell);
    }

    /** B3 */
    @Test
    void wantsTheIdentityOfRowsThatTheirKeyColumnsDoNotIdentify() {
        List<String> names = List.of("a", "b");
        List<String> fit = List.of(Cell.ofEngine(Cell.Kind.INTEGER, 1L), Cell.ofEngine(Cell.Kind.TEXT, "x"));
        List<String> misfit = List.of(Cell.ofEngine(Cell.Kind.INTEGER, "one"), Cell.ofEngine(Cell.Kind.TEXT, "x"));
        List<String> lacking = List.of(Cell.NULL, Cell.ofEngine(Cell.Kind.TEXT, new byte[] {1}));
        assertThat(Cell.identity(names, fit, null)).isEqualTo(Cell.identity(null));
        assertThat(Cell.identity(names, misfit, null)).isEqualTo(Cell.identity("{\"key\":{\"a\":\"one\"}}"));
        assertThat(Cell.identity(names, misfit, null)).isNotEqualTo(Cell.identity("{\"key\":{\"a\":\"two\"}}"));
        assertThat(Cell.identity(names, lacking, 7L)).isEqualTo(Cell.identity("{\"rowid\":7}"));
        assertThat(Cell.identity(names, lacking, 7L)).isNotEqualTo(Cell.identity("{\"rowid\":8}"));
        assertThat(Cell.identity(names, fit, null)).isNotEqualTo(Cell.identity("broken"));
    }

    private static void assertMatch(Cell.Kind kind, Object engine, Object lake) {
        assertThat(Cell.ofEngine(kind, engine)).isEqualTo(Cell.ofLake(lake, NOTHING));
    }
}
