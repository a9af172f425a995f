/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts the pipeline in a process of its own that outlives the terminal, and waits until it is ready. */
public final class Detached {
    /** What the process prints when everything runs. */
    public static final String READY = "ready";

    /** Heap of the process; broker, worker and engine share it. */
    static final List<String> JVM_OPTIONS =
            List.of("-Xms128m", "-Xmx1536m", "-XX:+UseG1GC", "-XX:+ExitOnOutOfMemoryError");

    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private Detached() {}

    /**
     * Starts {@code mainClass arguments} and passes on what it prints.
     *
     * @throws DoLakeException what the process said when it ended before it was ready; TIMEOUT
     */
    public static void start(
            Home home, Installation installation, String mainClass, List<String> arguments, Progress progress) {
        home.create();
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid"); // a session of its own: closing the terminal does not end it
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        command.add(installation.asOption());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass);
        command.addAll(arguments);
        Path console = home.console();
        try {
            Files.writeString(console, "");
            Process process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(console.toFile()))
                    .start();
            follow(process, console, progress);
        } catch (IOException e) {
            throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot start the pipeline's process: " + Home.reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DoLakeException(ErrorCode.TIMEOUT, "Cannot wait for the pipeline: interrupted", e)
                    .withHint("It may still be starting: see ./dolake status, or stop it with ./dolake down.");
        }
    }

    private static void follow(Process process, Path console, Progress progress)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        long read = 0;
        StringBuilder all = new StringBuilder();
        while (System.nanoTime() - deadline < 0) {
            boolean alive = process.isAlive(); // before reading: what it said last must not be missed
            String more = from(console, read);
            int whole = more.lastIndexOf('\n') + 1;
            for (String line : more.substring(0, whole).lines().toList()) {
                if (line.equals(READY)) {
                    return;
                }
                all.append(line).append('\n');
                if (!isError(line)) {
                    progress.say(line);
                }
            }
            read += more.substring(0, whole).getBytes(StandardCharsets.UTF_8).length;
            if (!alive) {
                throw ended(process.exitValue(), all.toString(), console);
            }
            Thread.sleep(POLL_INTERVAL.toMillis());
        }
        throw new DoLakeException(
                        ErrorCode.TIMEOUT, "Cannot start the pipeline in " + TIMEOUT.toSeconds() + " s: not ready yet")
                .withHint("It goes on in the background; what it does is in " + console + ".");
    }

    /** Said by the exception instead. */
    private static boolean isError(String line) {
        return line.startsWith("  hint: ") || codeOf(line) != null;
    }

    private static ErrorCode codeOf(String line) {
        for (ErrorCode code : ErrorCode.values()) {
            if (line.startsWith(code + ": ")) {
                return code;
            }
        }
        return null;
    }

    private static String from(Path file, long position) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.max(0, in.length() - position)];
            in.seek(position);
            in.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** The error line of the process, made an error again; its last words if there is none. */
    private static DoLakeException ended(int status, String said, Path console) {
        DoLakeException error = null;
        for (String line : said.lines().toList()) {
            ErrorCode code = codeOf(line);
            if (code != null) {
                error = new DoLakeException(code, line.substring(code.name().length() + 2));
            } else if (error != null && line.startsWith("  hint: ")) {
                error = error.withHint(line.substring("  hint: ".length()));
            }
        }
        if (error != null) {
            return error;
        }
        return new DoLakeException(
                        ErrorCode.INTERNAL_ERROR, "Cannot start the pipeline: its process ended with status " + status)
                .withHint("What it said is in " + console + " and pipeline.log beside it.");
    }
}
