/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import io.dolake.benchmarks.ThreadTimes;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/** CPU seconds of each stage between two looks. */
record StageTimes(Map<Stage, Double> seconds) {

    static StageTimes between(ThreadTimes begin, ThreadTimes end) {
        Map<Stage, Double> seconds = new EnumMap<>(Stage.class);
        end.usedSince(begin).forEach((name, used) -> seconds.merge(Stage.of(name), used, Double::sum));
        return new StageTimes(seconds);
    }

    double total() {
        return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Microseconds a row by stage. */
    String perRow(long rows) {
        return seconds.entrySet().stream()
                .map(entry -> "%s %.1f".formatted(entry.getKey().title(), entry.getValue() * 1e6 / rows))
                .collect(Collectors.joining(", "));
    }
}
