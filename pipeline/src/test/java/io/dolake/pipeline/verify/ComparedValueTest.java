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

class ComparedValueTest {
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
    void knowsWhatADeclaredTypeBecomes(String declared, ComparedValue.Kind kind) {
        assertThat(ComparedValue.Kind.of(declared, false)).isEqualTo(kind);
    }

    @Test
    void knowsAnyOfAStrictTable() {
        assertThat(ComparedValue.Kind.of("ANY", true)).isEqualTo(ComparedValue.Kind.ANY);
    }

    @Test
    void matchesValuesThatFit() {
        assertMatch(ComparedValue.Kind.INTEGER, 5L, 5L);
        assertMatch(ComparedValue.Kind.BOOLEAN, 1L, true);
        assertMatch(ComparedValue.Kind.REAL, 5L, 5.0);
        assertMatch(ComparedValue.Kind.REAL, 0.1, 0.1);
        assertMatch(ComparedValue.Kind.TEXT, "x", "x");
        assertMatch(ComparedValue.Kind.TEXT_OR_NUMBER, 20L, "20");
        assertMatch(ComparedValue.Kind.BYTES, new byte[] {1}, new byte[] {1});
        assertMatch(ComparedValue.Kind.TEXT, null, null);
    }

    @Test
    void tellsNumbersFromTheirTextInColumnsWithoutType() {
        assertMatch(ComparedValue.Kind.ANY, 5L, "5");
        assertMatch(ComparedValue.Kind.ANY, "x", "x");
        JsonNode rescued = ComparedValue.rescued("{\"a\": \"5\"}").path("a");
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.ANY, "5")).isEqualTo(ComparedValue.ofLake("5", rescued));
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.ANY, "5"))
                .isNotEqualTo(ComparedValue.ofLake("5", NOTHING));
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.ANY, 5L)).isNotEqualTo(ComparedValue.ofLake("5", rescued));
    }

    @Test
    void wantsInfinitiesRescued() {
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.REAL, Double.POSITIVE_INFINITY))
                .isEqualTo(ComparedValue.ofLake(
                        null,
                        ComparedValue.rescued("{\"a\": {\"real\": \"Infinity\"}}")
                                .path("a")));
    }

    @Test
    void doesNotTakeTextForANumber() {
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.INTEGER, 5L))
                .isNotEqualTo(ComparedValue.ofLake("5", NOTHING));
    }

    @Test
    void doesNotTakeNullForEmptyText() {
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.TEXT, ""))
                .isNotEqualTo(ComparedValue.ofLake(null, NOTHING));
    }

    @Test
    void findsValuesThatDoNotFitAmongTheRescued() {
        JsonNode rescued = ComparedValue.rescued(
                "{\"a\": \"text\", \"b\": {\"blob\": \"00ff\"}, \"c\": 1.5, \"d\": {\"real\": \"Infinity\"}}");
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.INTEGER, "text"))
                .isEqualTo(ComparedValue.ofLake(null, rescued.path("a")));
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.TEXT, new byte[] {0, -1}))
                .isEqualTo(ComparedValue.ofLake(null, rescued.path("b")));
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.INTEGER, 1.5))
                .isEqualTo(ComparedValue.ofLake(null, rescued.path("c")));
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.INTEGER, Double.POSITIVE_INFINITY))
                .isEqualTo(ComparedValue.ofLake(null, rescued.path("d")));
    }

    @Test
    void wantsIntegersThatADoubleCannotHoldRescued() {
        long odd = (1L << 53) + 1;
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.REAL, odd))
                .isNotEqualTo(ComparedValue.ofLake((double) odd, NOTHING));
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.REAL, odd))
                .isEqualTo(ComparedValue.ofLake(
                        null, ComparedValue.rescued("{\"a\": " + odd + "}").path("a")));
    }

    /** A4 */
    @Test
    void tellsTextsThatAreNotWellFormedApart() {
        JsonNode rescued = ComparedValue.rescued("{\"a\": {\"text\": \"ff\"}}").path("a");
        for (ComparedValue.Kind kind : ComparedValue.Kind.values()) {
            assertThat(ComparedValue.ofEngine(kind, new RawText(new byte[] {-1})))
                    .isEqualTo(ComparedValue.ofLake(null, rescued));
            assertThat(ComparedValue.ofEngine(kind, new RawText(new byte[] {-2})))
                    .isNotEqualTo(ComparedValue.ofLake(null, rescued));
        }
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.TEXT, new RawText(new byte[] {-1})))
                .isNotEqualTo(ComparedValue.ofLake("\uFFFD", NOTHING));
    }

    @Test
    void noTextLooksLikeARescuedValue() {
        JsonNode rescued = ComparedValue.rescued("{\"a\": \"5\"}").path("a");
        String cell = ComparedValue.ofLake("5", rescued);
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.ANY, "5 rescued t:5"))
                .isNotEqualTo(cell);
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.ANY, cell)).isNotEqualTo(cell);
        assertThat(ComparedValue.ofEngine(ComparedValue.Kind.TEXT, cell.substring(2)))
                .isNotEqualTo(cell);
    }

    /** B3 */
    @Test
    void wantsTheIdentityOfRowsThatTheirKeyColumnsDoNotIdentify() {
        List<String> names = List.of("a", "b");
        List<String> fit = List.of(
                ComparedValue.ofEngine(ComparedValue.Kind.INTEGER, 1L),
                ComparedValue.ofEngine(ComparedValue.Kind.TEXT, "x"));
        List<String> misfit = List.of(
                ComparedValue.ofEngine(ComparedValue.Kind.INTEGER, "one"),
                ComparedValue.ofEngine(ComparedValue.Kind.TEXT, "x"));
        List<String> lacking =
                List.of(ComparedValue.NULL, ComparedValue.ofEngine(ComparedValue.Kind.TEXT, new byte[] {1}));
        assertThat(ComparedValue.identity(names, fit, null)).isEqualTo(ComparedValue.identity(null));
        assertThat(ComparedValue.identity(names, misfit, null))
                .isEqualTo(ComparedValue.identity("{\"key\":{\"a\":\"one\"}}"));
        assertThat(ComparedValue.identity(names, misfit, null))
                .isNotEqualTo(ComparedValue.identity("{\"key\":{\"a\":\"two\"}}"));
        assertThat(ComparedValue.identity(names, lacking, 7L)).isEqualTo(ComparedValue.identity("{\"rowid\":7}"));
        assertThat(ComparedValue.identity(names, lacking, 7L)).isNotEqualTo(ComparedValue.identity("{\"rowid\":8}"));
        assertThat(ComparedValue.identity(names, fit, null)).isNotEqualTo(ComparedValue.identity("broken"));
    }

    private static void assertMatch(ComparedValue.Kind kind, Object engine, Object lake) {
        assertThat(ComparedValue.ofEngine(kind, engine)).isEqualTo(ComparedValue.ofLake(lake, NOTHING));
    }
}
