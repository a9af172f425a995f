/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.capture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BackpressureTest {
    private static long delay(long lag) {
        return Backpressure.delayMs(lag, 1_000, 100);
    }

    @Test
    void delayGrowsEvenlyFromHalfOfTheLimit() {
        assertThat(delay(0)).isZero();
        assertThat(delay(500)).isZero();
        assertThat(delay(501)).isEqualTo(1);
        assertThat(delay(750)).isEqualTo(50);
        assertThat(delay(999)).isEqualTo(100);
        assertThat(delay(1_000_000)).isEqualTo(100);
    }

    @Test
    void noDelayWhereNoneIsWanted() {
        assertThat(Backpressure.delayMs(999, 1_000, 0)).isZero();
    }

    @Test
    void lessMayLagWhenTheWalIsLong() {
        assertThat(Backpressure.limitBytes(0, 640)).isEqualTo(640);
        assertThat(Backpressure.limitBytes(640, 640)).isEqualTo(640);
        assertThat(Backpressure.limitBytes(700, 640)).isEqualTo(580);
        assertThat(Backpressure.limitBytes(1_279, 640)).isEqualTo(10);
        assertThat(Backpressure.limitBytes(1L << 50, 640)).isEqualTo(10);
    }
}
