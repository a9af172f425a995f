/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;

/**
 * SQLite in a process of its own, since file locks mean nothing within one. Runs the statements that are written to it,
 * one a line. A line {@code loop} writes and checkpoints until the process is ended, a second at a time at most.
 */
final class OtherProgram implements AutoCloseable {
    private static final long MAX_LOOP_MS = 20_000;

    private final Process process;
    private final PrintStream statements;
    private final BufferedReader answers;

    OtherProgram(Path file) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherProgram.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        statements = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    void run(String... lines) throws IOException {
        for (String line : lines) {
            statements.println(line);
            String answer = answers.readLine();
            if (!"done".equals(answer)) {
                throw new IOException(line + ": " + answer);
            }
        }
    }

    /** Ends it as a crash does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    public static void main(String[] args) throws IOException, SQLException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + args[0]);
                Statement statement = connection.createStatement()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(line.equals("loop") ? "done" : answer(statement, line));
                if (line.equals("loop")) {
                    loop(statement);
                }
            }
        }
    }

    private static String answer(Statement statement, String sql) {
        try {
            statement.execute(sql);
            return "done";
        } catch (SQLException e) {
            return e.getMessage();
        }
    }

    private static void loop(Statement statement) throws SQLException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_LOOP_MS);
        for (int i = 0; System.nanoTime() < end; i++) {
            statement.execute("UPDATE t SET a = a + 1 WHERE id % 7 = " + i % 7);
            if (i % 20 == 0) {
                statement.execute("PRAGMA wal_checkpoint(" + (i % 40 == 0 ? "RESTART" : "PASSIVE") + ")");
            }
        }
    }
}
