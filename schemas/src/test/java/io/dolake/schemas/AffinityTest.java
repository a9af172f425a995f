/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AffinityTest {

    @Test
    void followsTheRulesOfSqliteInTheirOrder() {
        assertThat(Affinity.of("BIGINT")).isEqualTo(Affinity.INTEGER);
        assertThat(Affinity.of("CHARINT")).isEqualTo(Affinity.INTEGER);
        assertThat(Affinity.of("FLOATING POINT")).isEqualTo(Affinity.INTEGER);
        assertThat(Affinity.of("varchar(10)")).isEqualTo(Affinity.TEXT);
        assertThat(Affinity.of("BLOB")).isEqualTo(Affinity.BLOB);
        assertThat(Affinity.of("")).isEqualTo(Affinity.BLOB);
        assertThat(Affinity.of("DOUBLE PRECISION")).isEqualTo(Affinity.REAL);
        assertThat(Affinity.of("DECIMAL(10,2)")).isEqualTo(Affinity.NUMERIC);
        assertThat(Affinity.of("STRING")).isEqualTo(Affinity.NUMERIC);
    }

    /** A5: to Java these are INT and REAL. */
    @Test
    void onlyLettersOfAsciiFold() {
        assertThat(Affinity.of("b\u0131gint")).isEqualTo(Affinity.INTEGER);
        assertThat(Affinity.of("\u0131nt")).isEqualTo(Affinity.NUMERIC);
        assertThat(Affinity.of("te\u017Ft text")).isEqualTo(Affinity.TEXT);
    }
}
