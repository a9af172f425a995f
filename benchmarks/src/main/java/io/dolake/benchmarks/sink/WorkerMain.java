/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.sink;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.apache.kafka.connect.cli.ConnectDistributed;
import org.apache.kafka.connect.runtime.Connect;

/**
 * A Connect worker as a process of its own, which measures itself. It runs on the class path of a plain worker, so it
 * uses nothing but Connect and the JDK. Lines on standard input: {@code begin [FILE]} (a flight recording goes there),
 * {@code end}; the end of the input stops it. It answers with lines that begin with {@code @}.
 */
public final class WorkerMain {
    private static final long STOP_SECONDS = 30;
    private static final AtomicLong PEAK = new AtomicLong();

    private WorkerMain() {}

    /** @param arguments file with the worker's settings */
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err);
        watchCollections();
        Connect<?> connect = new ConnectDistributed().startConnect(settings(Path.of(arguments[0])));
        answers.println("@ready");
        try (BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            Recording recording = null;
            long cpuAtBegin = 0;
            for (String request = requests.readLine(); request != null; request = requests.readLine()) {
                if (request.startsWith("begin")) {
                    recording = request.length() > 6 ? record(Path.of(request.substring(6))) : null;
                    forgetPeaks();
                    cpuAtBegin = cpuNs();
                    answers.println("@begun");
                } else {
                    long cpu = cpuNs() - cpuAtBegin;
                    if (recording != null) {
                        recording.close();
                    }
                    answers.println("@cpu=" + cpu + ",heap=" + PEAK.get() + ",rss=" + peakRss());
                }
            }
        }
        haltAfter(STOP_SECONDS);
        connect.stop();
        connect.awaitStop();
        // Threads that a plugin leaves behind must not keep the process.
        System.exit(0);
    }

    /** Where the broker has gone first, as when the benchmark is killed, a worker would try to reach it for long. */
    private static void haltAfter(long seconds) {
        Thread halt = new Thread(() -> {
            LockSupport.parkNanos(seconds * 1_000_000_000L);
            Runtime.getRuntime().halt(1);
        });
        halt.setDaemon(true);
        halt.start();
    }

    private static Map<String, String> settings(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<String, String> settings = new HashMap<>();
        properties.forEach((name, value) -> settings.put(name.toString(), value.toString()));
        return settings;
    }

    private static Recording record(Path file) throws Exception {
        Recording recording = new Recording(Configuration.getConfiguration("profile"));
        recording.setToDisk(true);
        recording.setDestination(file);
        recording.start();
        return recording;
    }

    /** CPU of the whole process: compiler and collector included. */
    private static long cpuNs() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void watchCollections() {
        Set<String> heap = new HashSet<>();
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP) {
                heap.add(pool.getName());
            }
        }
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector)
                    .addNotificationListener(
                            (notification, handback) -> {
                                long used = GarbageCollectionNotificationInfo.from(
                                                (CompositeData) notification.getUserData())
                                        .getGcInfo()
                                        .getMemoryUsageAfterGc()
                                        .entrySet()
                                        .stream()
                                        .filter(pool -> heap.contains(pool.getKey()))
                                        .mapToLong(pool -> pool.getValue().getUsed())
                                        .sum();
                                PEAK.accumulateAndGet(used, Math::max);
                            },
                            null,
                            null);
        }
    }

    private static void forgetPeaks() throws IOException {
        System.gc();
        PEAK.set(0);
        // The kernel's "reset peak resident set size".
        Files.writeString(Path.of("/proc/self/clear_refs"), "5");
    }

    /** Largest resident set since {@link #forgetPeaks}, in bytes. */
    private static long peakRss() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IOException("/proc/self/status has no VmHWM");
    }
}
