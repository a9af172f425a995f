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
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts the pipeline in a process of its own that outlives the terminal, and waits until it is ready. */
public final class Detached {
    /** What the process prints when everything runs. */
    public static final String READY = "ready";

    /** What it prints when it runs and something in it does not. */
    public static final String DEGRADED = "ready, but not all of it runs";

    /** Names the options of the process's JVM, one a line, as {@code ./dolake} chooses them. */
    private static final String OPTIONS = "dolake.up.options";

    /** Without {@code ./dolake}: the heap of the process; broker, worker and engine share it. */
    static final List<String> JVM_OPTIONS =
            List.of("-Xms128m", "-Xmx1536m", "-XX:+UseG1GC", "-XX:+ExitOnOutOfMemoryError");

    /** Exit status of a process that a signal has ended, less the signal. */
    private static final int SIGNALLED = 128;

    private static final int SIGTERM = 15;
    private static final int SIGKILL = 9;

    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private Detached() {}

    /**
     * Starts {@code mainClass arguments} and passes on what it prints. Returns whether everything in it runs.
     *
     * @throws DoLakeException what the process said when it ended before it was ready; TIMEOUT
     */
    public static boolean start(
            Home home, Installation installation, String mainClass, List<String> arguments, Progress progress) {
        home.create();
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid"); // a session of its own: closing the terminal does not end it
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions());
        command.add(installation.asOption());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass);
        command.addAll(arguments);
        // Of its own, so that two that start at once do not read each other's words; the one that runs leaves it as
        // up.log.
        Path console = home.logs().resolve("up." + ProcessHandle.current().pid() + ".log");
        try {
            Files.writeString(console, "");
            Process process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(console.toFile()))
                    .start();
            boolean isWell = follow(home, process, console, progress);
            Files.move(console, home.console(), StandardCopyOption.REPLACE_EXISTING);
            return isWell;
        } catch (IOException e) {
            throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot start the pipeline's process: " + Home.reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DoLakeException(ErrorCode.TIMEOUT, "Cannot wait for the pipeline: interrupted", e)
                    .withHint("It may still be starting: see ./dolake status, or stop it with ./dolake down.");
        }
    }

    private static List<String> jvmOptions() {
        String chosen = System.getProperty(OPTIONS, "");
        return chosen.isBlank() ? JVM_OPTIONS : chosen.lines().toList();
    }

    private static boolean follow(Home home, Process process, Path console, Progress progress)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        long read = 0;
        StringBuilder all = new StringBuilder();
        while (System.nanoTime() - deadline < 0) {
            boolean alive = process.isAlive(); // before reading: what it said last must not be missed
            String more = from(console, read);
            int whole = more.lastIndexOf('\n') + 1;
            for (String line : more.substring(0, whole).lines().toList()) {
                if (line.equals(READY) || line.equals(DEGRADED)) {
                    return line.equals(READY);
                }
                all.append(line).append('\n');
                if (!isError(line)) {
                    progress.say(line);
                }
            }
            read += more.substring(0, whole).getBytes(StandardCharsets.UTF_8).length;
            if (!alive) {
                throw ended(home, process.exitValue(), all.toString(), console);
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
    private static DoLakeException ended(Home home, int status, String said, Path console) throws IOException {
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
            Files.delete(console);
            return error;
        }
        Files.move(console, home.console(), StandardCopyOption.REPLACE_EXISTING);
        boolean isStopped = status == SIGNALLED + SIGTERM || status == SIGNALLED + SIGKILL;
        return new DoLakeException(
                        isStopped ? ErrorCode.CONNECTION_ERROR : ErrorCode.INTERNAL_ERROR,
                        "Cannot start the pipeline: its process "
                                + (isStopped ? "was stopped while it started" : "ended with status " + status))
                .withHint("What it said is in " + home.console() + " and pipeline.log beside it.");
    }
}
