/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.testkit;

import java.util.Random;

/** Repeatable random numbers: the seed is printed, and read from the system property {@code seed}. */
public final class Seeds {
    private Seeds() {}

    public static Random random(String test) {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println(test + ": -Dseed=" + seed);
        return new Random(seed);
    }
}
