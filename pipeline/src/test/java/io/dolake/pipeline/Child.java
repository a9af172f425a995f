/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program that runs in a process of its own until it ends. Where the pipeline runs in the process of the test,
 * whoever looks into the lake's catalog has to: the sink's SQLite is another copy of the library, and to close a file
 * in one copy drops the locks that the other holds on it, which POSIX gives to the process.
 */
final class Child {
    private Child() {}

    /** Runs a class with a {@code main} method; what it writes to standard output and error is in the result. */
    static Cli.Result run(Class<?> main, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Ddolake.home=" + Cli.repository(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        command.addAll(List.of(arguments));
        try {
            Path errors = Files.createTempFile("child", ".err");
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Cli.Result result = new Cli.Result(process.waitFor(), out, Files.readString(errors));
            Files.delete(errors);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A command of the pipeline, on a directory. */
    static Cli.Result command(Path dir, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--dir", dir.toString()));
        all.addAll(List.of(arguments));
        return run(Main.class, Map.of(), all.toArray(String[]::new));
    }
}
