/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The running tasks of this process, by connector. A signal in a file or over JMX reaches only one task of a worker,
 * whichever reads it first; from there it is passed to all of them.
 */
final class TasksOfWorker {
    private static final Map<String, Set<Predicate<String>>> TASKS = new ConcurrentHashMap<>();

    private TasksOfWorker() {}

    /** @param resume resumes a database or table of the task; false if the task does not have it */
    static void add(String connector, Predicate<String> resume) {
        TASKS.compute(connector, (name, tasks) -> {
            Set<Predicate<String>> all = tasks == null ? ConcurrentHashMap.newKeySet() : tasks;
            all.add(resume);
            return all;
        });
    }

    static void remove(String connector, Predicate<String> resume) {
        TASKS.computeIfPresent(connector, (name, tasks) -> {
            tasks.remove(resume);
            return tasks.isEmpty() ? null : tasks;
        });
    }

    /** Whether any task has the collection; all of them are asked. */
    static boolean resume(String connector, String collection) {
        boolean any = false;
        for (Predicate<String> task : TASKS.getOrDefault(connector, Set.of())) {
            any |= task.test(collection);
        }
        return any;
    }
}
