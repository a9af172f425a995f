/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonRowTest {

    @Test
    void writesEachStorageClassInItsForm() {
        assertThat(json(Long.MIN_VALUE, 1.0, "ü\"\n", new byte[] {0, (byte) 0xAB}, null))
                .isEqualTo(
                        "{\"a\":-9223372036854775808,\"b\":1.0,\"c\":\"ü\\\"\\n\",\"d\":{\"blob\":\"00ab\"},\"e\":null}");
    }

    @Test
    void writesRealsThatJsonHasNoNumberFor() {
        assertThat(json(Double.POSITIVE_INFINITY, 1e300)).isEqualTo("{\"a\":{\"real\":\"Infinity\"},\"b\":1.0E300}");
    }

    @Test
    void writesWhatOnlyLakesHave() {
        assertThat(json(Double.NaN, 0.1f, new BigDecimal("12345678901234567890.10"), List.of(1, Map.of("x", true))))
                .isEqualTo("{\"a\":{\"real\":\"NaN\"},\"b\":0.1,\"c\":12345678901234567890.10,\"d\":[1,{\"x\":true}]}");
    }

    @Test
    void givesEachOfTwoColumnsWithOneNameItsOwn() {
        assertThat(JsonRow.of(JsonRow.object(List.of("id", "id", "id"), new Object[] {1L, 2L, 3L})))
                .isEqualTo("{\"id\":1,\"id_2\":2,\"id_3\":3}");
    }

    private static String json(Object... values) {
        return JsonRow.of(JsonRow.object(Arrays.asList("a", "b", "c", "d", "e").subList(0, values.length), values));
    }
}
