/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.support;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that requests and their replies may hold at the same time, over all of them, so that no number of clients takes
 * the heap from capture and from each other. What one holds up to {@value #FREE_BYTES} bytes is not counted: when large ones
 * have taken all there is, small ones go on. Thread-safe.
 */
public final class Memory {
    private static final int FREE_BYTES = 64 << 10;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    public Memory(long limit) {
        this.limit = limit;
    }

    /** Bytes that are counted now. */
    public long used() {
        return used.get();
    }

    /** What one request and its reply hold, until it is closed. */
    public Lease lease() {
        return new Lease();
    }

    /** Not thread-safe, but for {@link #close}. */
    public final class Lease implements AutoCloseable {
        private final AtomicLong held = new AtomicLong();
        private long bytes;

        /**
         * Takes room for more bytes, before they are there. What is refused is not taken.
         *
         * @throws DoLakeException PAYLOAD_TOO_LARGE if there is never so much, RATE_LIMITED if others have it now
         */
        public void take(long more) {
            bytes += more;
            long counted = held.get();
            if (bytes - counted <= FREE_BYTES) {
                return;
            }
            if (bytes > limit) {
                bytes -= more;
                throw refused(ErrorCode.PAYLOAD_TOO_LARGE, "it needs more than the " + limit + " bytes that there are");
            }
            long next = bytes - counted;
            if (used.addAndGet(next) > limit) {
                used.addAndGet(-next);
                bytes -= more;
                throw refused(ErrorCode.RATE_LIMITED, "other requests hold the " + limit + " bytes that there are")
                        .withRetryAfter(RETRY_AFTER);
            }
            held.addAndGet(next);
        }

        /** Whether others have less for it. */
        public boolean isCounted() {
            return held.get() > 0;
        }

        /** Gives back bytes that were taken. */
        public void give(long fewer) {
            bytes -= fewer;
            long over = held.get() - Math.max(0, bytes);
            if (over > 0) {
                held.addAndGet(-over);
                used.addAndGet(-over);
            }
        }

        /** Bytes taken so far. */
        public long bytes() {
            return bytes;
        }

        private DoLakeException refused(ErrorCode code, String reason) {
            return new DoLakeException(code, "Cannot hold request and reply in memory: " + reason)
                    .withHint(
                            "Ask for less at a time, or raise DOSQL_REQUESTS_MEMORY_BYTES, of which the engine takes an"
                                    + " eighth of its heap (-Xmx) at most.")
                    .withDetail("limit", limit);
        }

        /** Closing twice does no harm. */
        @Override
        public void close() {
            used.addAndGet(-held.getAndSet(0));
        }
    }
}
