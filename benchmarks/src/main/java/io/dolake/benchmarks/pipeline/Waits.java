/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * What the threads of each stage do, by samples of their stacks: the nearest method that is not the JDK's, and whether
 * the thread was running. Taking the samples slows the process down, so that rates of such a round do not count.
 */
final class Waits extends Thread {
    private static final long INTERVAL_MS = 20;
    private static final int TOLD = 6;

    private final JMXConnector connector;
    private final ThreadMXBean threads;
    private final Map<Stage, Map<String, Integer>> samples = new EnumMap<>(Stage.class);
    private int taken;
    private volatile boolean ended;

    private Waits(JMXConnector connector, ThreadMXBean threads) {
        super("waits");
        this.connector = connector;
        this.threads = threads;
        setDaemon(true);
    }

    /** The address is that of a process that this benchmark has started. */
    @SuppressWarnings("BanJNDI")
    static Waits of(long pid) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            JMXConnector connector =
                    JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
            machine.detach();
            MBeanServerConnection server = connector.getMBeanServerConnection();
            Waits waits = new Waits(
                    connector,
                    ManagementFactory.newPlatformMXBeanProxy(
                            server, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class));
            waits.start();
            return waits;
        } catch (AttachNotSupportedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void run() {
        while (!ended) {
            for (ThreadInfo thread : threads.dumpAllThreads(false, false)) {
                Stage stage = Stage.of(thread.getThreadName());
                if (stage != Stage.OTHER) {
                    samples.computeIfAbsent(stage, s -> new HashMap<>()).merge(place(thread), 1, Integer::sum);
                }
            }
            taken++;
            try {
                Thread.sleep(INTERVAL_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static String place(ThreadInfo thread) {
        String what = thread.getThreadState() == State.RUNNABLE ? "runs " : "waits ";
        for (StackTraceElement frame : thread.getStackTrace()) {
            String type = frame.getClassName();
            if (!type.startsWith("java.") && !type.startsWith("jdk.") && !type.startsWith("sun.")) {
                return what + type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName();
            }
        }
        return what + "idle";
    }

    /** Shares of the samples by stage, the largest first; above 100% where a stage has several threads. */
    String report() throws IOException, InterruptedException {
        ended = true;
        join();
        connector.close();
        return samples.entrySet().stream()
                .map(stage -> "  " + stage.getKey().title() + ": "
                        + stage.getValue().entrySet().stream()
                                .sorted(Map.Entry.<String, Integer>comparingByValue()
                                        .reversed())
                                .limit(TOLD)
                                .map(place -> "%d%% %s".formatted(place.getValue() * 100 / taken, place.getKey()))
                                .collect(Collectors.joining(", ")))
                .collect(Collectors.joining("\n"));
    }
}
