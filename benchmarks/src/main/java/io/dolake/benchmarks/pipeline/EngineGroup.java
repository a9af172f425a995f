/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import io.dolake.benchmarks.ThreadTimes;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What a thread of the engine does, by its name; the first group that matches has it, as in {@link Stage}. */
enum EngineGroup {
    SESSION("http/session", "dosql-session", "dosql-http"),
    CAPTURE("capture", "dosql-capture"),
    CONSUMER("consumer", "dosql-consumer"),
    CHORES("chores", "dosql-"),
    COLLECTOR("collector", "GC ", "G=", "VM "),
    COMPILER("compiler", "C="),
    OTHER("other", "");

    private final String title;
    private final String[] prefixes;

    EngineGroup(String title, String... prefixes) {
        this.title = title;
        this.prefixes = prefixes;
    }

    private static EngineGroup of(String thread) {
        return Arrays.stream(values())
                .filter(group -> Arrays.stream(group.prefixes).anyMatch((thread + "=")::startsWith))
                .findFirst()
                .orElse(OTHER);
    }

    /** CPU seconds of each group between two looks. */
    static Map<EngineGroup, Double> between(ThreadTimes begin, ThreadTimes end) {
        Map<EngineGroup, Double> seconds = new EnumMap<>(EngineGroup.class);
        end.usedSince(begin).forEach((thread, used) -> seconds.merge(of(thread), used, Double::sum));
        return seconds;
    }

    /** Microseconds of each group for one of so many transactions. */
    static String perTransaction(Map<EngineGroup, Double> seconds, double transactions) {
        return seconds.entrySet().stream()
                .map(used -> "%s %.0f".formatted(used.getKey().title, used.getValue() * 1e6 / transactions))
                .collect(Collectors.joining(", "));
    }
}
