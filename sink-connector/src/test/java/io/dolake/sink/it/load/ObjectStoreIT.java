/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.DoLakeSinkConnector;
import io.dolake.sink.config.AccessConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.FaultyLink;
import io.dolake.sink.testkit.FaultyLink.Fault;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.ObjectStore;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A warehouse in an object store that is slow, refuses, breaks off, or loses replies; and one that cannot be used at
 * all.
 */
class ObjectStoreIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    @TempDir
    Path directory;

    private ObjectStore store;
    private volatile Function<String, Fault> faults = request -> Fault.NONE;
    private FaultyLink link;
    private Map<String, String> settings;

    @BeforeEach
    void start() throws Exception {
        store = new ObjectStore(directory.resolve("store"));
        link = new FaultyLink(store.port(), request -> faults.apply(request));
        settings = new HashMap<>();
        settings.put("iceberg.catalog.type", "jdbc");
        settings.put("iceberg.catalog.uri", "jdbc:sqlite:" + directory.resolve("catalog.db") + "?busy_timeout=10000");
        settings.put("iceberg.catalog.jdbc.schema-version", "V1");
        settings.putAll(ObjectStore.settings(link.port()));
        // So that faults get through to the sink soon.
        settings.put("iceberg.catalog.s3.retry.num-retries", "1");
        settings.put("iceberg.catalog.s3.retry.min-wait-ms", "1");
        settings.put("iceberg.catalog.s3.retry.max-wait-ms", "5");
        settings.put("name", "dolake-sink");
        settings.put("connector.class", DoLakeSinkConnector.class.getName());
        settings.put("topics", "a");
        settings.put(SinkConfig.COMMIT_INTERVAL_MS, "10");
        settings.put(SinkConfig.RETRY_BACKOFF_MS, "5");
        settings.put(SinkConfig.RETRY_BACKOFF_MAX_MS, "50");
    }

    @AfterEach
    void stop() throws Exception {
        link.close();
        store.close();
    }

    @Test
    void faultsOfTheStoreCostTimeNotRows() throws Exception {
        System.out.println("ObjectStoreIT seed=" + SEED);
        Random random = new Random(SEED);
        Map<Fault, AtomicInteger> counts = new EnumMap<>(Fault.class);
        for (Fault fault : Fault.values()) {
            counts.put(fault, new AtomicInteger());
        }
        List<Fault> drawn = List.of(Fault.SLOW_DOWN, Fault.FORBIDDEN, Fault.CUT, Fault.LOST_REPLY);
        Queue<Fault> schedule = new ConcurrentLinkedQueue<>();
        for (int block = 0; block < 1_000; block++) {
            List<Fault> requests = new ArrayList<>(drawn);
            requests.addAll(Collections.nCopies(16, Fault.NONE));
            Collections.shuffle(requests, random);
            schedule.addAll(requests);
        }
        FakeTopic topic = Shop.orders();
        try (Worker worker = new Worker(settings, topic)) {
            faults = request -> {
                Fault fault = schedule.remove();
                counts.get(fault).incrementAndGet();
                return fault;
            };
            for (int round = 0; round < 6; round++) {
                Shop.change(topic, random, 60, 0, true);
                worker.drain();
            }
        }
        faults = request -> Fault.NONE;
        try (Lake lake = new Lake(directory, settings)) {
            Oracle.assertSame(lake, topic, "orders");
            Oracle.assertEverySnapshot(lake, topic, "orders");
        }
        drawn.forEach(fault ->
                assertThat(counts.get(fault)).as("%s, seed %d", fault, SEED).hasPositiveValue());
    }

    private String fault() {
        List<String> errors = new DoLakeSinkConnector()
                .validate(settings).configValues().stream()
                        .map(ConfigValue::errorMessages)
                        .flatMap(List::stream)
                        .toList();
        assertThat(errors).hasSizeLessThan(2);
        return errors.isEmpty() ? "" : errors.get(0);
    }

    @Test
    void aStoreThatCanBeUsedIsAcceptedAndNothingIsLeftInIt() throws Exception {
        assertThat(fault()).isEmpty();
        try (var files = Files.walk(directory.resolve("store"))) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void aBucketThatIsNotThereHasItsOwnMessage() {
        settings.put("iceberg.catalog.warehouse", "s3://nowhere/warehouse");
        assertThat(fault())
                .startsWith("R2_BUCKET_NOT_BOUND: Cannot write to the warehouse s3://nowhere/warehouse")
                .contains("no bucket of that name");
    }

    @Test
    void credentialsThatAreNotAcceptedHaveTheirOwnMessage() {
        settings.put("iceberg.catalog.s3.secret-access-key", "wrong");
        // This store does not say more than that it refuses.
        assertThat(fault()).startsWith("FORBIDDEN").contains("wrong key id or secret");
    }

    @Test
    void aPermissionThatIsDeniedHasItsOwnMessage() {
        faults = request -> request.startsWith("PUT") ? Fault.FORBIDDEN : Fault.NONE;
        assertThat(fault())
                .startsWith("FORBIDDEN: Cannot write to the warehouse")
                .contains("permission is denied");
        faults = request -> request.startsWith("GET") ? Fault.FORBIDDEN : Fault.NONE;
        assertThat(fault()).startsWith("FORBIDDEN: Cannot read from the warehouse");
    }

    @Test
    void anAddressWhereNothingAnswersHasItsOwnMessage() throws Exception {
        link.close();
        assertThat(fault()).startsWith("CONNECTION_ERROR").contains("nothing answers there");
    }

    @Test
    void aStoreThatIsSilentIsNotWaitedForForever() {
        settings.put(AccessConfig.TIMEOUT_MS, "500");
        faults = request -> Fault.SILENT;
        assertThat(fault()).startsWith("TIMEOUT").contains("no answer within 500 ms");
    }

    @Test
    void aDirectoryThatCannotBeWrittenHasItsOwnMessage() throws Exception {
        settings.keySet().removeIf(key -> key.startsWith("iceberg.catalog.s3"));
        Path file = Files.createFile(directory.resolve("file"));
        settings.put("iceberg.catalog.warehouse", file.resolve("warehouse").toString());
        assertThat(fault()).contains("Cannot write to the warehouse " + file);
    }

    @Test
    void aCatalogThatCannotBeOpenedHasItsOwnMessage() {
        settings.put("iceberg.catalog.uri", "jdbc:sqlite:" + directory.resolve("no/such/catalog.db"));
        assertThat(fault()).startsWith("CATALOG_ERROR: Cannot open the catalog");
    }

    @Test
    void theCheckCanBeLeftOut() {
        settings.put(AccessConfig.CHECK, "false");
        settings.put("iceberg.catalog.warehouse", "s3://nowhere/warehouse");
        assertThat(fault()).isEmpty();
    }
}
