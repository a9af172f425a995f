/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import java.util.Arrays;

/**
 * A part of the pipeline, known by the names of its threads: Linux keeps 15 characters, and {@link
 * io.dolake.benchmarks.ThreadTimes} what is before a number. A name that ends with = is a whole one. The first stage
 * that matches has the thread.
 */
enum Stage {
    ENGINE("engine", "dosql-capture", "dosql-chores", "dosql-", "qtp"),
    SOURCE_READ("source reader", "debezium-", "HttpClient"),
    SOURCE_TASK("source task", "task-thread-dos", "source-producer", "SourceTaskOffs"),
    PRODUCER("producer", "kafka-producer"),
    BROKER(
            "broker",
            "data-plane",
            "kafka-",
            "raft-",
            "quorum",
            "group-coord",
            "TxnMark",
            "transaction-",
            "executor-Fetch",
            "ExpirationReap",
            "ThrottledChan"),
    SINK_TASK("sink task", "task-thread-dol"),
    COMMIT("commits", "dolake-"),
    COLLECTOR("collector", "GC ", "G=", "VM ", "ParGC", "Parallel"),
    COMPILER("compiler", "C="),
    OTHER("other", "");

    private final String title;
    private final String[] prefixes;

    Stage(String title, String... prefixes) {
        this.title = title;
        this.prefixes = prefixes;
    }

    String title() {
        return title;
    }

    static Stage of(String thread) {
        return Arrays.stream(values())
                .filter(stage -> Arrays.stream(stage.prefixes).anyMatch((thread + "=")::startsWith))
                .findFirst()
                .orElse(OTHER);
    }
}
