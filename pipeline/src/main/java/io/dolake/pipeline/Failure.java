/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.run.EngineRest;
import io.dolake.pipeline.run.Home;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reports errors: in short to the user, with the stack trace to the log. */
final class Failure {
    /** Replaces the engine's own hint, which names HTTP requests. */
    private static final String NO_DATABASE =
            "./dolake status lists what there is; ./dolake sql NAME creates a database.";

    private Failure() {}

    /** Prints what happened and returns the exit status. */
    static int report(PrintStream err, Throwable error, List<String> arguments) {
        DoLakeException known = known(error);
        print(err, known);
        if (known.code().blame() != ErrorCode.Blame.USER) {
            log(error, arguments);
        }
        return Main.FAILURE;
    }

    static void print(PrintStream err, DoLakeException error) {
        err.println(error.code() + ": " + error.getMessage());
        error.hint().ifPresent(hint -> err.println("  hint: " + hint));
        err.flush();
    }

    private static DoLakeException known(Throwable error) {
        if (error instanceof DoLakeException known) {
            if (known.code() == ErrorCode.UNAUTHORIZED) {
                return known.withHint(EngineRest.TOKEN_HINT);
            }
            boolean isOfHttp = known.hint().orElse("").startsWith("PUT ");
            return known.code() == ErrorCode.DATABASE_NOT_FOUND && isOfHttp ? known.withHint(NO_DATABASE) : known;
        }
        ErrorCode code = error instanceof IOException || error instanceof UncheckedIOException
                ? ErrorCode.IO_ERROR
                : ErrorCode.INTERNAL_ERROR;
        String reason = error instanceof Error || error.getMessage() == null ? error.toString() : error.getMessage();
        return new DoLakeException(
                code,
                "Cannot complete the command: " + reason.lines().findFirst().orElse(""),
                error);
    }

    private static List<String> withoutToken(List<String> arguments) {
        List<String> shown = new ArrayList<>();
        for (String argument : arguments) {
            boolean isToken = !shown.isEmpty() && shown.get(shown.size() - 1).equals("--token");
            shown.add(isToken ? "***" : argument.startsWith("--token=") ? "--token=***" : argument);
        }
        return shown;
    }

    /** Appends to {@code logs/cli.log} if the directory has logs; a failing command creates no directory. */
    private static void log(Throwable error, List<String> arguments) {
        int dir = arguments.indexOf("--dir");
        String name = arguments.stream()
                .filter(argument -> argument.startsWith("--dir="))
                .map(argument -> argument.substring("--dir=".length()))
                .findFirst()
                .orElse(dir >= 0 && dir + 1 < arguments.size() ? arguments.get(dir + 1) : "data");
        Path logs = Home.of(Path.of(name)).logs();
        if (!Files.isDirectory(logs)) {
            return;
        }
        StringWriter trace = new StringWriter();
        error.printStackTrace(new PrintWriter(trace));
        try {
            Files.writeString(
                    logs.resolve("cli.log"),
                    Instant.now() + " " + String.join(" ", withoutToken(arguments)) + "\n" + trace + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            // The user has the message already; a log that cannot be written must not hide it.
            return;
        }
    }
}
