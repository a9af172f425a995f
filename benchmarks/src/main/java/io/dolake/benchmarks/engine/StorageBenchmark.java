/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.engine;

import io.dolake.benchmarks.Benchmark;
import io.dolake.benchmarks.Directories;
import io.dolake.benchmarks.Options;
import io.dolake.benchmarks.Rounds;
import io.dolake.engine.server.config.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What capture costs a writer: the engine's sessions with capture on against plain sqlite-jdbc, and against triggers that
 * write JSON rows into a log table. All three in WAL mode with synchronous=FULL, on files of their own in one directory.
 *
 * <p>In the package of the engine, whose storage layer is not public.
 */
public final class StorageBenchmark implements Benchmark {

    @Override
    public String title() {
        return "storage: writes with capture on, against plain sqlite-jdbc and against JSON triggers";
    }

    @Override
    public void run(Options options) throws Exception {
        System.out.printf(
                "%n%-30s %12s %12s %12s %8s %8s %12s%n",
                "workload", "plain", "engine", "triggers", "engine", "triggers", "WAL added");
        for (WriteWorkload workload : WriteWorkload.values()) {
            if (!workload.name().matches(options.text("only", ".*"))) {
                continue;
            }
            Path directory = Files.createTempDirectory(Path.of(options.text("dir", "/tmp")), "dolake-storage");
            try (PlainWriter plain = new PlainWriter(directory.resolve("plain.db"), false);
                    PlainWriter triggers = new PlainWriter(directory.resolve("triggers.db"), true);
                    EngineWriter engine = new EngineWriter(
                            ServerConfig.of(directory.resolve("engine")).withSettings(options.under("engine:")))) {
                measure(workload, options, plain, triggers, engine);
            } finally {
                Directories.delete(directory);
            }
        }
        System.out.println(
                "\nrows/s (medians); ratios to plain in the same round; frames in the WAL that capture adds");
    }

    private static void measure(
            WriteWorkload workload, Options options, PlainWriter plain, PlainWriter triggers, EngineWriter engine)
            throws Exception {
        for (RowWriter writer : new RowWriter[] {plain, triggers, engine}) {
            workload.prepare(writer);
        }
        long plainFrames = workload.frames(plain);
        long engineFrames = workload.frames(engine);
        Rounds times = new Rounds()
                .add("plain", () -> workload.seconds(plain))
                .add("engine", () -> workload.seconds(engine))
                .add("triggers", () -> workload.seconds(triggers))
                .run(options.number("warmups", 2), options.number("rounds", 25));
        System.out.printf(
                "%-30s %10.0f/s %10.0f/s %10.0f/s %8.2f %8.2f %12d%n",
                workload.title(),
                workload.rows() / times.median("plain"),
                workload.rows() / times.median("engine"),
                workload.rows() / times.median("triggers"),
                times.ratio("plain", "engine"),
                times.ratio("plain", "triggers"),
                engineFrames - plainFrames);
    }
}
