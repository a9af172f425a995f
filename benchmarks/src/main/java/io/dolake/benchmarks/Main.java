/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks;

import io.dolake.benchmarks.converter.ConverterBenchmark;
import io.dolake.benchmarks.engine.InterruptBenchmark;
import io.dolake.benchmarks.engine.LatencyBenchmark;
import io.dolake.benchmarks.engine.StorageBenchmark;
import io.dolake.benchmarks.engine.SustainedBenchmark;
import io.dolake.benchmarks.lake.IndexBenchmark;
import io.dolake.benchmarks.lake.ReadBenchmark;
import io.dolake.benchmarks.lake.TaskBenchmark;
import io.dolake.benchmarks.pipeline.EngineBenchmark;
import io.dolake.benchmarks.pipeline.PipelineBenchmark;
import io.dolake.benchmarks.pipeline.StartBenchmark;
import io.dolake.benchmarks.sink.FreshnessBenchmark;
import io.dolake.benchmarks.sink.SinkBenchmark;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs one benchmark by its name. */
public final class Main {
    private static final Map<String, Benchmark> BENCHMARKS = benchmarks();

    private Main() {}

    private static Map<String, Benchmark> benchmarks() {
        Map<String, Benchmark> benchmarks = new LinkedHashMap<>();
        benchmarks.put("decode", new DecodeBenchmark());
        benchmarks.put("storage", new StorageBenchmark());
        benchmarks.put("sustained", new SustainedBenchmark());
        benchmarks.put("latency", new LatencyBenchmark());
        benchmarks.put("interrupt", new InterruptBenchmark());
        benchmarks.put("engine", new EngineBenchmark());
        benchmarks.put("pipeline", new PipelineBenchmark());
        benchmarks.put("start", new StartBenchmark());
        benchmarks.put("converter", new ConverterBenchmark());
        benchmarks.put("sink", new SinkBenchmark());
        benchmarks.put("freshness", new FreshnessBenchmark());
        benchmarks.put("index", new IndexBenchmark());
        benchmarks.put("read", new ReadBenchmark());
        benchmarks.put("task", new TaskBenchmark());
        return benchmarks;
    }

    public static void main(String[] arguments) throws Exception {
        Benchmark benchmark = arguments.length == 0 ? null : BENCHMARKS.get(arguments[0]);
        if (benchmark == null) {
            System.err.println("usage: benchmarks/run NAME [option=value ...]");
            BENCHMARKS.forEach((name, known) -> System.err.printf("  %-10s %s%n", name, known.title()));
            System.exit(2);
        }
        System.out.printf(
                "%s%njava %s, %s, %d cores, heap %d MiB%n",
                benchmark.title(),
                System.getProperty("java.version"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                Runtime.getRuntime().maxMemory() >> 20);
        benchmark.run(Options.parse(arguments));
    }
}
