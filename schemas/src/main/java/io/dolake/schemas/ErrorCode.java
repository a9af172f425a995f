/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

/**
 * Every error that the pipeline reports, grouped by who must act. The names are the wire form, everywhere: HTTP,
 * WebSocket, JDBC, Connect, command line. {@code schemas/SPEC.md} describes each.
 */
public enum ErrorCode {
    // Errors of the caller's statement, argument or permission.
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
    /** A lake table was dropped, recreated or restored while a connector was writing to it. */
    TABLE_REPLACED(Blame.USER, 409),
    /** A topic was recreated, or has lost data, while a connector was reading it. */
    TOPIC_REPLACED(Blame.USER, 409),
    /** A lake table belongs to another source table, or another connector. */
    TABLE_OF_ANOTHER_SOURCE(Blame.USER, 409),
    R2_BUCKET_NOT_BOUND(Blame.USER, 400),

    // A limit or a competing operation; the same call may succeed later.
    RATE_LIMITED(Blame.RESOURCES, 429),
    TIMEOUT(Blame.RESOURCES, 504),
    TXN_LOCK_TIMEOUT(Blame.RESOURCES, 409),
    DEADLOCK_DETECTED(Blame.RESOURCES, 409),
    SERIALIZATION_FAILURE(Blame.RESOURCES, 409),
    FILE_CHANGED(Blame.RESOURCES, 409),
    BUFFER_FULL(Blame.RESOURCES, 503),
    STORAGE_FULL(Blame.RESOURCES, 507),

    // Failures outside the process.
    CONNECTION_ERROR(Blame.EXTERNAL, 502),
    OBJECT_STORE_ERROR(Blame.EXTERNAL, 502),
    CATALOG_ERROR(Blame.EXTERNAL, 502),

    // Faults of the software itself.
    IO_ERROR(Blame.INTERNAL, 500),
    WAL_CORRUPT(Blame.INTERNAL, 500),
    WAL_GAP(Blame.INTERNAL, 500),
    CHANGE_LOG_CORRUPT(Blame.INTERNAL, 500),
    TASK_FENCED(Blame.INTERNAL, 409),
    PROTOCOL_ERROR(Blame.INTERNAL, 400),
    INTERNAL_ERROR(Blame.INTERNAL, 500);

    /** Who must act on an error. */
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

    /** Whether the same call can succeed later without a change by the caller. */
    public boolean isRetriable() {
        return blame == Blame.RESOURCES || blame == Blame.EXTERNAL;
    }
}
