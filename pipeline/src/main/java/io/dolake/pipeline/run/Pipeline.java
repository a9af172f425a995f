/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.DoLakeException;
import java.io.IOException;
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

    private final Installation installation;
    private final Home home;
    private final Ports ports;
    private final RunLock lock;
    private final Progress progress;

    private EngineHost engine;
    private Broker broker;
    private Worker worker;
    private ConnectorStart connectors;

    private Pipeline(Installation installation, Home home, Ports ports, RunLock lock, Progress progress) {
        this.installation = installation;
        this.home = home;
        this.ports = ports;
        this.lock = lock;
        this.progress = progress;
    }

    /**
     * Starts everything; returns when it is clear what runs. A connector, task, database or table that does not is no
     * reason to end: whoever wants to repair it needs the rest.
     *
     * @throws DoLakeException ADDRESS_IN_USE when a port is taken or the home is run by another process; whatever keeps
     *     engine, broker or worker from starting
     */
    public static Pipeline start(Installation installation, Home home, Ports.Wish wish, Progress progress) {
        Environment.requireUsed(System.getenv());
        home.create();
        Logs.forPipeline(home.logs());
        RunLock lock = RunLock.take(home);
        Pipeline pipeline = null;
        try (PortChoice choice = PortChoice.make(home, wish)) {
            Ports ports = choice.ports();
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
        settle();
    }

    public void startEngine() {
        progress.say("engine      " + ports.engineUrl() + "  (databases in " + home.engine() + ")");
        engine = EngineHost.start(home.engine(), ports, EngineToken.own(home));
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
        connectors = new ConnectorStart(connect(), progress);
        connectors.configure(SOURCE, installation.sourceConfig());
        connectors.configure(SINK, installation.sinkConfig());
    }

    public void stopWorker() {
        if (worker != null) {
            worker.stop();
            worker = null;
        }
    }

    /** Waits until it is clear of each connector whether it and all of its tasks run, and says so. */
    public void settle() {
        connectors.settle();
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
