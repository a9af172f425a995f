/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import io.dolake.sink.testkit.KafkaNode;
import io.dolake.sink.testkit.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Connect workers in processes of their own, with a real broker, stopped at every step of the commit protocol and then
 * killed, frozen, or overtaken by others. Every table must hold what its topic says, at each of its snapshots, to the
 * last record. {@code -Dcrashes=500} for more runs than {@code verify} has, {@code -Dseed=} for the same again.
 */
class CrashMatrixIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int CRASHES = Integer.getInteger("crashes", 50);
    /** Runs on one table: each has to recover from what the one before left behind. */
    private static final int CRASHES_OF_AN_ERA = 8;

    private record Run(Step step, Treatment treatment) {}

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    private final Random random = new Random(SEED);
    private KafkaNode broker;

    @BeforeEach
    void startBroker() throws Exception {
        broker = new KafkaNode(Files.createDirectory(directory.resolve("kafka")));
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void rowsAreThereOnceWhateverHappensToTheWorkerWherever() throws Exception {
        // Printed so that a failure can be played again.
        System.out.println("CrashMatrixIT seed=" + SEED + " crashes=" + CRASHES);
        Deque<Run> creations = shuffled(true);
        Deque<Run> others = shuffled(false);
        for (int done = 0; done < CRASHES; done += CRASHES_OF_AN_ERA) {
            int count = Math.min(CRASHES_OF_AN_ERA, CRASHES - done);
            try (CrashEra era = new CrashEra(directory, broker, done / CRASHES_OF_AN_ERA, random)) {
                for (int i = 0; i < count; i++) {
                    Deque<Run> plan = i == 0 ? creations : others;
                    Run run = plan.poll();
                    plan.add(run);
                    run(era, run, done + i);
                }
                era.finish();
            }
        }
    }

    private void run(CrashEra era, Run run, int number) throws Exception {
        int hit = run.step().isRare() ? 1 : 1 + random.nextInt(4);
        System.out.println(
                "crash " + number + " on " + era + ": " + run.treatment() + " at " + run.step() + " #" + hit);
        run.treatment().apply(era, era.startUntil(run.step(), hit), run.step());
        era.killAll();
        era.check();
    }

    /** Every treatment at every step where it fits, in an order of the seed's. */
    private Deque<Run> shuffled(boolean isCreation) {
        List<Run> runs = new ArrayList<>();
        for (Step step : Step.values()) {
            for (Treatment treatment : Treatment.values()) {
                if (step.isCreation() == isCreation && treatment.fits(step)) {
                    runs.add(new Run(step, treatment));
                }
            }
        }
        Collections.shuffle(runs, random);
        return new ArrayDeque<>(runs);
    }
}
