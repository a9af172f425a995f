/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlLiteralTest {

    @Test
    void readsConstants() {
        assertThat(SqlLiteral.parse("42")).contains(42L);
        assertThat(SqlLiteral.parse("- 7")).contains(-7L);
        assertThat(SqlLiteral.parse("(1)")).contains(1L);
        assertThat(SqlLiteral.parse("1.5e2")).contains(150.0);
        assertThat(SqlLiteral.parse("9223372036854775808")).contains(9223372036854775808.0);
        assertThat(SqlLiteral.parse("'it''s'")).contains("it's");
        assertThat(SqlLiteral.parse("\"x\"")).contains("x");
        assertThat(SqlLiteral.parse("TRUE")).contains(1L);
        assertThat(SqlLiteral.parse("x'0aFF'"))
                .hasValueSatisfying(value -> assertThat((byte[]) value).containsExactly(10, -1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"NULL", "CURRENT_TIMESTAMP", "'a' || 'b'", "(1) + (2)", "abs(-1)", "0x10", "x'0'", "''''' "})
    void whatIsNoConstantGivesNothing(String sql) {
        assertThat(SqlLiteral.parse(sql)).isEmpty();
    }

    @Test
    void readsBackWhatItRenders() {
        for (Object value : new Object[] {1L, -2.5, "o'clock", ""}) {
            assertThat(SqlLiteral.parse(SqlLiteral.render(value))).contains(value);
        }
    }
}
