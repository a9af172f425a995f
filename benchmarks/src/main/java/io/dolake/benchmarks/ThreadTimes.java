/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * CPU of a process by kind of thread, as Linux counts it: names without their numbers, as far as Linux keeps them. Threads
 * that have ended are not in it.
 */
public record ThreadTimes(Map<String, Used> threads) {
    private static final double TICKS_PER_SECOND = 100;
    private static final double TOLD_FROM_SECONDS = 0.05;

    /** Of one thread; threads of a pool take the name of what they do. */
    public record Used(String name, double seconds) {}

    public static ThreadTimes of(long pid) throws IOException {
        Map<String, Used> threads = new HashMap<>();
        try (Stream<Path> directories = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            directories.forEach(thread -> add(thread, threads));
        }
        return new ThreadTimes(threads);
    }

    /** Of several processes. */
    public static ThreadTimes of(List<Long> pids) throws IOException {
        Map<String, Used> threads = new HashMap<>();
        for (long pid : pids) {
            threads.putAll(of(pid).threads());
        }
        return new ThreadTimes(threads);
    }

    private static void add(Path thread, Map<String, Used> threads) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            List<String> fields =
                    List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
            double user = Double.parseDouble(fields.get(11));
            double system = Double.parseDouble(fields.get(12));
            threads.put(
                    thread.getFileName().toString(),
                    new Used(name.replaceAll("[#-]*\\d+.*", ""), (user + system) / TICKS_PER_SECOND));
        } catch (NoSuchFileException e) {
            // It ended meanwhile.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** CPU seconds of all threads. */
    public double seconds() {
        return threads.values().stream().mapToDouble(Used::seconds).sum();
    }

    /** CPU seconds since an earlier look, by name. */
    public Map<String, Double> usedSince(ThreadTimes earlier) {
        Map<String, Double> used = new TreeMap<>();
        threads.forEach((id, now) -> {
            Used before = earlier.threads.getOrDefault(id, new Used(now.name(), 0));
            used.merge(now.name(), now.seconds() - before.seconds(), Double::sum);
        });
        return used;
    }

    /** What was used since; the most first. */
    public String since(ThreadTimes earlier) {
        return usedSince(earlier).entrySet().stream()
                .filter(thread -> thread.getValue() >= TOLD_FROM_SECONDS)
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .map(thread -> String.format("%s %.2f", thread.getKey(), thread.getValue()))
                .collect(Collectors.joining(", "));
    }
}
