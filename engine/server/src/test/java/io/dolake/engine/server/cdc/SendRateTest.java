/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.cdc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SendRateTest {
    private final AtomicLong nanos = new AtomicLong(5);
    private final SendRate rate = new SendRate(10_000, nanos::get);

    private void pass(long ms) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(ms));
    }

    @Test
    void batchesWaitForTheirShareOfASecond() {
        assertThat(rate.waitNanos()).isZero();
        rate.sent(1_000);
        assertThat(rate.waitNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
        pass(100);
        assertThat(rate.waitNanos()).isZero();
    }

    @Test
    void refusalHalvesWhatWasReallySentAndWaits() {
        for (int i = 0; i < 20; i++) {
            rate.sent(100);
            pass(100);
        }
        rate.refused(250);
        assertThat(rate.eventsPerSecond()).isCloseTo(500, within(50.0));
        assertThat(rate.waitNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(250));
    }

    @Test
    void rateNeverFallsBelowTheFloor() {
        for (int i = 0; i < 30; i++) {
            rate.refused(0);
        }
        assertThat(rate.eventsPerSecond()).isEqualTo(100);
    }

    @Test
    void rateGrowsByATenthWhileTheBufferIsLessThanHalfFullUpToTheLimit() {
        rate.refused(0);
        double slow = rate.eventsPerSecond();
        rate.accepted(0.5);
        assertThat(rate.eventsPerSecond()).isEqualTo(slow);
        rate.accepted(0.49);
        assertThat(rate.eventsPerSecond()).isCloseTo(slow * 1.1, within(0.01));
        for (int i = 0; i < 100; i++) {
            rate.accepted(0);
        }
        assertThat(rate.eventsPerSecond()).isEqualTo(10_000);
    }
}
