/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.deployment;

import io.dolake.benchmarks.ChildProcess;
import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.pipeline.run.PortChoice;
import io.dolake.pipeline.run.Ports;
import io.dolake.schemas.DoLakeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Engine, broker and a plain Connect worker, each in a process of its own, with the shipped worker file and connector
 * configurations, as on machines of their own.
 */
public record ThreeProcesses(Home home, Process worker, Process broker, EngineProcess engine, double startSeconds)
        implements Deployment {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    static ThreeProcesses start(Home home, String jvm) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        home.create();
        EngineProcess engine = EngineProcess.start(home.engine(), jvm);
        Ports ports;
        try (PortChoice choice = PortChoice.make(home, Ports.Wish.ANY)) {
            Ports any = choice.ports();
            ports = new Ports(engine.port(), any.kafka(), any.connect(), any.controller());
        }
        ports.save(home, Ports.Wish.ANY);
        Process broker = broker(home, ports, jvm);
        Process worker = worker(home, ports, jvm);
        ConnectRest connect = new ConnectRest(ports.connectUrl());
        Installation installation = Installation.current();
        configure(connect, Pipeline.SOURCE, installation.sourceConfig());
        configure(connect, Pipeline.SINK, installation.sinkConfig());
        return new ThreeProcesses(home, worker, broker, engine, (System.nanoTime() - begin) / 1e9);
    }

    private static Process broker(Home home, Ports ports, String jvm) throws IOException {
        Process broker = new ProcessBuilder(java(
                        jvm,
                        System.getProperty("java.class.path"),
                        BrokerMain.class.getName(),
                        home.kafka().toString(),
                        Integer.toString(ports.kafka()),
                        Integer.toString(ports.controller())))
                .redirectError(home.logs().resolve("broker.log").toFile())
                .start();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(broker.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals(BrokerMain.READY)) {
                return broker;
            }
        }
        throw new IOException("Cannot measure the pipeline: the broker did not start, see " + home.logs());
    }

    /** On the class path of a worker without us; what the configurations name as {@code ${env:...}} is its environment. */
    private static Process worker(Home home, Ports ports, String jvm) throws IOException {
        Installation installation = Installation.current();
        Properties settings = new Properties();
        try (Reader shipped = Files.newBufferedReader(
                installation.root().resolve("connect-configs/connect-distributed.properties"))) {
            settings.load(shipped);
        }
        settings.put("bootstrap.servers", ports.bootstrapServers());
        settings.put("listeners", ports.connectUrl());
        settings.put("plugin.path", installation.sourcePlugin() + "," + installation.sinkPlugin());
        Path file = home.dir().resolve("worker.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            settings.store(writer, null);
        }
        ProcessBuilder builder = new ProcessBuilder(java(
                jvm,
                installation.root().resolve("docker/connect/target/lib") + "/*",
                "org.apache.kafka.connect.cli.ConnectDistributed",
                file.toString()));
        builder.environment()
                .putAll(Map.of(
                        "DOSQL_HOST",
                        Ports.HOST,
                        "DOSQL_PORT",
                        Integer.toString(ports.engine()),
                        "DOLAKE_CATALOG_TYPE",
                        "jdbc",
                        "DOLAKE_CATALOG_URI",
                        "jdbc:sqlite:" + home.catalog() + "?busy_timeout=10000",
                        "DOLAKE_WAREHOUSE",
                        home.warehouse().toString()));
        return builder.redirectErrorStream(true)
                .redirectOutput(home.logs().resolve("worker.log").toFile())
                .start();
    }

    private static List<String> java(String jvm, String classPath, String... more) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseG1GC", "-Xms128m", "-Xmx1g", "-Dlog4j2.level=WARN"));
        if (!jvm.isBlank()) {
            command.addAll(List.of(jvm.trim().split(" +")));
        }
        command.addAll(List.of("-cp", classPath));
        command.addAll(List.of(more));
        return command;
    }

    private static void configure(ConnectRest connect, String name, Path config)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (; ; Thread.sleep(200)) {
            try {
                connect.configure(name, Files.readString(config));
                return;
            } catch (DoLakeException e) {
                // The worker does not answer yet.
                if (System.nanoTime() - deadline > 0) {
                    throw e;
                }
            }
        }
    }

    /** The command needs {@code ./dolake up}. */
    @Override
    public void verify(String database) {
        System.out.println("not verified: ./dolake verify compares what ./dolake up runs, in one process");
    }

    @Override
    public List<Long> pids() {
        return List.of(worker.pid(), broker.pid(), engine.pid());
    }

    @Override
    public void close() {
        worker.destroy();
        ChildProcess.awaitEnd(worker);
        broker.destroy();
        ChildProcess.awaitEnd(broker);
        engine.close();
    }
}
