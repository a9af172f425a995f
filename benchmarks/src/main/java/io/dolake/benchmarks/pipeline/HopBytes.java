/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import io.dolake.benchmarks.deployment.Deployment;
import io.dolake.engine.client.DoSqlClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Bytes that have been written at each hop: the change log, the topics, the files of the lake. */
record HopBytes(long changeLog, long topics, long lake) {

    static HopBytes of(Deployment up, DoSqlClient client, List<String> databases) throws IOException {
        long changeLog = 0;
        long topics = 0;
        long lake = 0;
        for (String database : databases) {
            changeLog += client.status(database).segmentBytes();
            topics += size(up.home().kafka().resolve("dosql." + database + "." + Load.TABLE + "-0"), ".log");
            lake += size(up.home().warehouse().resolve(database), ".parquet");
        }
        return new HopBytes(changeLog, topics, lake);
    }

    private static long size(Path directory, String suffix) throws IOException {
        if (!Files.exists(directory)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            long sum = 0;
            for (Path file :
                    files.filter(path -> path.toString().endsWith(suffix)).toList()) {
                sum += Files.exists(file) ? Files.size(file) : 0;
            }
            return sum;
        }
    }

    HopBytes less(HopBytes earlier) {
        return new HopBytes(changeLog - earlier.changeLog, topics - earlier.topics, lake - earlier.lake);
    }

    String perRow(long rows) {
        return "change log %d, topic %d, lake %d".formatted(changeLog / rows, topics / rows, lake / rows);
    }
}
