/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.common.utils.Exit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole pipeline in this process: engine, Kafka broker, Connect worker with both connectors. Each part can be
 * stopped and started again by itself. Not thread-safe.
 */
public final class Pipeline implements AutoCloseable {
    public static final String SOURCE = "dosql-source";
    public static final String SINK = "dolake-sink";

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(180);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    private final Installation installation;
    private final Home home;
    private final Ports ports;
    private final RunLock lock;
    private final Progress progress;

    private EngineHost engine;
    private Broker broker;
    private Worker worker;

    private Pipeline(Installation installation, Home home, Ports ports, RunLock lock, Progress progress) {
        this.installation = installation;
        this.home = home;
        this.ports = ports;
        this.lock = lock;
        this.progress = progress;
    }

    /**
     * Starts everything; returns when both connectors run.
     *
     * @throws DoLakeException ADDRESS_IN_USE when a port is taken or the home is run by another process; whatever
     *     keeps a part from starting
     */
    public static Pipeline start(Installation installation, Home home, Ports.Wish wish, Progress progress) {
        home.create();
        Logs.forPipeline(home.logs());
        RunLock lock = RunLock.take(home);
        Pipeline pipeline = null;
        try {
            Ports ports = Ports.choose(home, wish);
            ports.save(home, wish);
            RunningProcess.write(home, false);
            pipeline = new Pipeline(installation, home, ports, lock, progress);
            pipeline.startAll();
            RunningProcess.write(home, true);
            return pipeline;
        } catch (RuntimeException | Error e) {
            logger().error("The pipeline did not start", e);
            if (pipeline != null) {
                pipeline.close();
            } else {
                release(home, lock);
            }
            throw e;
        }
    }

    private void startAll() {
        Exit.setExitProcedure((status, message) -> {
            throw new Worker.ExitRefused(status);
        });
        // Connect would stop itself beside our own stop, and the broker must outlive it.
        Exit.setShutdownHookAdder((name, hook) -> {});
        startEngine();
        startBroker();
        OpenTransactions.abort(ports.bootstrapServers());
        startWorker();
        awaitRunning();
    }

    public void startEngine() {
        progress.say("engine      " + ports.engineUrl() + "  (databases in " + home.engine() + ")");
        engine = EngineHost.start(home.engine(), ports);
    }

    public void stopEngine() {
        if (engine != null) {
            engine.stop();
            engine = null;
        }
    }

    public void startBroker() {
        progress.say("Kafka       " + ports.bootstrapServers() + "  (log in " + home.kafka() + ")");
        broker = Broker.start(home.kafka(), ports);
    }

    public void stopBroker() {
        if (broker != null) {
            broker.stop();
            broker = null;
        }
    }

    /** Starts the worker and gives it the connector configurations, which changes nothing if it has them already. */
    public void startWorker() {
        progress.say("Connect     " + ports.connectUrl());
        worker = Worker.start(installation, home, ports);
        configure(SOURCE, installation.sourceConfig());
        configure(SINK, installation.sinkConfig());
    }

    public void stopWorker() {
        if (worker != null) {
            worker.stop();
            worker = null;
        }
    }

    private void configure(String connector, Path file) {
        String config = read(file);
        ConnectRest rest = new ConnectRest(ports.connectUrl());
        until("configure connector " + connector, () -> {
            rest.configure(connector, config);
            return true;
        });
    }

    /** Waits until both connectors and all of their tasks run. */
    public void awaitRunning() {
        ConnectRest rest = new ConnectRest(ports.connectUrl());
        for (String connector : new String[] {SOURCE, SINK}) {
            until("start connector " + connector, () -> {
                ConnectRest.State state = rest.state(connector);
                if (state.failure() != null) {
                    throw new DoLakeException(
                                    ErrorCode.INVALID_CONFIGURATION,
                                    "Cannot start connector " + connector + ": " + state.failure())
                            .withHint("More in " + home.logs().resolve("pipeline.log") + ".");
                }
                return state.isRunning();
            });
            progress.say("connector   " + connector + " runs");
        }
    }

    private interface Attempt {
        boolean succeeds();
    }

    /** Repeats what a worker refuses while it joins its group or rebalances. */
    private void until(String what, Attempt attempt) {
        long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
        String last = "no answer yet";
        while (System.nanoTime() - deadline < 0) {
            try {
                if (attempt.succeeds()) {
                    return;
                }
                last = "it is not running yet";
            } catch (DoLakeException e) {
                if (e.code() != ErrorCode.CONNECTION_ERROR) {
                    throw e;
                }
                last = e.getMessage();
            }
            sleep();
        }
        throw new DoLakeException(
                ErrorCode.TIMEOUT, "Cannot " + what + " in " + READY_TIMEOUT.toSeconds() + " s: " + last);
    }

    private static void sleep() {
        try {
            Thread.sleep(POLL_INTERVAL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DoLakeException(ErrorCode.TIMEOUT, "Cannot wait for the pipeline: interrupted", e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot read " + file + ": " + Home.reason(e), e);
        }
    }

    public Ports ports() {
        return ports;
    }

    public Home home() {
        return home;
    }

    public ConnectRest connect() {
        return new ConnectRest(ports.connectUrl());
    }

    /** Stops what runs: readers first, so that each part hands over what it holds. */
    @Override
    public void close() {
        try {
            stop("Connect worker", this::stopWorker);
            stop("Kafka broker", this::stopBroker);
            stop("engine", this::stopEngine);
        } finally {
            Exit.resetExitProcedure();
            Exit.resetShutdownHookAdder();
            release(home, lock);
        }
    }

    private static void stop(String part, Runnable stop) {
        long start = System.nanoTime();
        logger().info("Stopping the {}", part);
        try {
            stop.run();
            logger().info("Stopped the {} after {} ms", part, (System.nanoTime() - start) / 1_000_000);
        } catch (RuntimeException e) {
            logger().error("Cannot stop the {}: {}", part, e.getMessage(), e);
        }
    }

    private static void release(Home home, RunLock lock) {
        try (lock) {
            RunningProcess.clear(home);
        } catch (IOException e) {
            logger().error("Cannot remove the process file: {}", e.getMessage(), e);
        }
    }

    /** Made late: the place of the log must be set first. */
    private static Logger logger() {
        return LoggerFactory.getLogger(Pipeline.class);
    }
}
