/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import io.dolake.benchmarks.Benchmark;
import io.dolake.benchmarks.Directories;
import io.dolake.benchmarks.Options;
import io.dolake.benchmarks.deployment.UpProcess;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.pipeline.run.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * {@code ./dolake up} in an empty directory, to the first row visible in the lake: as shipped, and in turns with it as
 * the JVM would start by itself (without the archive of classes, and with the optimising compiler's own thresholds).
 */
public final class StartBenchmark implements Benchmark {
    private static final String DATABASE = "first";
    private static final String PLAIN = "-XX:Tier4InvocationThreshold=5000 -XX:Tier4MinInvocationThreshold=600"
            + " -XX:Tier4CompileThreshold=15000 -XX:Tier4BackEdgeThreshold=40000 -XX:SharedArchiveFile="
            + Path.of(System.getProperty("java.home"), "lib", "server", "classes.jsa");

    private record Start(double ready, double readyCpu, double visible, double visibleCpu) {
        @Override
        public String toString() {
            return "ready after %.1f s (%.1f s of CPU), first row visible after %.1f s (%.1f s of CPU)"
                    .formatted(ready, readyCpu, visible, visibleCpu);
        }
    }

    @Override
    public String title() {
        return "start: from ./dolake up in an empty directory to the first row visible in the lake";
    }

    @Override
    public void run(Options options) throws Exception {
        Path dir = Path.of(options.text("dir", "/tmp"));
        System.out.println("unmeasured, so that there is an archive of classes: " + start(dir, ""));
        List<Start> plain = new ArrayList<>();
        List<Start> shipped = new ArrayList<>();
        for (int round = 0; round < options.number("rounds", 5); round++) {
            plain.add(start(dir, PLAIN));
            System.out.println("plain    " + plain.get(round));
            shipped.add(start(dir, ""));
            System.out.println("shipped  " + shipped.get(round));
        }
        System.out.println("median, plain    " + median(plain));
        System.out.println("median, shipped  " + median(shipped));
    }

    private static Start median(List<Start> starts) {
        return starts.stream()
                .sorted(Comparator.comparingDouble(Start::visible))
                .toList()
                .get(starts.size() / 2);
    }

    private static Start start(Path dir, String jvm) throws IOException, InterruptedException {
        Home home = Home.of(Files.createTempDirectory(dir, "dolake-start"));
        long begin = System.nanoTime();
        try (UpProcess up = UpProcess.start(home, jvm);
                DoSqlClient client = up.client()) {
            double readyCpu = up.cpu().seconds();
            try (Load load = new Load(client, DATABASE, 1);
                    Visible visible = new Visible(home, up.ports().bootstrapServers(), DATABASE, 1)) {
                long seen = visible.await(load.write(Load.Kind.INSERT, 1, 1, 0, (mark, sent, returned) -> {}));
                return new Start(
                        up.startSeconds(),
                        readyCpu,
                        (seen - begin) / 1e9,
                        up.cpu().seconds());
            }
        } finally {
            Directories.delete(home.dir());
        }
    }
}
