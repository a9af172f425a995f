/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import java.util.function.Supplier;

/**
 * Retries a call that fails because there is no connection, with a delay that doubles. Only for calls without effects.
 */
final class ConnectionRetry {
    static final long FIRST_DELAY_MS = 100;
    static final long MAX_DELAY_MS = 2_000;

    private final int attempts;

    ConnectionRetry(int attempts) {
        this.attempts = attempts;
    }

    <T> T call(Supplier<T> call) {
        long delayMs = FIRST_DELAY_MS;
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (DoLakeException e) {
                if (!ClientErrors.isConnectionFailure(e)
                        || attempt >= attempts
                        || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                sleep(delayMs, e);
                delayMs = Math.min(delayMs * 2, MAX_DELAY_MS);
            }
        }
    }

    private static void sleep(long delayMs, DoLakeException failure) {
        try {
            Thread.sleep(delayMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }
}
