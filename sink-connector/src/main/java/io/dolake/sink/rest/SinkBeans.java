/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.rest;

import io.dolake.sink.status.SinkTaskMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The tasks of this process, by their MBeans: another class loader than the extension's may have loaded a task.
 */
final class SinkBeans {
    private static final String NAMES = "io.dolake:type=sink-task,*";

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    private record Task(String connector, int id) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            int order = connector.compareTo(other.connector);
            return order != 0 ? order : Integer.compare(id, other.id);
        }
    }

    /**
     * One object for each task, by connector and task id.
     *
     * @param connector null for all
     */
    List<Map<String, Object>> tasks(String connector) {
        List<Map<String, Object>> tasks = new ArrayList<>();
        find(connector).forEach((task, bean) -> {
            try {
                tasks.add(describe(task, JMX.newMXBeanProxy(server, bean, SinkTaskMXBean.class)));
            } catch (RuntimeException e) {
                if (server.isRegistered(bean)) {
                    throw e;
                }
                // The task has stopped since it was found.
            }
        });
        return tasks;
    }

    /** One object for each table of each task of a connector, in the wire form of SPEC.md section 5.1. */
    List<Map<String, Object>> tables(String connector) {
        List<Map<String, Object>> tables = new ArrayList<>();
        find(connector).forEach((task, bean) -> {
            try {
                JMX.newMXBeanProxy(server, bean, SinkTaskMXBean.class)
                        .getTables()
                        .forEach((name, state) -> tables.add(table(task, name, state)));
            } catch (RuntimeException e) {
                if (server.isRegistered(bean)) {
                    throw e;
                }
                // The task has stopped since it was found.
            }
        });
        return tables;
    }

    private static Map<String, Object> table(Task task, String name, Map<String, String> state) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("connector", task.connector);
        object.put("task", task.id);
        object.put("table", name);
        Map<String, Object> sources = new TreeMap<>();
        Map<String, Object> held = new TreeMap<>();
        state.forEach((key, value) -> {
            if (key.startsWith("held.")) {
                held.put(key.substring("held.".length()), Long.parseLong(value));
            } else if (key.startsWith("source.")) {
                sources.put(key.substring("source.".length()), value);
            } else {
                object.put(key, key.endsWith("Records") ? (Object) Long.parseLong(value) : value);
            }
        });
        object.put("sources", sources);
        if (!held.isEmpty()) {
            object.put("held", held);
        }
        return object;
    }

    /** Resumes a table in all tasks of a connector. Returns each task's answer, empty if it resumed the table. */
    List<String> resume(String connector, String table, String from, long timeoutMs) {
        List<String> answers = new ArrayList<>();
        for (ObjectName bean : find(connector).values()) {
            try {
                answers.add(
                        JMX.newMXBeanProxy(server, bean, SinkTaskMXBean.class).resume(table, from, timeoutMs));
            } catch (RuntimeException e) {
                if (server.isRegistered(bean)) {
                    throw e;
                }
                // The task has stopped since it was found: the next one tries the table anyway.
            }
        }
        return answers;
    }

    /** Flushes all tasks of a connector. Returns whether each was done in time. */
    boolean flush(String connector, long timeoutMs) {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        List<ObjectName> beans = List.copyOf(find(connector).values());
        // All flushes start before one is waited for.
        beans.forEach(bean -> flush(bean, 0));
        boolean isFlushed = true;
        for (ObjectName bean : beans) {
            long leftMs = Math.max(0, TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime()));
            isFlushed &= flush(bean, leftMs);
        }
        return isFlushed;
    }

    /** A task that has stopped meanwhile does not flush any more; its records are read again by the next one. */
    private boolean flush(ObjectName bean, long timeoutMs) {
        try {
            return (Boolean)
                    server.invoke(bean, "flush", new Object[] {timeoutMs}, new String[] {long.class.getName()});
        } catch (InstanceNotFoundException e) {
            return false;
        } catch (JMException e) {
            throw new IllegalStateException("Cannot flush " + bean + ": " + e.getMessage(), e);
        }
    }

    private Map<Task, ObjectName> find(String connector) {
        try {
            Map<Task, ObjectName> found = new TreeMap<>();
            for (ObjectName name : server.queryNames(new ObjectName(NAMES), null)) {
                String key = name.getKeyProperty("connector");
                Task task = new Task(
                        key.startsWith("\"") ? ObjectName.unquote(key) : key,
                        Integer.parseInt(name.getKeyProperty("task")));
                if (connector == null || connector.equals(task.connector)) {
                    found.put(task, name);
                }
            }
            return found;
        } catch (JMException e) {
            throw new IllegalStateException("Cannot look for " + NAMES, e);
        }
    }

    private static Map<String, Object> describe(Task task, SinkTaskMXBean bean) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("connector", task.connector);
        object.put("task", task.id);
        object.put("state", bean.getState());
        object.put("suspendedTables", bean.getSuspendedTables());
        object.put("buffer", buffer(bean));
        object.put("timeUntilFlush", unless(bean.getTimeUntilFlushMs(), -1));
        object.put("lastCommit", lastCommit(bean));
        object.put("counters", counters(bean));
        object.put("indexBytes", bean.getIndexBytes());
        object.put("indexSpilledBytes", bean.getIndexSpilledBytes());
        object.put("indexBuild", indexBuild(bean));
        object.put("lastError", bean.getLastError().isEmpty() ? null : bean.getLastError());
        return object;
    }

    private static Map<String, Object> buffer(SinkTaskMXBean bean) {
        Map<String, Object> buffer = new LinkedHashMap<>();
        buffer.put("eventCount", bean.getBufferEvents());
        buffer.put("sizeBytes", bean.getBufferBytes());
        buffer.put("utilization", bean.getBufferUtilization());
        buffer.put("full", bean.isBufferFull());
        buffer.put("oldestBatchTime", unless(bean.getOldestBatchTimeMs(), 0));
        buffer.put("newestBatchTime", unless(bean.getNewestBatchTimeMs(), 0));
        return buffer;
    }

    /** Null before the first commit. */
    private static Map<String, Object> lastCommit(SinkTaskMXBean bean) {
        if (bean.getLastCommitTimeMs() == 0) {
            return null;
        }
        Map<String, Object> commit = new LinkedHashMap<>();
        commit.put("time", bean.getLastCommitTimeMs());
        commit.put("table", bean.getLastCommitTable());
        // As text: a reader of JSON in JavaScript has no integers above 2^53.
        commit.put("snapshotId", Long.toString(bean.getLastCommitSnapshotId()));
        commit.put("durationMs", bean.getLastCommitDurationMs());
        return commit;
    }

    /** Null if no table's keys are being read. */
    private static Map<String, Object> indexBuild(SinkTaskMXBean bean) {
        if (bean.getIndexBuilds() == 0) {
            return null;
        }
        Map<String, Object> build = new LinkedHashMap<>();
        build.put("tables", bean.getIndexBuilds());
        build.put("files", bean.getIndexFilesRead());
        build.put("filesTotal", bean.getIndexFilesToRead());
        build.put("rows", bean.getIndexRowsRead());
        return build;
    }

    private static Map<String, Object> counters(SinkTaskMXBean bean) {
        Map<String, Object> counters = new LinkedHashMap<>();
        counters.put("commits", bean.getCommits());
        counters.put("rowsWritten", bean.getRowsWritten());
        counters.put("rowsDeleted", bean.getRowsDeleted());
        counters.put("conflicts", bean.getConflicts());
        counters.put("failedAttempts", bean.getFailedAttempts());
        counters.put("eventsTaken", bean.getEventsTaken());
        counters.put("eventsIgnored", bean.getEventsIgnored());
        counters.put("eventsRefused", bean.getEventsRefused());
        counters.put("offsetGaps", bean.getOffsetGaps());
        counters.put("bufferFull", bean.getBufferFullCount());
        return counters;
    }

    private static Long unless(long value, long none) {
        return value == none ? null : value;
    }
}
