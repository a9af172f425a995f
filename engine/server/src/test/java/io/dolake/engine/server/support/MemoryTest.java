/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.server.json.JsonCost;
import io.dolake.engine.server.sqlite.Sqlite;
import io.dolake.engine.server.sqltext.SqlText;
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

    /** Two bytes of a request may be some dozens on the heap; in a text they are what they are. */
    @Test
    void requestsCountAsWhatTheyBecome() {
        assertThat(JsonCost.of("[" + "1,".repeat(1_000) + "1]")).isGreaterThan(50_000);
        assertThat(JsonCost.of("[\"" + "1,".repeat(1_000) + "\"]")).isLessThan(2_200);
        assertThat(JsonCost.of("[\"\\\"" + "1,".repeat(1_000) + "\"]")).isLessThan(2_200);
        assertThat(JsonCost.of("[\"\\\\\"" + ",1".repeat(1_000) + "]")).isGreaterThan(50_000);
        byte[] bytes = "{\"a\":[1,2],\"b\":\",\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(new JsonCost().take(bytes, bytes.length)).isEqualTo(bytes.length + 4 * 64L);
    }

    @Test
    void whatIsGivenBackIsThereForOthers() {
        Memory.Lease lease = memory.lease();
        lease.take(900_000);
        assertRefused(ErrorCode.PAYLOAD_TOO_LARGE, lease, 200_000);
        lease.give(500_000);
        assertThat(memory.used()).isEqualTo(400_000);
        lease.take(550_000);
        assertThat(memory.used()).isBetween(880_000L, 950_000L);
        lease.give(950_000);
        assertThat(memory.used()).isZero();
        assertThat(lease.isCounted()).isFalse();
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
