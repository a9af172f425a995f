/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.config;

/**
 * Every limit and interval of the engine, with its default and the values it takes. The environment variable is
 * {@code DOSQL_} and the name; units are the last word of the name.
 */
public enum Limit {
    /** Largest body of an HTTP request or message of a session, imports excepted. */
    MAX_REQUEST_BYTES(16L << 20, 1L << 10, 1L << 30),
    /** Largest file that import takes. */
    MAX_IMPORT_BYTES(64L << 30, 1L << 10, Long.MAX_VALUE),
    /** Bytes still read from a client whose request was refused, so that it gets the reply. */
    MAX_DISCARD_BYTES(1L << 30, 0, Long.MAX_VALUE),
    /** Rows of one HTTP query where the request does not say. */
    DEFAULT_ROWS(10_000, 1, 1 << 20),
    /** Rows of one HTTP query or fetch at most. */
    MAX_ROWS(100_000, 1, 1 << 24),
    /** Largest reply: a query over HTTP fails beyond it, a fetch ends early. */
    MAX_RESPONSE_BYTES(32L << 20, 1L << 10, 1L << 30),
    /**
     * Bytes that requests and replies of more than 64 KiB hold at the same time, over all clients; never more than an eighth
     * of the heap.
     */
    REQUESTS_MEMORY_BYTES(1L << 30, 1L << 20, 1L << 40),
    /** Largest row and largest value; never more than a sixteenth of the heap. */
    MAX_VALUE_BYTES(64L << 20, 1L << 10, 1_000_000_000L),
    /** Statements of one batch. */
    MAX_BATCH_STATEMENTS(10_000, 1, 1 << 20),
    /** Databases in one reply that lists them. */
    LISTED_DATABASES(1_000, 1, 1 << 20),
    /** Open sessions of the engine. */
    MAX_SESSIONS(256, 1, 1 << 16),
    /** Requests of one session that may wait; then it is not read from until one of them is answered. */
    SESSION_WAITING_REQUESTS(16, 1, 1 << 10),
    /** Bytes of them; the one that goes beyond is still taken. They count as other requests do, from the first piece on. */
    SESSION_WAITING_BYTES(1L << 20, 1, 1L << 30),
    /** A client that does not take a reply for so long is disconnected: what it holds is counted until then. */
    REPLY_TIMEOUT_MS(120_000, 100, 3_600_000),
    /** Open cursors of one session. */
    MAX_CURSORS(16, 1, 1 << 10),
    /** CDC subscriptions of the engine; never more than one for every 4 MiB of its heap. */
    MAX_CONSUMERS(256, 1, 1 << 16),
    /** Connections per database that serve HTTP queries. */
    READERS_PER_DATABASE(4, 1, 1 << 8),
    /** A statement that runs longer is interrupted. */
    QUERY_TIMEOUT_MS(30_000, 1, 24L * 3_600_000),
    /** A write transaction that waits longer for its turn fails. */
    LOCK_TIMEOUT_MS(10_000, 1, 3_600_000),
    /** Write transactions of one database that may wait for their turn. */
    MAX_QUEUED_WRITES(1_000, 1, 1 << 20),
    /** A transaction that is not used for so long is rolled back. */
    TRANSACTION_IDLE_TIMEOUT_MS(60_000, 100, 24L * 3_600_000),
    /** The same for a pinned read-only view. */
    READ_ONLY_IDLE_TIMEOUT_MS(3_600_000, 100, 24L * 3_600_000),
    /** A connection on which nothing moves for so long is closed. */
    CONNECTION_IDLE_TIMEOUT_MS(3_600_000, 1_000, 24L * 3_600_000),
    /** Prepared statements that a connection keeps. */
    CACHED_STATEMENTS(64, 0, 1 << 16),
    /** Page cache of a connection. */
    PAGE_CACHE_KIB(2_000, 64, 1 << 22),
    /** Encoded changes after which a segment of the change log is closed. */
    SEGMENT_BYTES(2L << 20, 1L << 10, 64L << 20),
    /** Transactions that share one write of the change log. */
    CAPTURE_TRANSACTIONS(1_000, 1, 1 << 20),
    /**
     * A write of the change log begins at the earliest so long after the one before it, so that commits which come fast
     * share one, and the disk is not flushed for each of them a second time. Delays events by as much at most.
     */
    CAPTURE_INTERVAL_MS(5, 0, 1_000),
    /** Small segments at the end of the change log after which they are merged. */
    MERGE_SEGMENTS(64, 2, 1 << 12),
    /** Writers are refused when so many bytes of the WAL are not in the change log yet; from half of it on they wait. */
    CAPTURE_LAG_BYTES(512L << 20, 1L << 16, 1L << 40),
    /** How long a write transaction waits just below that limit; at half of it not at all, and evenly more in between. */
    CAPTURE_DELAY_MS(100, 0, 10_000),
    /** The WAL is checkpointed when it is larger. */
    CHECKPOINT_WAL_BYTES(8L << 20, 1L << 12, 1L << 40),
    /** A WAL that has become longer, by a long reader or a large transaction, is cut when it begins anew. */
    WAL_KEPT_BYTES(64L << 20, 1L << 12, 1L << 40),
    /** The WAL is checkpointed after so many commits. */
    CHECKPOINT_COMMITS(100, 1, 1L << 40),
    /** The WAL is checkpointed when a commit has been in it for so long. */
    CHECKPOINT_AGE_MS(60_000, 10, 24L * 3_600_000),
    /** The WAL is checkpointed and emptied when nothing was written for so long. */
    CHECKPOINT_IDLE_MS(5_000, 10, 24L * 3_600_000),
    /** How often checkpoints, retention and idle transactions of open databases are looked at. */
    HOUSEKEEPING_INTERVAL_MS(500, 10, 60_000),
    /** A database that cannot be opened is looked at again after so long, or at once when one of its files is another. */
    REOPEN_INTERVAL_MS(1_000, 0, 3_600_000),
    /** How often retention is looked at for the change logs of databases that nobody has opened, one after the other. */
    VISIT_INTERVAL_MS(3_600_000, 10, 7L * 24 * 3_600_000),
    /** Changes older than this leave the change log: for the archive if there is one, for good otherwise. */
    WAL_RETENTION_MS(7L * 24 * 3_600_000, 1_000, Long.MAX_VALUE),
    /** The oldest changes leave the change log when it is larger. */
    WAL_RETENTION_BYTES(10L << 30, 1L << 16, Long.MAX_VALUE),
    /** Changes that a connected consumer has not acknowledged are dropped only when older than this. */
    WAL_HELD_MS(14L * 24 * 3_600_000, 1_000, Long.MAX_VALUE),
    /** Changes that a connected consumer has not acknowledged are dropped only when the change log is larger. */
    WAL_HELD_BYTES(20L << 30, 1L << 16, Long.MAX_VALUE),
    /** Writers are refused when the change log is larger and what is due for the archive does not get there. */
    WAL_MAX_BYTES(40L << 30, 1L << 16, Long.MAX_VALUE),
    /** Archived changes older than this are dropped; without limit by default. */
    ARCHIVE_RETENTION_MS(Long.MAX_VALUE, 1_000, Long.MAX_VALUE),
    /** One call to the object store of the archive, its own repetitions included. */
    ARCHIVE_TIMEOUT_MS(60_000, 100, 3_600_000),
    /** An idle change stream sends its LSN so often. */
    CDC_KEEP_ALIVE_MS(1_000, 10, 5_000),
    /** A consumer that is not heard for so long, nor answers a ping, is gone: it holds nothing back any more. */
    CDC_SILENCE_MS(120_000, 100, 3_600_000),
    /** Batches sent and not acknowledged. */
    CDC_IN_FLIGHT_BATCHES(16, 1, 16),
    /**
     * Bytes of them, which stay on the heap until they are acknowledged; never more than a 64th of the heap for each
     * consumer, but always one batch.
     */
    CDC_IN_FLIGHT_BYTES(32L << 20, 1L << 10, 1L << 30),
    /**
     * Bytes of batches that all consumers have not acknowledged, never more than a quarter of the heap. Beyond it each has what
     * one look into the change log gives.
     */
    CDC_MEMORY_BYTES(1L << 30, 1L << 10, 1L << 40),
    /** Largest message of a consumer; the names of the tables that it subscribes to are in one. */
    CDC_MAX_MESSAGE_BYTES(256L << 10, 1L << 10, 16L << 20),
    /** Events per second to one consumer at most. */
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

    /** The value where none is set. */
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
