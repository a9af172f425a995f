/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLRecoverableException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientException;

/**
 * Converts errors to {@code SQLException}s: the SQLState and vendor code of each {@link ErrorCode}, as listed in
 * DESIGN.md.
 */
final class SqlExceptions {
    static final String CONNECTION_CLOSED = "08003";
    static final String INVALID_ARGUMENT = "22023";
    static final String NO_CONVERSION = "22018";
    static final String OUT_OF_RANGE = "22003";
    static final String NO_RESULT = "02000";
    static final String INVALID_STATE = "HY010";
    static final String UNSET_PARAMETER = "07002";

    /** The JDBC form of an error code; a vendor code is never reused for another error code. */
    record State(String sqlState, int vendorCode) {}

    /** The state of codes that only other parts of the pipeline use. */
    private static final State NOT_OF_THE_ENGINE = new State("HY000", 9000);

    private SqlExceptions() {}

    static SQLException of(DoLakeException e) {
        State state = state(e.code());
        String message =
                e.getMessage() + e.hint().map(hint -> " (" + hint + ")").orElse("");
        String sqlState = state.sqlState();
        int vendor = state.vendorCode();
        return switch (e.code()) {
            case CONSTRAINT_VIOLATION -> new SQLIntegrityConstraintViolationException(message, sqlState, vendor, e);
            case SYNTAX_ERROR, TABLE_NOT_FOUND, COLUMN_NOT_FOUND ->
                new SQLSyntaxErrorException(message, sqlState, vendor, e);
            case UNAUTHORIZED -> new SQLInvalidAuthorizationSpecException(message, sqlState, vendor, e);
            case CONNECTION_ERROR -> new SQLRecoverableException(message, sqlState, vendor, e);
            case TIMEOUT -> new SQLTimeoutException(message, sqlState, vendor, e);
            case DEADLOCK_DETECTED, SERIALIZATION_FAILURE ->
                new SQLTransactionRollbackException(message, sqlState, vendor, e);
            default ->
                e.code().isRetriable()
                        ? new SQLTransientException(message, sqlState, vendor, e)
                        : new SQLException(message, sqlState, vendor, e);
        };
    }

    static State state(ErrorCode code) {
        return switch (code) {
            case SYNTAX_ERROR -> new State("42601", 1001);
            case TABLE_NOT_FOUND -> new State("42S02", 1002);
            case COLUMN_NOT_FOUND -> new State("42S22", 1003);
            case CONSTRAINT_VIOLATION -> new State("23000", 1004);
            case TYPE_MISMATCH -> new State(NO_CONVERSION, 1005);
            case INVALID_ARGUMENT -> new State(INVALID_ARGUMENT, 1006);
            case INVALID_CONFIGURATION -> new State("F0000", 1007);
            case INVALID_DATABASE_FILE -> new State("XX001", 1008);
            case DATABASE_NOT_FOUND -> new State("3D000", 1009);
            case DATABASE_EXISTS -> new State("42P04", 1010);
            case STATEMENT_NOT_ALLOWED -> new State("42501", 1011);
            case TRANSACTION_STATE -> new State("25000", 1012);
            case UNAUTHORIZED -> new State("28000", 1013);
            case FORBIDDEN -> new State("42501", 1014);
            case PAYLOAD_TOO_LARGE -> new State("54000", 1015);
            case CDC_LSN_NOT_FOUND -> new State("HY000", 1016);
            case CDC_EPOCH_MISMATCH -> new State("HY000", 1017);
            case ADDRESS_IN_USE -> new State("HY000", 1018);
            case R2_BUCKET_NOT_BOUND -> new State("HY000", 1019);
            case RATE_LIMITED -> new State("53000", 2001);
            case TIMEOUT -> new State("HYT00", 2002);
            case TXN_LOCK_TIMEOUT -> new State("55P03", 2003);
            case DEADLOCK_DETECTED -> new State("40P01", 2004);
            case SERIALIZATION_FAILURE -> new State("40001", 2005);
            case BUFFER_FULL -> new State("53000", 2006);
            case STORAGE_FULL -> new State("53100", 2007);
            case CONNECTION_ERROR -> new State("08006", 3001);
            case OBJECT_STORE_ERROR -> new State("58000", 3002);
            case CATALOG_ERROR -> new State("58000", 3003);
            case IO_ERROR -> new State("58030", 4001);
            case WAL_CORRUPT -> new State("XX001", 4002);
            case WAL_GAP -> new State("XX001", 4003);
            case CHANGE_LOG_CORRUPT -> new State("XX001", 4004);
            case TASK_FENCED -> new State("HY000", 4007);
            case PROTOCOL_ERROR -> new State("08P01", 4005);
            case INTERNAL_ERROR -> new State("XX000", 4006);
            default -> NOT_OF_THE_ENGINE;
        };
    }
}
