/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.DebeziumException;
import io.debezium.relational.TableId;
import io.debezium.relational.TableSchemaBuilder;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Suspension;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.kafka.connect.errors.ConnectException;

/** Determines what an error affects, and how it is reported. */
final class RunFaults {
    private static final int MAX_CAUSES = 20;

    private RunFaults() {}

    /** The task is to fail with this error, as configured. */
    static final class TaskFailure extends ConnectException {
        private static final long serialVersionUID = 1L;

        TaskFailure(DoLakeException cause) {
            super(cause.toString(), cause);
        }
    }

    /** Whether an error can lead to a suspension at all: errors of the virtual machine end the task. */
    static boolean isContained(Throwable error) {
        return error instanceof Exception || error instanceof StackOverflowError || error instanceof AssertionError;
    }

    /** Whether it only shows that the task is being stopped. */
    static boolean isInterruption(Throwable error) {
        Throwable cause = error;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof InterruptedException || cause instanceof EventSink.Interruption) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** Whether an error while a table is read concerns its database: the connection, or its position. */
    static boolean isOfDatabase(Throwable error) {
        if (error instanceof TaskFailure) {
            return true;
        }
        DoLakeException known = known(error);
        return known != null
                && (known.code().isRetriable()
                        || known.code() == ErrorCode.DATABASE_NOT_FOUND
                        || known.code() == ErrorCode.CDC_EPOCH_MISMATCH
                        || known.code() == ErrorCode.CDC_LSN_NOT_FOUND
                        || known.code() == ErrorCode.TRANSACTION_STATE);
    }

    /** The error with a code in the chain of causes, or null. */
    static DoLakeException known(Throwable error) {
        Throwable cause = error;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof DoLakeException known) {
                return known;
            }
            cause = cause.getCause();
        }
        return null;
    }

    /** For a table. Of an error without a code only the class is reported: messages of libraries may quote values. */
    static DoLakeException ofTable(TableId table, Throwable error) {
        String what = "Cannot carry table " + table + ": ";
        DoLakeException known = known(error);
        if (known == null) {
            return unknown(what, error);
        }
        return known.getMessage().contains(table.toString())
                ? known
                : withHintOf(known, new DoLakeException(known.code(), what + known.getMessage(), known));
    }

    /** For a database. */
    static DoLakeException ofDatabase(String database, Throwable error) {
        DoLakeException known = known(error);
        if (known == null) {
            return unknown("Cannot stream database " + database + ": ", error);
        }
        return known.getMessage().contains(database)
                ? known
                : withHintOf(
                        known,
                        new DoLakeException(
                                known.code(), "Cannot stream database " + database + ": " + known.getMessage(), known));
    }

    /** With the place of the error, but without its message and those of its causes, which a stack trace would show. */
    private static DoLakeException unknown(String what, Throwable error) {
        DoLakeException told = new DoLakeException(ErrorCode.INTERNAL_ERROR, what + names(error));
        told.setStackTrace(error.getStackTrace());
        return told;
    }

    private static DoLakeException withHintOf(DoLakeException known, DoLakeException told) {
        return known.hint().map(told::withHint).orElse(told);
    }

    private static String names(Throwable error) {
        Throwable root = error;
        for (int i = 0; root.getCause() != null && i < MAX_CAUSES; i++) {
            root = root.getCause();
        }
        StackTraceElement[] trace = root.getStackTrace();
        boolean namesColumn = root instanceof DebeziumException
                && trace.length > 0
                && trace[0].getClassName().equals(TableSchemaBuilder.class.getName());
        if (namesColumn) {
            return root.getMessage();
        }
        return root.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
    }

    /** @param collection what to resume: {@code database} or {@code database.table} */
    static Suspension suspension(DoLakeException error, String position, String collection) {
        String resume = "resume it: ./dolake resume " + collection + ", or a signal of type resume";
        String remedy = error.hint()
                .map(hint -> (hint.endsWith(".") ? hint.substring(0, hint.length() - 1) : hint) + ". Then " + resume)
                .orElse("Correct what the reason names, then " + resume);
        return new Suspension(
                error.code(), error.getMessage(), position, Instant.now().truncatedTo(ChronoUnit.MILLIS), remedy);
    }
}
