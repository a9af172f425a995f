/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.sink;

import io.dolake.benchmarks.ChildProcess;
import io.dolake.benchmarks.Options;
import io.dolake.benchmarks.ThreadTimes;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/** A Connect worker that runs in a JVM of its own, with both sinks' plugins. See {@link WorkerMain}. */
final class WorkerProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter requests;
    private final String url;
    private final Path log;

    /**
     * What a worker used between two requests.
     *
     * @param cpuSeconds of the process
     * @param heapBytes largest use of the heap after a collection
     * @param rssBytes largest resident set
     */
    record Usage(double cpuSeconds, long heapBytes, long rssBytes) {}

    private WorkerProcess(Process process, String url, Path log) {
        this.process = process;
        this.url = url;
        this.log = log;
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.requests = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /**
     * Starts a worker; returns when its REST server listens.
     *
     * @param directory takes its settings and its log
     * @param options {@code heap} is the largest heap, {@code jvm} are more options of the JVM, with blanks between
     */
    static WorkerProcess start(Ports ports, Path directory, Options options) throws IOException {
        Path root = Installation.current().root();
        String url = "http://" + Ports.HOST + ":" + freePort();
        Path file = directory.resolve("worker.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            settings(ports, url, root, directory.getFileName().toString()).store(writer, null);
        }
        Path log = directory.resolve("worker.log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseParallelGC",
                "-Xmx" + options.text("heap", "1g"),
                "-Dlog4j2.level=WARN",
                "-cp",
                root.resolve("benchmarks/target/classes") + ":" + root.resolve("docker/connect/target/lib") + "/*"));
        Stream.of(options.text("jvm", "").split(" "))
                .filter(option -> !option.isEmpty())
                .forEach(command::add);
        command.addAll(List.of(WorkerMain.class.getName(), file.toString()));
        Process process =
                new ProcessBuilder(command).redirectError(log.toFile()).start();
        WorkerProcess worker = new WorkerProcess(process, url, log);
        worker.await("@ready");
        return worker;
    }

    private static Properties settings(Ports ports, String url, Path root, String name) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", ports.bootstrapServers());
        settings.put("listeners", url);
        settings.put(
                "plugin.path",
                String.join(
                        ",",
                        List.of(
                                Installation.current().sinkPlugin().toString(),
                                root.resolve("benchmarks/apache-sink/target/plugin")
                                        .toString())));
        settings.put("plugin.discovery", "service_load");
        settings.put("group.id", name);
        for (String store : new String[] {"config", "offset", "status"}) {
            settings.put(store + ".storage.topic", name + "-" + store);
            settings.put(store + ".storage.replication.factor", "1");
        }
        settings.put("offset.storage.partitions", "1");
        settings.put("status.storage.partitions", "1");
        settings.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
        settings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        // A task without records is called this often; both sinks commit when they are called.
        settings.put("offset.flush.interval.ms", "1000");
        return settings;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(Ports.HOST))) {
            return socket.getLocalPort();
        }
    }

    /** Its REST API. */
    String url() {
        return url;
    }

    ThreadTimes threadTimes() throws IOException {
        return ThreadTimes.of(process.pid());
    }

    /** @param recording where a flight recording goes, or null */
    void begin(Path recording) throws IOException {
        requests.println(recording == null ? "begin" : "begin " + recording);
        await("@begun");
    }

    Usage end() throws IOException {
        requests.println("end");
        String[] fields = await("@cpu=").split("[=,]");
        return new Usage(Long.parseLong(fields[1]) / 1e9, Long.parseLong(fields[3]), Long.parseLong(fields[5]));
    }

    private String await(String answer) throws IOException {
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (line.startsWith(answer)) {
                return line;
            }
        }
        throw new IOException("Cannot go on: the worker ended; see " + log);
    }

    @Override
    public void close() throws IOException {
        requests.close();
        ChildProcess.awaitEnd(process);
        answers.close();
    }
}
