/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private static final int SMALL = 60_000;

    private final Memory memory = new Memory(1_000_000);

    private static void assertRefused(ErrorCode code, Memory.Lease lease, long bytes) {
        assertThatThrownBy(() -> lease.take(bytes))
                .isInstanceOfSatisfying(
                        DoLakeException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void oneThatNeedsMoreThanThereIsIsTooLarge() {
        assertRefused(ErrorCode.PAYLOAD_TOO_LARGE, memory.lease(), 1_000_001);
        assertThat(memory.used()).isZero();
    }

    @Test
    void manyTogetherHaveToWaitAndSmallOnesGoOn() {
        Memory.Lease first = memory.lease();
        first.take(900_000);
        assertRefused(ErrorCode.RATE_LIMITED, memory.lease(), 200_000);
        for (int i = 0; i < 100; i++) {
            memory.lease().take(SMALL);
        }
        first.close();
        first.close();
        assertThat(memory.used()).isZero();
        memory.lease().take(900_000);
    }

    @Test
    void manySmallPiecesOfOneAreCounted() {
        Memory.Lease lease = memory.lease();
        for (int i = 0; i < 90; i++) {
            lease.take(10_000);
        }
        assertThat(memory.used()).isBetween(830_000L, 900_000L);
        lease.close();
        assertThat(memory.used()).isZero();
    }

    @Test
    void statementOfManyCallsGetsSmallerValues() {
        assertThat(Sqlite.valueBytes(3, 64 << 20)).isEqualTo(64 << 20);
        assertThat(Sqlite.valueBytes(1_900, 64 << 20) * 1_900L).isLessThanOrEqualTo(1L << 30);
        assertThat(Sqlite.valueBytes(1_000_000, 64 << 20)).isEqualTo(64 << 10);
        assertThat(SqlText.of("select hex(a) || b || lower(c) from t where a in (1) and (b or (c))")
                        .calls())
                .isEqualTo(4);
    }
}
