/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

/**
 * Every error the pipeline reports, grouped by whose turn it is to act. The names are the wire form, everywhere: HTTP,
 * WebSocket, JDBC, Connect, command line. {@code schemas/SPEC.md} describes each.
 */
public enum ErrorCode {
    // The caller's statement, argument or right.
    SYNTAX_ERROR(Blame.USER, 400),
    TABLE_NOT_FOUND(Blame.USER, 404),
    COLUMN_NOT_FOUND(Blame.USER, 404),
    CONSTRAINT_VIOLATION(Blame.USER, 409),
    TYPE_MISMATCH(Blame.USER, 400),
    INVALID_ARGUMENT(Blame.USER, 400),
    INVALID_CONFIGURATION(Blame.USER, 400),
    INVALID_DATABASE_FILE(Blame.USER, 400),
    DATABASE_NOT_FOUND(Blame.USER, 404),
    DATABASE_EXISTS(Blame.USER, 409),
    STATEMENT_NOT_ALLOWED(Blame.USER, 403),
    TRANSACTION_STATE(Blame.USER, 409),
    UNAUTHORIZED(Blame.USER, 401),
    FORBIDDEN(Blame.USER, 403),
    PAYLOAD_TOO_LARGE(Blame.USER, 413),
    CDC_LSN_NOT_FOUND(Blame.USER, 410),
    CDC_EPOCH_MISMATCH(Blame.USER, 409),
    ADDRESS_IN_USE(Blame.USER, 409),
    /** A lake table was dropped, made anew or restored under who writes it. */
    TABLE_REPLACED(Blame.USER, 409),
    /** A topic was made anew, or has lost its data, under who reads it. */
    TOPIC_REPLACED(Blame.USER, 409),
    /** A lake table belongs to another source table, or another connector. */
    TABLE_OF_ANOTHER_SOURCE(Blame.USER, 409),
    R2_BUCKET_NOT_BOUND(Blame.USER, 400),

    // A limit or a competitor; the same call may pass later.
    RATE_LIMITED(Blame.RESOURCES, 429),
    TIMEOUT(Blame.RESOURCES, 504),
    TXN_LOCK_TIMEOUT(Blame.RESOURCES, 409),
    DEADLOCK_DETECTED(Blame.RESOURCES, 409),
    SERIALIZATION_FAILURE(Blame.RESOURCES, 409),
    FILE_CHANGED(Blame.RESOURCES, 409),
    BUFFER_FULL(Blame.RESOURCES, 503),
    STORAGE_FULL(Blame.RESOURCES, 507),

    // Something outside the process.
    CONNECTION_ERROR(Blame.EXTERNAL, 502),
    OBJECT_STORE_ERROR(Blame.EXTERNAL, 502),
    CATALOG_ERROR(Blame.EXTERNAL, 502),

    // Ours.
    IO_ERROR(Blame.INTERNAL, 500),
    WAL_CORRUPT(Blame.INTERNAL, 500),
    WAL_GAP(Blame.INTERNAL, 500),
    CHANGE_LOG_CORRUPT(Blame.INTERNAL, 500),
    TASK_FENCED(Blame.INTERNAL, 409),
    PROTOCOL_ERROR(Blame.INTERNAL, 400),
    INTERNAL_ERROR(Blame.INTERNAL, 500);

    /** Whose turn it is to act. */
    public enum Blame {
        USER,
        RESOURCES,
        EXTERNAL,
        INTERNAL
    }

    private final Blame blame;
    private final int httpStatus;

    ErrorCode(Blame blame, int httpStatus) {
        this.blame = blame;
        this.httpStatus = httpStatus;
    }

    public Blame blame() {
        return blame;
    }

    /** The HTTP status that carries this code. */
    public int httpStatus() {
        return httpStatus;
    }

    /** Whether the same call can pass later with nothing changed by the caller. */
    public boolean isRetriable() {
        return blame == Blame.RESOURCES || blame == Blame.EXTERNAL;
    }
}
