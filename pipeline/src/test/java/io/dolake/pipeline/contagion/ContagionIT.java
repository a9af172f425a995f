/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is odd harms only itself: faults of all kinds strike one connector pair with 8 databases and 40 tables while all
 * are written to. See {@link Round} for what is checked, and {@link Kinds} for the kinds.
 *
 * <p>By default the same faults strike in every run, so that a failure comes from the change at hand. {@code
 * -Dcontagion=some} draws others, {@code -Dseed=N} repeats a run, {@code -Dcontagion.faults=N} sets how many strike,
 * {@code -Dcontagion=all} takes each kind once, and {@code -Dcontagion.kinds=C11,B13} those whose names begin so.
 */
class ContagionIT {
    private static final long DEFAULT_SEED = 105;
    private static final int FAULTS = 10;
    private static final int IN_A_ROUND = 14;

    /** What the pipeline logged stays where it failed. */
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path dir;

    @Test
    void harmsOnlyItself() throws Exception {
        long seed = Long.getLong("seed", mode().equals("same") ? DEFAULT_SEED : System.nanoTime());
        Random random = new Random(seed);
        List<Fault> faults = chosen(random);
        Round.say("-Dseed=" + seed + ": " + faults);
        long written;
        try (World world = new World(dir, seed)) {
            Places places = new Places(random);
            for (List<Fault> round : Places.rounds(faults, IN_A_ROUND)) {
                new Round(world, places, round).run(random);
            }
            written = world.workload().done();
        } catch (Throwable e) {
            throw new AssertionError("-Dseed=" + seed + ": " + e.getMessage(), e);
        }
        Round.say("-Dseed=" + seed + ": passed, " + written + " statements of the workload");
        assertThat(written).isPositive();
    }

    private static String mode() {
        return System.getProperty("contagion", "same");
    }

    private static List<Fault> chosen(Random random) {
        List<Fault> all = new ArrayList<>(Kinds.all());
        Collections.shuffle(all, random);
        String[] wanted = System.getProperty("contagion.kinds", "").split(",");
        if (!wanted[0].isEmpty()) {
            all.removeIf(fault -> Arrays.stream(wanted).noneMatch(fault.id()::startsWith));
            return all;
        }
        if (mode().equals("all")) {
            return all;
        }
        // As many as can strike at once: a second round would take as long as the first.
        return Places.rounds(all, Integer.getInteger("contagion.faults", FAULTS))
                .get(0);
    }
}
