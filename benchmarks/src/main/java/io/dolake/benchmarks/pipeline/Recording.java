/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import io.dolake.benchmarks.Directories;
import io.dolake.benchmarks.deployment.UpProcess;
import io.dolake.engine.client.DoSqlClient;
import io.dolake.pipeline.run.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What the pipeline as shipped writes to the topic of a table: the input of benchmarks of the stages after it.
 *
 * @param values in the order of the topic, without tombstones
 */
public record Recording(List<byte[]> values) {
    private static final String DATABASE = "recorded";
    private static final int PER_TRANSACTION = 100;

    /** Inserts so many rows, and updates as many at random. */
    public static Recording make(Path dir, int rows) throws IOException, InterruptedException {
        Home home = Home.of(Files.createTempDirectory(dir, "dolake-recording"));
        try (UpProcess up = UpProcess.start(home, "");
                DoSqlClient client = up.client();
                Load load = new Load(client, DATABASE, 1);
                Visible visible = new Visible(home, up.ports().bootstrapServers(), DATABASE, PER_TRANSACTION)) {
            load.write(Load.Kind.INSERT, rows / PER_TRANSACTION, PER_TRANSACTION, 0, (mark, sent, returned) -> {});
            visible.await(load.write(
                    Load.Kind.UPDATE, rows / PER_TRANSACTION, PER_TRANSACTION, 0, (mark, sent, returned) -> {}));
            return new Recording(read(up.ports().bootstrapServers()));
        } finally {
            Directories.delete(home.dir());
        }
    }

    private static List<byte[]> read(String bootstrap) {
        TopicPartition topic = new TopicPartition("dosql." + DATABASE + "." + Load.TABLE, 0);
        List<byte[]> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(topic));
            consumer.seekToBeginning(List.of(topic));
            long end = consumer.endOffsets(List.of(topic)).get(topic);
            while (consumer.position(topic) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    if (record.value() != null) {
                        values.add(record.value());
                    }
                }
            }
        }
        return values;
    }
}
