/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CheckpointPolicyTest {
    private final ServerConfig config = ServerConfig.of(Path.of("unused"))
            .withLimit(Limit.CHECKPOINT_COMMITS, 3)
            .withLimit(Limit.CHECKPOINT_WAL_BYTES, 10_000)
            .withLimit(Limit.CHECKPOINT_IDLE_MS, 1_000)
            .withLimit(Limit.CHECKPOINT_AGE_MS, 5_000);

    private final CheckpointPolicy policy = new CheckpointPolicy(config, 0);

    private static long ms(long milliseconds) {
        return TimeUnit.MILLISECONDS.toNanos(milliseconds);
    }

    @Test
    void emptyWalIsLeftAlone() {
        assertThat(policy.isDue(0, 0, ms(1_000_000))).isFalse();
    }

    @Test
    void manyCommitsAreEnough() {
        policy.committed(ms(1));
        policy.committed(ms(2));
        assertThat(policy.isDue(2, 100, ms(3))).isFalse();
        policy.committed(ms(3));
        assertThat(policy.isDue(3, 100, ms(3))).isTrue();
        policy.attempted(ms(4));
        assertThat(policy.isDue(3, 100, ms(4))).isFalse();
    }

    @Test
    void manyBytesAreEnough() {
        policy.committed(ms(1));
        assertThat(policy.isDue(1, 10_000, ms(1))).isFalse();
        assertThat(policy.isDue(1, 10_001, ms(1))).isTrue();
    }

    @Test
    void pauseIsEnough() {
        policy.committed(ms(1));
        assertThat(policy.isDue(1, 100, ms(1_001))).isFalse();
        assertThat(policy.isDue(1, 100, ms(1_002))).isTrue();
    }

    @Test
    void commitDoesNotStayForLongUnderSteadyWrites() {
        ServerConfig steady = config.withLimit(Limit.CHECKPOINT_COMMITS, 1_000);
        CheckpointPolicy trickle = new CheckpointPolicy(steady, 0);
        for (int i = 0; i <= 10; i++) {
            trickle.committed(ms(100 + 500 * i));
            assertThat(trickle.isDue(1, 100, ms(100 + 500 * i))).isFalse();
        }
        assertThat(trickle.isDue(1, 100, ms(5_101))).isTrue();
    }
}
