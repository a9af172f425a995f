/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class WriteLockTest {
    private final WriteLock lock =
            new WriteLock("shop", ServerConfig.of(Path.of(".")).withLimit(Limit.MAX_QUEUED_WRITES, 2));

    @Test
    void turnsComeInTheOrderOfAsking() throws InterruptedException {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        try (WriteLock.Permit held = lock.acquire("first", 1_000)) {
            for (int i = 0; i < 2; i++) {
                int number = i;
                Thread thread = new Thread(() -> {
                    try (WriteLock.Permit mine = lock.acquire("t" + number, 10_000)) {
                        order.add(number);
                    }
                });
                thread.start();
                threads.add(thread);
                Awaitility.await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
            }
            assertThatThrownBy(() -> lock.acquire("third", 1_000))
                    .isInstanceOfSatisfying(
                            DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RATE_LIMITED));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(order).containsExactly(0, 1);
    }

    @Test
    void waitingEndsWithTheNameOfTheHolder() {
        try (WriteLock.Permit held = lock.acquire("session 7", 1_000)) {
            assertThatThrownBy(() -> lock.acquire("other", 20)).isInstanceOfSatisfying(DoLakeException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.TXN_LOCK_TIMEOUT);
                assertThat(e.details()).containsEntry("holder", "session 7");
            });
        }
        lock.acquire("other", 20).close();
    }

    @Test
    void permitIsGivenBackOnce() {
        WriteLock.Permit permit = lock.acquire("a", 20);
        permit.close();
        permit.close();
        WriteLock.Permit next = lock.acquire("b", 20);
        assertThatThrownBy(() -> lock.acquire("c", 20)).isInstanceOf(DoLakeException.class);
        next.close();
    }
}
