/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.config;

/**
 * Every limit and interval of the engine, with its default and its range. The environment variable is {@code DOSQL_}
 * followed by the name; the last word of the name is the unit.
 */
public enum Limit {
    /** Largest body of an HTTP request, except imports, and largest message of a session. */
    MAX_REQUEST_BYTES(16L << 20, 1L << 10, 1L << 30),
    /** Largest file that can be imported. */
    MAX_IMPORT_BYTES(64L << 30, 1L << 10, Long.MAX_VALUE),
    /** Bytes still read from a client whose request was refused, so that it gets the reply. */
    MAX_DISCARD_BYTES(1L << 30, 0, Long.MAX_VALUE),
    /** Rows of one HTTP query if the request does not set a number. */
    DEFAULT_ROWS(10_000, 1, 1 << 20),
    /** Most rows of one HTTP query or fetch. */
    MAX_ROWS(100_000, 1, 1 << 24),
    /** Largest reply: a query over HTTP fails beyond it, a fetch ends early. */
    MAX_RESPONSE_BYTES(32L << 20, 1L << 10, 1L << 30),
    /**
     * Memory that requests and replies of more than 64 KiB may hold at the same time, over all clients; never more than
     * an eighth of the heap.
     */
    REQUESTS_MEMORY_BYTES(1L << 30, 1L << 20, 1L << 40),
    /** Largest row and largest value; never more than a sixteenth of the heap. */
    MAX_VALUE_BYTES(64L << 20, 1L << 10, 1_000_000_000L),
    /** Most statements in one batch. */
    MAX_BATCH_STATEMENTS(10_000, 1, 1 << 20),
    /** Most databases in one page of the list of databases. */
    LISTED_DATABASES(1_000, 1, 1 << 20),
    /** Most open sessions of the engine. */
    MAX_SESSIONS(256, 1, 1 << 16),
    /** Requests of one session that may wait; beyond that the session is not read until one of them is answered. */
    SESSION_WAITING_REQUESTS(16, 1, 1 << 10),
    /**
     * Bytes of the waiting requests of one session; the request that exceeds the limit is still accepted. Their bytes
     * are counted like those of other requests, from the first piece on.
     */
    SESSION_WAITING_BYTES(1L << 20, 1, 1L << 30),
    /** A client that does not read a reply for this long is disconnected: the reply holds memory until then. */
    REPLY_TIMEOUT_MS(120_000, 100, 3_600_000),
    /** Most open cursors of one session. */
    MAX_CURSORS(16, 1, 1 << 10),
    /** Most CDC subscriptions of the engine; never more than one for every 4 MiB of its heap. */
    MAX_CONSUMERS(256, 1, 1 << 16),
    /** Read-only connections of a database for HTTP queries. */
    READERS_PER_DATABASE(4, 1, 1 << 8),
    /** A statement that runs longer is interrupted. */
    QUERY_TIMEOUT_MS(30_000, 1, 24L * 3_600_000),
    /** A write transaction that waits longer for the write lock fails. */
    LOCK_TIMEOUT_MS(10_000, 1, 3_600_000),
    /** Most write transactions of one database that may wait for the write lock. */
    MAX_QUEUED_WRITES(1_000, 1, 1 << 20),
    /** A transaction that is idle for this long is rolled back. */
    TRANSACTION_IDLE_TIMEOUT_MS(60_000, 100, 24L * 3_600_000),
    /** A read-only transaction that is idle for this long is rolled back. */
    READ_ONLY_IDLE_TIMEOUT_MS(3_600_000, 100, 24L * 3_600_000),
    /** A connection that is idle for this long is closed. */
    CONNECTION_IDLE_TIMEOUT_MS(3_600_000, 1_000, 24L * 3_600_000),
    /** Difference of the clocks of an issuer of tokens and of the engine that does not matter. */
    JWT_CLOCK_SKEW_MS(30_000, 0, 300_000),
    /** Prepared statements that a connection caches. */
    CACHED_STATEMENTS(64, 0, 1 << 16),
    /** Page cache of a connection. */
    PAGE_CACHE_KIB(2_000, 64, 1 << 22),
    /** Size of encoded changes at which a segment of the change log is closed. */
    SEGMENT_BYTES(2L << 20, 1L << 10, 64L << 20),
    /** Most transactions in one write of the change log. */
    CAPTURE_TRANSACTIONS(1_000, 1, 1 << 20),
    /**
     * Least time between the starts of two writes of the change log. Commits in quick succession share a write, so that
     * the disk is not flushed a second time for each of them. Events are delayed by this time at most.
     */
    CAPTURE_INTERVAL_MS(5, 0, 1_000),
    /** Number of small segments at the end of the change log at which they are merged. */
    MERGE_SEGMENTS(64, 2, 1 << 12),
    /**
     * Writers are refused when this many bytes of the WAL are not in the change log yet; from half of it on they are
     * delayed.
     */
    CAPTURE_LAG_BYTES(512L << 20, 1L << 16, 1L << 40),
    /** Delay of a write transaction just below that limit; it grows evenly from zero at half of the limit. */
    CAPTURE_DELAY_MS(100, 0, 10_000),
    /** The WAL is checkpointed when it is larger. */
    CHECKPOINT_WAL_BYTES(8L << 20, 1L << 12, 1L << 40),
    /** A WAL that a long reader or a large transaction has made longer is cut to this size when it restarts. */
    WAL_KEPT_BYTES(64L << 20, 1L << 12, 1L << 40),
    /** The WAL is checkpointed after this many commits. */
    CHECKPOINT_COMMITS(100, 1, 1L << 40),
    /** The WAL is checkpointed when a commit has been in it for this long. */
    CHECKPOINT_AGE_MS(60_000, 10, 24L * 3_600_000),
    /** The WAL is checkpointed and emptied when nothing was written for this long. */
    CHECKPOINT_IDLE_MS(5_000, 10, 24L * 3_600_000),
    /** Interval at which checkpoints, retention and idle transactions of open databases are checked. */
    HOUSEKEEPING_INTERVAL_MS(500, 10, 60_000),
    /** A database that cannot be opened is tried again after this time, or at once when one of its files changes. */
    REOPEN_INTERVAL_MS(1_000, 0, 3_600_000),
    /**
     * Interval at which retention is checked for the change logs of databases that nobody has opened, one after the
     * other.
     */
    VISIT_INTERVAL_MS(3_600_000, 10, 7L * 24 * 3_600_000),
    /**
     * Changes older than this leave the change log: they move to the archive if there is one, and are dropped
     * otherwise.
     */
    WAL_RETENTION_MS(7L * 24 * 3_600_000, 1_000, Long.MAX_VALUE),
    /** The oldest changes leave the change log when it is larger. */
    WAL_RETENTION_BYTES(10L << 30, 1L << 16, Long.MAX_VALUE),
    /** Changes that a connected consumer has not acknowledged are dropped only when older than this. */
    WAL_HELD_MS(14L * 24 * 3_600_000, 1_000, Long.MAX_VALUE),
    /** Changes that a connected consumer has not acknowledged are dropped only when the change log is larger. */
    WAL_HELD_BYTES(20L << 30, 1L << 16, Long.MAX_VALUE),
    /**
     * Writers are refused when the change log is larger because segments that are due for the archive cannot be
     * archived.
     */
    WAL_MAX_BYTES(40L << 30, 1L << 16, Long.MAX_VALUE),
    /** Archived changes older than this are dropped; without limit by default. */
    ARCHIVE_RETENTION_MS(Long.MAX_VALUE, 1_000, Long.MAX_VALUE),
    /** Time limit of one call to the object store of the archive, including the SDK's retries. */
    ARCHIVE_TIMEOUT_MS(60_000, 100, 3_600_000),
    /** Interval at which an idle change stream sends its LSN. */
    CDC_KEEP_ALIVE_MS(1_000, 10, 5_000),
    /**
     * A consumer that sends nothing for this long, not even the answer to a ping, is disconnected and no longer holds
     * back retention.
     */
    CDC_SILENCE_MS(120_000, 100, 3_600_000),
    /** Most batches of one consumer that are sent and not acknowledged. */
    CDC_IN_FLIGHT_BATCHES(16, 1, 16),
    /**
     * Most bytes of those batches, which stay on the heap until they are acknowledged; never more than a 64th of the
     * heap for each consumer, but one batch is always allowed.
     */
    CDC_IN_FLIGHT_BYTES(32L << 20, 1L << 10, 1L << 30),
    /**
     * Most bytes of unacknowledged batches of all consumers together; never more than an eighth of the heap. Beyond it
     * each consumer may have one batch in flight.
     */
    CDC_MEMORY_BYTES(1L << 30, 1L << 10, 1L << 40),
    /** Largest message of a consumer; one message holds the names of all tables that it subscribes to. */
    CDC_MAX_MESSAGE_BYTES(256L << 10, 1L << 10, 16L << 20),
    /** Most events per second to one consumer. */
    CDC_MAX_EVENTS_PER_SECOND(10_000_000, 100, 1_000_000_000),
    /** Largest number of events that a subscription may ask for in a batch. */
    CDC_MAX_BATCH_EVENTS(100_000, 1, 1 << 24),
    /** Largest batch that a subscription may ask for; never more than a 256th of the heap. */
    CDC_MAX_BATCH_BYTES(16L << 20, 1L << 10, 1L << 30);

    private final long initial;
    private final long min;
    private final long max;

    Limit(long initial, long min, long max) {
        this.initial = initial;
        this.min = min;
        this.max = max;
    }

    /** The value if none is set. */
    public long initial() {
        return initial;
    }

    public long min() {
        return min;
    }

    public long max() {
        return max;
    }
}
