/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
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
        assertThat(policy.due(0, 0, ms(1_000_000))).isEmpty();
    }

    @Test
    void manyCommitsAreEnough() {
        policy.committed(ms(1));
        policy.committed(ms(2));
        assertThat(policy.due(2, 100, ms(3))).isEmpty();
        policy.committed(ms(3));
        assertThat(policy.due(3, 100, ms(3))).contains(Checkpointer.Mode.FULL);
        policy.attempted(ms(4));
        assertThat(policy.due(3, 100, ms(4))).isEmpty();
    }

    @Test
    void manyBytesAreEnough() {
        policy.committed(ms(1));
        assertThat(policy.due(1, 10_000, ms(1))).isEmpty();
        assertThat(policy.due(1, 10_001, ms(1))).contains(Checkpointer.Mode.FULL);
    }

    @Test
    void completeCheckpointIsNotRepeatedUntilThereIsACommit() {
        policy.committed(ms(1));
        policy.attempted(ms(2));
        policy.ended(new Checkpointer.Result(0, 5, 5));
        assertThat(policy.due(5, 20_000, ms(3))).isEmpty();
        policy.committed(ms(4));
        assertThat(policy.due(6, 24_000, ms(5))).contains(Checkpointer.Mode.FULL);
        policy.attempted(ms(6));
        policy.ended(new Checkpointer.Result(1, 6, 3));
        assertThat(policy.due(6, 24_000, ms(7))).contains(Checkpointer.Mode.FULL);
    }

    @Test
    void pauseIsEnough() {
        policy.committed(ms(1));
        assertThat(policy.due(1, 100, ms(1_001))).isEmpty();
        assertThat(policy.due(1, 100, ms(1_002))).contains(Checkpointer.Mode.TRUNCATE);
    }

    @Test
    void commitDoesNotStayForLongUnderSteadyWrites() {
        ServerConfig steady = config.withLimit(Limit.CHECKPOINT_COMMITS, 1_000);
        CheckpointPolicy trickle = new CheckpointPolicy(steady, 0);
        for (int i = 0; i <= 10; i++) {
            trickle.committed(ms(100 + 500 * i));
            assertThat(trickle.due(1, 100, ms(100 + 500 * i))).isEmpty();
        }
        assertThat(trickle.due(1, 100, ms(5_101))).contains(Checkpointer.Mode.FULL);
    }
}
