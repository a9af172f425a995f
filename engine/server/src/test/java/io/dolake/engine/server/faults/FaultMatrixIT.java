/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dolake.engine.server.testkit.FaultShim;
import io.dolake.engine.server.testkit.FaultShim.Fault;
import io.dolake.engine.server.testkit.FaultShim.Kind;
import io.dolake.engine.server.testkit.Seeds;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Makes one file operation of the engine fail: at some random places, from a seed; at all of them with
 * {@code -Dfaults.all=true}; one with {@code -Dfaults.at=N}. {@code -Dfaults.kind=EIO} leaves the other kinds out.
 */
class FaultMatrixIT {
    /** More would outlast the patience of the run where only capture is hit: it waits longer each time. */
    private static final long[] COUNTS = {1, 1, 2, 3, 6};

    private static long calls;

    @TempDir
    static Path directory;

    private final Map<ErrorCode, Integer> errors = new EnumMap<>(ErrorCode.class);
    private int missed;
    private int filesCut;
    private int stuck;

    @BeforeAll
    static void countCalls() throws Exception {
        FaultShim.compile();
        calls = new FaultMatrixIT().run("none", List.of(Fault.NONE), new Random(0));
        assertThat(calls).isPositive();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void commitsAndEventsSurvive(Kind kind) throws Exception {
        assumeTrue(System.getProperty("faults.kind", kind.name()).equals(kind.name()));
        Random random = Seeds.random("faults " + kind);
        long begun = System.nanoTime();
        long[] places = FaultShim.places(calls, random);
        for (long at : places) {
            List<Fault> faults = faults(kind, at, random);
            try {
                missed += run(kind + "-" + at, faults, random) < at ? 1 : 0;
            } catch (Exception | AssertionError e) {
                throw new AssertionError("After " + faults + " of " + calls + ": " + e.getMessage(), e);
            }
        }
        if (kind == Kind.POWER && Long.getLong("faults.at") == null) {
            assertThat(filesCut).as("files that lost something").isPositive();
        }
        System.out.printf(
                "faults %s: %d places of %d, %d not reached, %d went on only after a restart, %d files cut, errors %s, %d s%n",
                kind,
                places.length,
                calls,
                missed,
                stuck,
                filesCut,
                errors,
                (System.nanoTime() - begun) / 1_000_000_000);
    }

    private static List<Fault> faults(Kind kind, long at, Random random) {
        List<Fault> faults = new ArrayList<>();
        if (kind == Kind.EIO || kind == Kind.ENOSPC) {
            long count = COUNTS[random.nextInt(COUNTS.length)];
            // Frames of a transaction that failed may still be in the WAL when the process is killed.
            faults.add(new Fault(kind, at, count, random.nextBoolean() ? at + count + random.nextInt(8) : 0));
        } else {
            faults.add(new Fault(kind, at, 1, 0));
            if (random.nextBoolean()) {
                // The second one comes soon: in what the start after the first has to repair.
                faults.add(new Fault(kind, 1 + random.nextInt(20), 1, 0));
            }
        }
        return faults;
    }

    /** The calls counted in the first process. */
    private long run(String name, List<Fault> faults, Random random) throws Exception {
        Path data = Files.createDirectories(directory.resolve(name));
        long first = -1;
        try (FaultRun run = new FaultRun(data, directory.resolve(name + ".report"), random)) {
            for (Fault fault : faults) {
                FaultShim.Report report = run.inProcess(fault);
                first = first < 0 ? report.calls() : first;
                stuck += !fault.isDeadly() && !run.isComplete() ? 1 : 0;
                if (Boolean.getBoolean("faults.verbose")) {
                    System.out.println(fault + ": " + report + " " + run.errors());
                }
                Files.delete(directory.resolve(name + ".report"));
            }
            run.cleanly();
            filesCut += run.filesCut();
            run.errors().forEach((code, count) -> errors.merge(code, count, Integer::sum));
        }
        return first;
    }
}
