/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.RawText;
import org.junit.jupiter.api.Test;

class SqlLiteralTest {

    @Test
    void readsBackWhatItRenders() {
        for (Object value : new Object[] {
            1L,
            Long.MIN_VALUE,
            -2.5,
            1e300,
            -4.9e-324,
            "o'clock",
            "",
            "''",
            "x'00'",
            "CAST(x'ff' AS TEXT)",
            "1",
            new RawText(new byte[] {-1, 0})
        }) {
            assertThat(SqlLiteral.parse(SqlLiteral.render(value))).contains(value);
        }
        assertThat(SqlLiteral.parse(SqlLiteral.render(new byte[] {10, -1})))
                .hasValueSatisfying(value -> assertThat((byte[]) value).containsExactly(10, -1));
    }

    @Test
    void nullAndInfinityGiveNothing() {
        assertThat(SqlLiteral.parse(SqlLiteral.render(null))).isEmpty();
        assertThat(SqlLiteral.parse(SqlLiteral.render(Double.NEGATIVE_INFINITY)))
                .isEmpty();
    }
}
