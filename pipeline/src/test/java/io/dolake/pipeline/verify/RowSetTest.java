/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RowSetTest {
    private static final RowSet.Row ONE = row("1", "a");
    private static final RowSet.Row TWO = row("2", "b");

    @Test
    void isEqualWhateverTheOrder() {
        assertThat(setOf(ONE, TWO).differences(setOf(TWO, ONE))).isEmpty();
    }

    @Test
    void seesAMissingRow() {
        assertThat(setOf(ONE, TWO).differences(setOf(ONE))).containsExactly(TWO.bucket());
    }

    @Test
    void seesARowThatIsThereTwice() {
        assertThat(setOf(ONE).differences(setOf(ONE, ONE))).containsExactly(ONE.bucket());
    }

    @Test
    void seesAnotherValue() {
        assertThat(setOf(ONE).differences(setOf(row("1", "b")))).containsExactly(ONE.bucket());
    }

    @Test
    void seesValuesThatMovedBetweenCells() {
        assertThat(setOf(row("1", "ab", "c")).differences(setOf(row("1", "a", "bc"))))
                .hasSize(1);
    }

    private static RowSet setOf(RowSet.Row... rows) {
        RowSet set = new RowSet();
        for (RowSet.Row row : rows) {
            set.add(row);
        }
        return set;
    }

    private static RowSet.Row row(String key, String... cells) {
        return new RowSet.Row(List.of(key), List.of(cells));
    }
}
