/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import static io.dolake.pipeline.contagion.Fault.Scope.FOREIGN_TABLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dolake.pipeline.Cli;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.schemas.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Records that others write to topics of the sink, as their Debezium connectors send them, or as none does: lines C1 to
 * C5, C8, C9, C13. Each has a topic of its own, and a table that no database of ours has.
 */
final class ForeignFaults {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEXT = "\"type\":\"string\"";
    private static final String MICRO_TIME = "\"type\":\"int64\",\"name\":\"io.debezium.time.MicroTime\"";
    private static final String ZONED = "\"type\":\"string\",\"name\":\"io.debezium.time.ZonedTimestamp\"";
    private static final String TIMESTAMP = "\"type\":\"int64\",\"name\":\"io.debezium.time.Timestamp\"";
    private static final String EMPTY_STRUCT = "\"type\":\"struct\",\"fields\":[]";

    /** Where {@link #refused} sends the bad one. */
    private static final long REFUSED_AT = 1;

    private ForeignFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.of(
                                "C1 placeholder of a value that did not change",
                                FOREIGN_TABLE,
                                site -> send(
                                        site,
                                        change("c", "server", 1, TEXT, "\"long\""),
                                        change("u", "server", 1, TEXT, "\"__debezium_unavailable_value\""),
                                        change("c", "server", 2, TEXT, "\"last\"")))
                        .provenBy(site -> has(site, 2, "long")),
                Fault.of(
                                "C2 tombstone of a row whose delete was compacted away",
                                FOREIGN_TABLE,
                                site -> send(
                                        site,
                                        change("c", "server", 1, TEXT, "\"gone\""),
                                        new Message(1, null),
                                        change("c", "server", 2, TEXT, "\"last\"")))
                        .provenBy(site -> has(site, 1, "last")),
                refused(
                        "C3 time past a day",
                        ErrorCode.TYPE_MISMATCH,
                        change("c", "server", 1, MICRO_TIME, "108000000000")),
                Fault.of(
                                "C4 times at the ends of the calendar",
                                FOREIGN_TABLE,
                                site -> send(
                                        site,
                                        change("c", "server", 1, ZONED, "\"9999-12-31T23:59:59Z\""),
                                        change("c", "server", 2, ZONED, "\"0001-01-01T00:00:00Z\"")))
                        .provenBy(site -> has(site, 2, "9999-12-31T23:59:59")),
                refused(
                        "C4 text that is no time",
                        ErrorCode.TYPE_MISMATCH,
                        change("c", "server", 1, ZONED, "\"yesterday\"")),
                refused(
                        "C5 time that is out of range",
                        ErrorCode.TYPE_MISMATCH,
                        change("c", "server", 1, TIMESTAMP, "-9223372036832400000")),
                refused(
                        "C9 rows of a second source",
                        ErrorCode.TABLE_OF_ANOTHER_SOURCE,
                        change("c", "another server", 1, TEXT, "\"x\"")),
                Fault.of(
                                "C13 struct without fields",
                                FOREIGN_TABLE,
                                site -> send(site, change("c", "server", 1, EMPTY_STRUCT, "{}")))
                        .provenBy(site -> site.lakeRows("foreign", site.table()) == 1),
                refused("C poison: bytes that are no JSON", ErrorCode.INVALID_ARGUMENT, new Message(1, "no JSON")),
                refused(
                        "C8, C poison: JSON without its schema",
                        ErrorCode.INVALID_ARGUMENT,
                        new Message(1, "{\"id\":10.5}")));
    }

    /** @param value null for a tombstone */
    private record Message(long id, String value) {}

    /** A record that is good, one that is refused, and one more that has to come in the end. */
    private static Fault refused(String id, ErrorCode code, Message bad) {
        return Fault.of(id, FOREIGN_TABLE, site -> {
                    String type = bad.value() == null || !bad.value().contains("\"schema\"") ? TEXT : typeOf(bad);
                    send(site, change("c", "server", 7, type, "null"), bad, change("c", "server", 8, type, "null"));
                })
                .sick(code)
                .curedBy(ForeignFaults::deadLetters)
                .notResumed();
    }

    private static String typeOf(Message message) {
        return Stream.of(MICRO_TIME, ZONED, TIMESTAMP)
                .filter(message.value()::contains)
                .findFirst()
                .orElse(TEXT);
    }

    /**
     * The remedy is told: dead letters keep such records, and the others go on. A start without dead letters would meet
     * the record again until the table says that every table has what lies before a later one, that of the dead letters
     * too.
     */
    private static void deadLetters(Site site) throws Exception {
        Settings.change(site, Pipeline.SINK, Map.of("dolake.dead.letter.table", "foreign.dead"));
        long[] rows = {2};
        site.awaitTrue("rows of " + site.table(), () -> site.lakeRows("foreign", site.table()) == rows[0]);
        while (held(site) <= REFUSED_AT) {
            rows[0]++;
            assertThat(rows[0]).as("rows that the dead letters hold up").isLessThan(12);
            send(site, change("c", "server", 6 + rows[0], TEXT, "null"));
            site.awaitTrue("one more row of " + site.table(), () -> site.lakeRows("foreign", site.table()) == rows[0]);
        }
        Settings.restore(site, Pipeline.SINK);
    }

    /** Below which offset of the topic all tables have everything, as the table says. */
    private static long held(Site site) {
        long[] held = new long[1];
        LakeFaults.with(
                site,
                table -> held[0] = Cli.parse(table.properties()
                                .get("dolake.offset." + Pipeline.SINK + ".dosql.foreign." + site.table() + "-0"))
                        .path("held")
                        .asLong());
        return held[0];
    }

    private static boolean has(Site site, long rows, String text) {
        return site.lakeRows("foreign", site.table()) == rows && site.lakeText().contains(text);
    }

    private static Message change(String op, String server, long id, String type, String value) {
        String row = "{\"type\":\"struct\",\"optional\":true,\"fields\":[{\"field\":\"id\",\"type\":\"int64\"},"
                + "{\"field\":\"v\",\"optional\":true," + type + "}]";
        String source = "{\"type\":\"struct\",\"field\":\"source\",\"fields\":[{\"field\":\"name\"," + TEXT
                + "},{\"field\":\"db\"," + TEXT + "},{\"field\":\"table\"," + TEXT + "}]}";
        String schema =
                "{\"type\":\"struct\",\"name\":\"foreign.Envelope\",\"fields\":[" + row + ",\"field\":\"before\"},"
                        + row + ",\"field\":\"after\"}," + source + ",{\"field\":\"op\"," + TEXT + "}]}";
        String payload = "{\"before\":null,\"after\":{\"id\":" + id + ",\"v\":" + value + "},\"source\":{\"name\":\""
                + server + "\",\"db\":\"foreign\",\"table\":\"$T\"},\"op\":\"" + op + "\"}";
        return new Message(id, "{\"schema\":" + schema + ",\"payload\":" + payload + "}");
    }

    private static void send(Site site, Message... messages) throws Exception {
        ObjectNode key = (ObjectNode) JSON.readTree(
                "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"field\":\"id\",\"type\":\"int64\"}]},\"payload\":{}}");
        Map<String, Object> settings =
                Map.of("bootstrap.servers", site.world().ports().bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (Message message : messages) {
                ((ObjectNode) key.path("payload")).put("id", message.id());
                byte[] value = message.value() == null
                        ? null
                        : message.value().replace("$T", site.table()).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>("dosql.foreign." + site.table(), JSON.writeValueAsBytes(key), value))
                        .get(30, TimeUnit.SECONDS);
            }
        }
    }
}
