/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.check.KeyChecker;
import io.dolake.sink.check.KeyReport;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.maintenance.MaintenanceOptions;
import io.dolake.sink.maintenance.MaintenanceResult;
import io.dolake.sink.maintenance.TableMaintenance;
import io.dolake.sink.table.Branch;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.Table;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Commits to a branch of a table: all that holds for the main one holds there, and the main one stays as it is. */
@ParameterizedClass(name = "v{0}")
@ValueSource(ints = {2, 3})
class BranchIT {
    private static final Branch AUDIT = new Branch("audit");
    private static final String BRANCH = "iceberg.table.shop.orders.commit-branch";

    @Parameter
    int formatVersion;

    @AutoClose
    private Lake lake;

    private final FakeTopic topic = Shop.orders();

    @BeforeEach
    void openLake(@TempDir Path directory) {
        lake = new Lake(directory, formatVersion);
    }

    @Test
    void theBranchFollowsTheTopicAndTheMainOneStays() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        drain(Map.of());
        long main = lake.table("orders").currentSnapshot().snapshotId();
        Random random = new Random(7);
        for (int i = 0; i < 12; i++) {
            Shop.change(topic, random, 40, 0, i == 5);
            drain(Map.of(BRANCH, "audit"));
            assertBranch();
        }
        assertThat(lake.table("orders").currentSnapshot().snapshotId()).isEqualTo(main);
        Oracle.assertKeysOnce(lake.table("orders"));
    }

    @Test
    void aTableThatIsMadeForABranchIsEmptyInTheMainOne() {
        topic.upsert("c", 1L, "tea");
        drain(Map.of(InputConfig.DEFAULT_BRANCH, "audit"));
        topic.upsert("u", 1L, "green tea").upsert("c", 2L, "rice").delete(2L);
        drain(Map.of(InputConfig.DEFAULT_BRANCH, "audit"));
        assertThat(lake.table("orders").currentSnapshot()).isNull();
        assertThat(lake.rows("orders")).isEmpty();
        assertBranch();
    }

    @Test
    void goesOnAfterTheBranchIsPublished() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        drain(Map.of(BRANCH, "audit"));
        publish();
        Oracle.assertSame(lake, topic, "orders");
        topic.upsert("u", 2L, "brown rice").delete(1L);
        drain(Map.of(BRANCH, "audit"));
        assertBranch();
        assertThat(lake.rows("orders")).hasSize(2);
        publish();
        Oracle.assertSame(lake, topic, "orders");
    }

    @Test
    void commitsToTheMainBranchMeanwhileAreNoConflict() {
        topic.upsert("c", 1L, "tea");
        drain(Map.of(BRANCH, "audit"));
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(BRANCH, "audit");
        FakeTopic other = Shop.orders(1);
        try (Worker worker = new Worker(settings, topic)) {
            for (long i = 0; i < 5; i++) {
                other.upsert("c", 100 + i, "of the main branch");
                try (Worker toMain = new Worker(lake.settings("other-sink"), other)) {
                    toMain.drain();
                }
                topic.upsert("u", 1L, "tea " + i).upsert("c", 2 + i, "rice");
                worker.drain();
            }
        }
        assertBranch();
        assertThat(lake.rows("orders"))
                .hasSize(5)
                .allSatisfy(row -> assertThat(row).containsEntry("item", "of the main branch"));
    }

    @Test
    void filesOfTheBranchAreMaintained() {
        Random random = new Random(11);
        for (int i = 0; i < 12; i++) {
            Shop.change(topic, random, 40, 0, false);
            drain(Map.of(BRANCH, "audit"));
        }
        MaintenanceResult result = new TableMaintenance(
                        lake.table("orders"),
                        AUDIT,
                        MaintenanceOptions.defaults().withMinInputFiles(2).withAges(Duration.ZERO, Duration.ZERO))
                .run();
        assertThat(result.rewrittenFiles()).isGreaterThan(1);
        assertThat(result.expiredSnapshots()).isPositive();
        assertBranch();
        Shop.change(topic, random, 40, 0, false);
        drain(Map.of(BRANCH, "audit"));
        assertBranch();
        assertThat(new KeyChecker(lake.table("orders")).check(AUDIT).isClean()).isTrue();
    }

    @Test
    void columnsOfTheMainBranchStayWhenTheOtherIsEmptied() {
        topic.upsert("c", 1L, "tea");
        drain(Map.of());
        Schema other = SchemaBuilder.struct()
                .field("id", Schema.INT64_SCHEMA)
                .field("item", Schema.INT32_SCHEMA)
                .build();
        topic.truncate().shape(other, "id").upsert("c", 1L, 5);
        assertThatThrownBy(() -> drain(Map.of(BRANCH, "audit")))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("column item is string, the rows have int");
        assertThat(lake.rows("orders")).containsExactly(Map.of("id", "1", "item", "tea"));
    }

    @Test
    void aTagOfTheNameIsNotCommittedTo() {
        topic.upsert("c", 1L, "tea");
        drain(Map.of());
        Table table = lake.table("orders");
        table.manageSnapshots()
                .createTag("audit", table.currentSnapshot().snapshotId())
                .commit();
        topic.upsert("c", 2L, "rice");
        assertThatThrownBy(() -> drain(Map.of(BRANCH, "audit")))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("INVALID_CONFIGURATION")
                .hasMessageContaining("branch audit of table")
                .hasMessageContaining("is a tag");
    }

    @Test
    void theKeyReportIsOfTheBranch() {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        drain(Map.of(BRANCH, "audit"));
        Map<String, String> settings = lake.settings("dolake-sink");
        assertThat(keys(settings)).isEqualTo(0L);
        settings.put(BRANCH, "audit");
        assertThat(keys(settings)).isEqualTo(2L);
    }

    private static Object keys(Map<String, String> settings) {
        return KeyReport.of(settings, "shop.orders", List.of(), false).get(0).get("keys");
    }

    private void publish() {
        lake.table("orders")
                .manageSnapshots()
                .fastForwardBranch("main", "audit")
                .commit();
    }

    private void assertBranch() {
        Table table = lake.table("orders");
        Oracle.assertSame(table, table.refs().get("audit").snapshotId(), topic);
    }

    private void drain(Map<String, String> more) {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.putAll(more);
        Worker.drain(settings, topic);
    }
}
