/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import io.dolake.benchmarks.Options;
import io.dolake.benchmarks.ThreadTimes;
import io.dolake.benchmarks.deployment.Deployment;
import io.dolake.benchmarks.sink.LakeTable;
import io.dolake.engine.client.DoSqlClient;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;

/** A writer that holds a rate, and how long after its COMMIT has returned a row is seen at each hop. */
final class LatencyRun {
    private static final long END_SECONDS = 60;
    private static final String DATABASE = "bench0";

    private final Deployment up;
    private final int perSecond;
    private final int rows;
    private final int transactions;
    private final int warmUp;

    LatencyRun(Deployment up, Options options) {
        this.up = up;
        perSecond = options.number("rate", 1_000);
        rows = options.number("transaction", 1);
        warmUp = perSecond * options.number("warmup", 15);
        transactions = warmUp + perSecond * options.number("seconds", 20);
    }

    void run() throws Exception {
        int last = transactions * rows;
        TopicPartition topic = new TopicPartition("dosql." + DATABASE + "." + Load.TABLE, 0);
        String bootstrap = up.ports().bootstrapServers();
        long[] offsets = new long[last + 1];
        long[] returned = new long[last + 1];
        double[] writeMs = new double[transactions - warmUp];
        Arrivals log = new Arrivals(last);
        Arrivals uncommitted = new Arrivals(last);
        Arrivals committed = new Arrivals(last);
        Arrivals visible = new Arrivals(last);
        try (DoSqlClient client = up.client();
                Load load = new Load(client, DATABASE, 1);
                LogReaderThread reader = new LogReaderThread(client, DATABASE, log);
                TopicReader first = new TopicReader(bootstrap, topic, "read_uncommitted", uncommitted, offsets);
                TopicReader second = new TopicReader(bootstrap, topic, "read_committed", committed, null);
                LakeReader lake = new LakeReader(
                        new LakeTable(up.home(), DATABASE + "." + Load.TABLE), topic.topic(), visible, offsets)) {
            ThreadTimes cpuBefore = up.cpu();
            AtomicInteger done = new AtomicInteger();
            long begin = System.nanoTime();
            load.write(Load.Kind.INSERT, transactions, rows, perSecond, (mark, sent, at) -> {
                int number = done.getAndIncrement();
                if (number >= warmUp) {
                    Arrays.fill(returned, (int) mark - rows + 1, (int) mark + 1, at);
                    writeMs[number - warmUp] = (at - sent) / 1e6;
                }
            });
            double seconds = (System.nanoTime() - begin) / 1e9;
            await(visible, last);
            StageTimes cpu = StageTimes.between(cpuBefore, up.cpu());
            System.out.printf(
                    "%n%d rows a transaction, %d transactions/s wanted, %.0f/s had; %d commits of the lake; CPU %.2f cores%n  %s%n",
                    rows, perSecond, transactions / seconds, lake.commits(), cpu.total() / seconds, cpu.perRow(last));
            System.out.println("write                        " + Arrivals.quantiles(writeMs));
            System.out.println("COMMIT to change stream      " + log.since(returned));
            System.out.println("COMMIT to read_uncommitted   " + uncommitted.since(returned));
            System.out.println("COMMIT to read_committed     " + committed.since(returned));
            System.out.println("COMMIT to visible in lake    " + visible.since(returned));
        }
    }

    private static void await(Arrivals visible, int last) throws Exception {
        long deadline = System.nanoTime() + END_SECONDS * 1_000_000_000L;
        while (!visible.has(last)) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException(
                        "Cannot measure the pipeline: its last row is not visible after " + END_SECONDS + " s");
            }
            Thread.sleep(20);
        }
    }
}
