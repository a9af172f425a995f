/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.connector.base.ChangeEventQueue;
import io.debezium.pipeline.ErrorHandler;
import io.dolake.schemas.DoLakeException;

/** Restarts the task after transient errors, according to their code; fails it after all others. */
final class DoSqlErrorHandler extends ErrorHandler {

    DoSqlErrorHandler(DoSqlConnectorConfig config, ChangeEventQueue<?> queue, ErrorHandler replaced) {
        super(DoSqlConnector.class, config, queue, replaced);
    }

    @Override
    protected boolean isRetriable(Throwable throwable) {
        for (Throwable cause = throwable; cause != null; cause = cause.getCause()) {
            if (cause instanceof DoLakeException error) {
                return error.code().isRetriable();
            }
        }
        return super.isRetriable(throwable);
    }
}
