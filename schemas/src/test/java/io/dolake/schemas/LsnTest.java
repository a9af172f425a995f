/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LsnTest {

    @Test
    void isUnsigned() {
        Lsn largest = Lsn.parse("18446744073709551615");
        assertThat(largest.isAfter(new Lsn(Long.MAX_VALUE))).isTrue();
        assertThat(Lsn.ZERO.isBefore(largest)).isTrue();
        assertThat(largest).hasToString("18446744073709551615");
    }

    @Test
    void refusesWhatIsNoNumber() {
        for (String text : new String[] {"", "-1", "1.5", "x", "18446744073709551616"}) {
            assertThatThrownBy(() -> Lsn.parse(text))
                    .isInstanceOfSatisfying(
                            DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        }
    }

    @Test
    void positionsAreOrderedByLsnThenEvent() {
        EventPosition first = new EventPosition(new Lsn(3), 9);
        assertThat(first).isLessThan(new EventPosition(new Lsn(3), 10)).isLessThan(new EventPosition(new Lsn(4), 0));
    }
}
