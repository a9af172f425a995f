/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A Kafka broker of one node, with its controller, on the loopback address. */
public final class Broker {
    private static final int NODE_ID = 1;
    private static final String CONTROLLER = "CONTROLLER";
    /** As the source's configuration asks for its topics: also for topics that were there before it. */
    private static final int MAX_MESSAGE_BYTES = 100_000_000;

    private final KafkaRaftServer server;

    private Broker(KafkaRaftServer server) {
        this.server = server;
    }

    /** Starts a broker; returns when it takes requests. Storage is formatted if the directory is new. */
    public static Broker start(Path dir, Ports ports) {
        try {
            if (!Files.exists(dir.resolve("meta.properties"))) {
                format(dir);
            }
            KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings(dir, ports), false), Time.SYSTEM);
            server.startup();
            return new Broker(server);
        } catch (Exception e) {
            throw StartFault.of("the Kafka broker", e);
        }
    }

    private static void format(Path dir) throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        new Formatter()
                .setPrintStream(new PrintStream(said, true, StandardCharsets.UTF_8))
                .setNodeId(NODE_ID)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName(CONTROLLER)
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setMetadataLogDirectory(dir.toString())
                .addDirectory(dir.toString())
                .run();
    }

    /** One node holds everything; timeouts are short, so that a start after a crash does not wait for the dead. */
    private static Map<String, String> settings(Path dir, Ports ports) {
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(NODE_ID));
        settings.put("controller.quorum.voters", NODE_ID + "@" + Ports.HOST + ":" + ports.controller());
        settings.put("controller.listener.names", CONTROLLER);
        settings.put(
                "listeners",
                "CLIENT://" + Ports.HOST + ":" + ports.kafka() + "," + CONTROLLER + "://" + Ports.HOST + ":"
                        + ports.controller());
        settings.put("advertised.listeners", "CLIENT://" + Ports.HOST + ":" + ports.kafka());
        settings.put("listener.security.protocol.map", "CLIENT:PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
        settings.put("inter.broker.listener.name", "CLIENT");
        settings.put("log.dirs", dir.toString());
        settings.put("num.partitions", "1");
        settings.put("default.replication.factor", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "4");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("message.max.bytes", Integer.toString(MAX_MESSAGE_BYTES));
        settings.put("log.index.size.max.bytes", Integer.toString(1 << 20));
        settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
        settings.put("log.cleaner.threads", "1");
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("broker.heartbeat.interval.ms", "500");
        settings.put("broker.session.timeout.ms", "3000");
        settings.put("group.min.session.timeout.ms", "1000");
        return settings;
    }

    public void stop() {
        server.shutdown();
        server.awaitShutdown();
    }
}
