/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs variants of the same work in turns and keeps the seconds of each, so that what else happens on the machine hits
 * all of them.
 */
public final class Rounds {
    private final Map<String, Work> variants = new LinkedHashMap<>();
    private final Map<String, double[]> seconds = new LinkedHashMap<>();
    private boolean isRotating;

    /** Does the work once; returns the seconds of the part that counts. */
    public interface Work {
        double run() throws Exception;
    }

    public Rounds add(String name, Work work) {
        variants.put(name, work);
        return this;
    }

    /** Each round begins with another variant. */
    public Rounds rotating() {
        isRotating = true;
        return this;
    }

    /** @param warmUps rounds before those that count */
    public Rounds run(int warmUps, int rounds) throws Exception {
        variants.keySet().forEach(name -> seconds.put(name, new double[rounds]));
        List<Map.Entry<String, Work>> order = new ArrayList<>(variants.entrySet());
        for (int round = -warmUps; round < rounds; round++) {
            for (Map.Entry<String, Work> variant : order) {
                double took = variant.getValue().run();
                if (round >= 0) {
                    seconds.get(variant.getKey())[round] = took;
                }
            }
            if (isRotating) {
                Collections.rotate(order, -1);
            }
        }
        return this;
    }

    public double median(String name) {
        return quantile(seconds.get(name), 0.5);
    }

    public double min(String name) {
        return Arrays.stream(seconds.get(name)).min().orElseThrow();
    }

    /** Median over the rounds of the time of {@code base} by that of {@code name} in the same round: above 1 is faster than base. */
    public double ratio(String base, String name) {
        return quantile(ratios(base, name), 0.5);
    }

    /** The ratio, with the two between which it was in the middle half of the rounds. */
    public String ratioAndSpread(String base, String name) {
        double[] ratios = ratios(base, name);
        return "%.2f (%.2f to %.2f)".formatted(quantile(ratios, 0.5), quantile(ratios, 0.25), quantile(ratios, 0.75));
    }

    private double[] ratios(String base, String name) {
        double[] ratios = new double[seconds.get(name).length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = seconds.get(base)[i] / seconds.get(name)[i];
        }
        return ratios;
    }

    private static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) (share * sorted.length)];
    }
}
