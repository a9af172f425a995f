/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.cli.ConnectDistributed;
import org.apache.kafka.connect.cli.ConnectStandalone;
import org.apache.kafka.connect.storage.Converter;

/** A Connect worker with one sink, in a process that can be killed, and frozen as a long pause of its machine does. */
public final class WorkerProcess {
    private static final long END_WAIT_S = 20;

    private final Path directory;
    private final Process process;

    /** Starts it; {@code directory} is its own, and new. */
    public WorkerProcess(Path directory, Map<String, String> worker, Map<String, String> connector) throws IOException {
        this(ConnectStandalone.class, directory, worker, connector);
    }

    /** A worker of a cluster, without connectors. */
    public static WorkerProcess distributed(Path directory, Map<String, String> worker) throws IOException {
        return new WorkerProcess(ConnectDistributed.class, directory, worker, Map.of());
    }

    private WorkerProcess(Class<?> main, Path directory, Map<String, String> worker, Map<String, String> connector)
            throws IOException {
        this.directory = Files.createDirectories(directory);
        store("worker.properties", worker);
        store("connector.properties", connector);
        this.process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        directory.resolve("worker.properties").toString(),
                        directory.resolve("connector.properties").toString())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    /** Of a worker whose offsets are in {@code directory}. */
    public static Map<String, String> settings(KafkaNode broker, Path directory, Class<? extends Converter> converter) {
        Map<String, String> settings = new HashMap<>();
        settings.put("bootstrap.servers", broker.address());
        settings.put("listeners", "http://127.0.0.1:0");
        settings.put("plugin.discovery", "service_load");
        settings.put("key.converter", converter.getName());
        settings.put("value.converter", converter.getName());
        settings.put(
                "offset.storage.file.filename", directory.resolve("offsets").toString());
        return settings;
    }

    private void store(String name, Map<String, String> settings) throws IOException {
        Properties properties = new Properties();
        properties.putAll(settings);
        try (OutputStream out = Files.newOutputStream(directory.resolve(name))) {
            properties.store(out, null);
        }
    }

    private Path log() {
        return directory.resolve("log");
    }

    /** Whether it stands at its stop point. */
    public boolean isStopped() {
        if (!process.isAlive()) {
            throw new AssertionError("a worker ended by itself:\n" + lastWords());
        }
        return Files.exists(StopPoint.stoppedFile(directory));
    }

    /** Lets it continue from its stop point. */
    public void release() throws IOException {
        Files.createFile(StopPoint.goFile(directory));
    }

    public void freeze() throws Exception {
        signal("STOP");
    }

    public void thaw() throws Exception {
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (status != 0) {
            throw new AssertionError("no process to send SIG" + name + " to:\n" + lastWords());
        }
    }

    /** Ends it as {@code kill -9} does, also when it is frozen. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(END_WAIT_S, TimeUnit.SECONDS)) {
            throw new AssertionError("a killed worker is still there: " + process.pid());
        }
    }

    public String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
        } catch (IOException e) {
            return "no log: " + e;
        }
    }
}
