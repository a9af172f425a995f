/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.support;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The limit on the memory that all requests and replies hold at the same time, so that no number of clients takes the
 * heap from capture and from each other. Up to {@value #FREE_BYTES} bytes of each request are not counted: small
 * requests still work when large ones have used up the limit. Thread-safe.
 */
public final class Memory {
    private static final int FREE_BYTES = 64 << 10;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    public Memory(long limit) {
        this.limit = limit;
    }

    /** Number of bytes counted now. */
    public long used() {
        return used.get();
    }

    /** Counts the memory of one request and its reply until it is closed. */
    public Lease lease() {
        return new Lease();
    }

    /** The memory of one request and its reply. Not thread-safe, except for {@link #close}. */
    public final class Lease implements AutoCloseable {
        private final AtomicLong held = new AtomicLong();
        private long bytes;

        /**
         * Reserves more bytes before they are allocated. Refused bytes are not counted.
         *
         * @throws DoLakeException PAYLOAD_TOO_LARGE if it is more than the limit, RATE_LIMITED if other requests hold
         *     it now
         */
        public void take(long more) {
            bytes += more;
            long counted = held.get();
            if (bytes - counted <= FREE_BYTES) {
                return;
            }
            if (bytes > limit) {
                bytes -= more;
                throw refused(ErrorCode.PAYLOAD_TOO_LARGE, "it needs more than the limit of " + limit + " bytes");
            }
            long next = bytes - counted;
            if (used.addAndGet(next) > limit) {
                used.addAndGet(-next);
                bytes -= more;
                throw refused(ErrorCode.RATE_LIMITED, "other requests hold all of the " + limit + " bytes")
                        .withRetryAfter(RETRY_AFTER);
            }
            held.addAndGet(next);
        }

        /** Whether this request holds counted memory, so that others have less. */
        public boolean isCounted() {
            return held.get() > 0;
        }

        /** Gives back reserved bytes. */
        public void give(long fewer) {
            bytes -= fewer;
            long over = held.get() - Math.max(0, bytes);
            if (over > 0) {
                held.addAndGet(-over);
                used.addAndGet(-over);
            }
        }

        /** Bytes reserved so far. */
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

        /** Gives back all reserved bytes; closing twice is harmless. */
        @Override
        public void close() {
            used.addAndGet(-held.getAndSet(0));
        }
    }
}
