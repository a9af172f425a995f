/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.rest;

import io.dolake.schemas.ErrorCode;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;

/**
 * The outcome of a resume request, over all tasks.
 *
 * @param tasks number of tasks in which the table was resumed
 * @param error of a task that refused, as {@code CODE: message}; empty if there is none. That it is not suspended there
 *     does not count if another task had it suspended
 */
record Resumed(int tasks, String error) {
    private static final Resumed NONE = new Resumed(0, "");

    static Resumed of(List<String> answers) {
        Resumed all = NONE;
        for (String answer : answers) {
            all = all.plus(answer.isEmpty() ? new Resumed(1, "") : new Resumed(0, answer));
        }
        return all;
    }

    Resumed plus(OtherWorkers.Answer answer) {
        if (answer.isSound()) {
            return plus(new Resumed(((Number) answer.body().getOrDefault("resumed", 0)).intValue(), ""));
        }
        return plus(new Resumed(
                0, answer.status() == 0 ? ErrorCode.CONNECTION_ERROR + ": " + answer.message() : answer.message()));
    }

    private Resumed plus(Resumed other) {
        return new Resumed(tasks + other.tasks, isUnknown() ? other.error : error);
    }

    private boolean isUnknown() {
        return error.isEmpty() || error.startsWith(ErrorCode.TABLE_NOT_FOUND + ":");
    }

    Response response(String table) {
        if (tasks > 0 && isUnknown()) {
            return Response.ok(Map.of("resumed", tasks)).build();
        }
        String message = error.isEmpty()
                ? ErrorCode.TABLE_NOT_FOUND + ": Cannot resume " + table + ": no task of the connector runs"
                : error;
        int status = status(message);
        return Response.status(status)
                .entity(Map.of("error_code", status, "message", message))
                .build();
    }

    private static int status(String message) {
        int colon = message.indexOf(':');
        try {
            return ErrorCode.valueOf(colon < 0 ? message : message.substring(0, colon))
                    .httpStatus();
        } catch (IllegalArgumentException e) {
            return Response.Status.INTERNAL_SERVER_ERROR.getStatusCode();
        }
    }
}
