/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.testkit;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/** The library of {@code src/test/native/faults.c}, which makes file operations of an engine process fail. */
public final class FaultShim {
    private static final Path SOURCE = Path.of("src/test/native/faults.c");
    private static final Path LIBRARY = Path.of("target/faults/libfaults.so");

    private static final int SAMPLES = Integer.getInteger("faults.samples", 6);

    /** What happens at the call. */
    public enum Kind {
        /** The process is killed before it. */
        KILL,
        /** Half of a write is done, then the process is killed. */
        TORN,
        /** The process is killed before it, and what was not synced is lost, or part of it. */
        POWER,
        EIO,
        ENOSPC
    }

    /**
     * @param kind null to only count
     * @param at number of the first call that fails
     * @param count calls that fail
     * @param killAt call before which the process is killed in the end; 0 if it is not
     */
    public record Fault(Kind kind, long at, long count, long killAt) {
        public static final Fault NONE = new Fault(null, 0, 0, 0);

        public boolean isDeadly() {
            return killAt > 0 || kind == Kind.KILL || kind == Kind.TORN || kind == Kind.POWER;
        }
    }

    /** Calls counted, and the first one that was spoiled; empty if none was. */
    public record Report(long calls, String first) {}

    private FaultShim() {}

    /**
     * Calls to be spoiled, each in a run of its own: spread by chance, unless {@code faults.at} or {@code faults.all}
     * says which.
     */
    public static long[] places(long calls, Random random) {
        if (Long.getLong("faults.at") != null) {
            return new long[] {Long.getLong("faults.at")};
        }
        if (Boolean.getBoolean("faults.all")) {
            return LongStream.rangeClosed(1, calls).toArray();
        }
        return LongStream.range(0, SAMPLES)
                .map(i -> 1 + (long) ((i + random.nextDouble()) * calls / SAMPLES))
                .distinct()
                .toArray();
    }

    /** Makes the library; where that cannot be done the test is skipped, or fails with {@code FAULTS=required}. */
    public static void compile() throws IOException, InterruptedException {
        Files.createDirectories(LIBRARY.getParent());
        String problem;
        try {
            Process cc = new ProcessBuilder(
                            "cc", "-O1", "-shared", "-fPIC", "-o", LIBRARY.toString(), SOURCE.toString(), "-ldl")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(cc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            problem = cc.waitFor() == 0 ? null : "cc failed: " + output;
        } catch (IOException e) {
            problem = "no C compiler: " + e.getMessage();
        }
        if (problem != null && "required".equals(System.getenv("FAULTS"))) {
            throw new IllegalStateException("Cannot inject faults: " + problem);
        } else if (problem != null) {
            abort("Faults cannot be injected here: " + problem);
        }
    }

    /** The variables that bring a fault into a process. */
    public static Map<String, String> environment(Path directory, Path report, Fault fault) throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("LD_PRELOAD", LIBRARY.toAbsolutePath().toString());
        environment.put("FAULTS_DIR", directory.toRealPath().toString());
        environment.put("FAULTS_REPORT", report.toString());
        if (fault.kind() != null) {
            environment.put("FAULTS_KIND", fault.kind().name().toLowerCase(Locale.ROOT));
            environment.put("FAULTS_AT", Long.toString(fault.at()));
            environment.put("FAULTS_COUNT", Long.toString(fault.count()));
            environment.put("FAULTS_KILL", Long.toString(fault.killAt()));
            if (fault.kind() == Kind.POWER) {
                environment.put("FAULTS_UNDO", undo(report).toString());
            }
        }
        return environment;
    }

    /** Where the library notes what a power cut would take back. */
    public static Path undo(Path report) {
        return report.resolveSibling(report.getFileName() + ".undo");
    }

    /**
     * The variables that make every write of some files fail with {@code eio} or {@code enospc}, or {@code slow}, while
     * a file is there.
     */
    public static Map<String, String> jam(Path directory, String suffix, String kind, long delayMs, Path whileThere)
            throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("LD_PRELOAD", LIBRARY.toAbsolutePath().toString());
        environment.put("FAULTS_DIR", directory.toRealPath().toString());
        environment.put("FAULTS_SUFFIX", suffix);
        environment.put("FAULTS_KIND", kind);
        environment.put("FAULTS_AT", "1");
        environment.put("FAULTS_COUNT", Long.toString(Long.MAX_VALUE / 2));
        environment.put("FAULTS_DELAY_MS", Long.toString(delayMs));
        environment.put("FAULTS_WHILE", whileThere.toAbsolutePath().toString());
        return environment;
    }

    public static Report report(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        long calls = bytes.getLong();
        return new Report(calls, StandardCharsets.UTF_8.decode(bytes).toString().trim());
    }
}
