/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.sink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * CPU of a process by kind of thread, as Linux counts it: names without their numbers, as far as Linux keeps them. Threads
 * that have ended are not in it.
 */
record ThreadTimes(Map<String, Double> seconds) {
    private static final double TICKS_PER_SECOND = 100;
    private static final double TOLD_FROM_SECONDS = 0.05;

    static ThreadTimes of(long pid) throws IOException {
        Map<String, Double> seconds = new TreeMap<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            threads.forEach(thread -> add(thread, seconds));
        }
        return new ThreadTimes(seconds);
    }

    private static void add(Path thread, Map<String, Double> seconds) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            List<String> fields =
                    List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
            double user = Double.parseDouble(fields.get(11));
            double system = Double.parseDouble(fields.get(12));
            seconds.merge(name.replaceAll("[#-]*\\d+.*", ""), (user + system) / TICKS_PER_SECOND, Double::sum);
        } catch (NoSuchFileException e) {
            // It ended meanwhile.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was used since; the most first. */
    String since(ThreadTimes earlier) {
        Map<String, Double> used = new TreeMap<>(seconds);
        earlier.seconds.forEach((name, before) -> used.computeIfPresent(name, (same, now) -> now - before));
        return used.entrySet().stream()
                .filter(thread -> thread.getValue() >= TOLD_FROM_SECONDS)
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .map(thread -> String.format("%s %.2f", thread.getKey(), thread.getValue()))
                .collect(Collectors.joining(", "));
    }
}
