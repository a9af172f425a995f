/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.config.DeadLetterConfig;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.SuspensionConfig;
import io.dolake.sink.record.SourceTables;
import io.dolake.sink.table.TableOffsets;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose a table is: FAULTS C9 (two source tables), C10 (two connectors), C11 (dropped), C12 (the topic is another). */
class SourcesIT extends LakeTest {
    private Map<String, String> settings;
    private final Map<TopicPartition, Long> group = new HashMap<>();
    private final FakeTopic first =
            new FakeTopic("one.dbo.users", 0, "users").of("db1").shape(Shop.ORDERS, "id");
    private final FakeTopic second =
            new FakeTopic("two.dbo.users", 0, "users").of("db2").shape(Shop.ORDERS, "id");

    @BeforeEach
    void prepare() {
        settings = lake.settings("dolake-sink");
        settings.put(SinkConfig.TABLE_TEMPLATE, "dbo.{table}");
    }

    private Worker worker(FakeTopic... topics) {
        Worker worker = new Worker(settings, group, catalog -> catalog, topics);
        worker.toleratesSuspension = true;
        return worker;
    }

    private void drain(FakeTopic topic) {
        try (Worker worker = worker(topic)) {
            worker.drain();
        }
    }

    private List<Map<String, String>> users() {
        return Lake.rows(lake.catalog().loadTable(TableIdentifier.of("dbo", "users")), null);
    }

    @Test
    void aSecondSourceTableIsKeptOutAndOthersGoOn() {
        first.upsert("c", 1L, "ann");
        drain(first);
        second.upsert("c", 1L, "bob");
        try (Worker worker = worker(second, first)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("two.dbo.users-0"))
                    .containsEntry("code", "TABLE_OF_ANOTHER_SOURCE")
                    .containsEntry("position", "two.dbo.users-0@0")
                    .extractingByKey("reason")
                    .asString()
                    .contains("db=db2,table=users")
                    .contains("db=db1,table=users")
                    .contains("dbo.users");
            first.upsert("u", 1L, "anna");
            worker.drain(first);
            assertThat(users()).containsExactly(Map.of("id", "1", "item", "anna"));
            // The source was renamed, says who removes the property.
            lake.catalog()
                    .loadTable(TableIdentifier.of("dbo", "users"))
                    .updateProperties()
                    .remove(SourceTables.PROPERTY)
                    .commit();
            assertThat(worker.resume("two.dbo.users-0", "")).isEmpty();
            worker.drain(second);
        }
        assertThat(users()).containsExactly(Map.of("id", "1", "item", "bob"));
    }

    @Test
    void twoSourceTablesMayShareATableWhenTold() {
        settings.put(SuspensionConfig.SHARED, "true");
        assertBothAreWritten();
    }

    @Test
    void twoSourceTablesMayShareATableThatIsListed() {
        settings.put(InputConfig.TABLES, "dbo.users");
        assertBothAreWritten();
    }

    private void assertBothAreWritten() {
        first.upsert("c", 1L, "ann");
        second.upsert("c", 2L, "bob");
        try (Worker worker = worker(first, second)) {
            worker.drain();
        }
        assertThat(users()).hasSize(2);
    }

    @Test
    void rowsOfASecondSourceInOneTopicGoToTheDeadLetters() {
        settings.put(DeadLetterConfig.TABLE, "dbo.dead");
        first.upsert("c", 1L, "ann");
        first.of("db2").upsert("c", 1L, "bob");
        first.of("db1").upsert("c", 2L, "cleo");
        drain(first);
        assertThat(users()).hasSize(2).contains(Map.of("id", "1", "item", "ann"));
        assertThat(Lake.rows(lake.catalog().loadTable(TableIdentifier.of("dbo", "dead")), null))
                .hasSize(1);
    }

    @Test
    void anAppendTableIsNotFilledTwiceByAConnectorOfAnotherName() {
        settings.put("dolake.table.mode", "append");
        first.upsert("c", 1L, "ann").upsert("c", 2L, "bob");
        drain(first);
        settings.put("name", "again");
        group.clear();
        first.upsert("c", 3L, "cleo");
        try (Worker worker = worker(first)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("dbo.users"))
                    .containsEntry("code", "TABLE_OF_ANOTHER_SOURCE")
                    .extractingByKey("reason")
                    .asString()
                    .contains("below offset 2 from connector dolake-sink");
        }
        settings.put(SuspensionConfig.OTHER_CONNECTOR, "continue");
        drain(first);
        assertThat(users()).hasSize(3);
    }

    @Test
    void aTableWithAKeyTakesAnotherConnectorAsEver() {
        first.upsert("c", 1L, "ann");
        drain(first);
        settings.put("name", "again");
        group.clear();
        drain(first);
        assertThat(users()).hasSize(1);
    }

    @Test
    void aTableThatIsDroppedUnderTheTaskWaitsToBeToldFromWhere() {
        first.upsert("c", 1L, "ann").upsert("c", 2L, "bob");
        try (Worker worker = worker(first)) {
            worker.drain();
            lake.catalog().dropTable(TableIdentifier.of("dbo", "users"), true);
            first.upsert("c", 3L, "cleo");
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("dbo.users")).containsEntry("code", "TABLE_REPLACED");
            assertThat(worker.resume("dbo.users", ""))
                    .contains("INVALID_ARGUMENT")
                    .contains("--from start");
            assertThat(worker.suspended()).hasSize(1);
            assertThat(worker.resume("dbo.users", "start")).isEmpty();
            worker.drain();
        }
        assertThat(users()).hasSize(3);
    }

    /** The suspension is gone with the task, and so is the table with its offsets: the next task says the same. */
    @Test
    void aTableThatIsDroppedUnderATaskThatThenEndsWaitsToBeToldFromWhere() {
        first.upsert("c", 1L, "ann").upsert("c", 2L, "bob");
        try (Worker worker = worker(first)) {
            worker.drain();
            lake.catalog().dropTable(TableIdentifier.of("dbo", "users"), true);
            first.upsert("c", 3L, "cleo");
            worker.awaitSuspended(1);
            worker.commit();
        }
        assertThat(group).containsEntry(first.partition, 2L);
        try (Worker worker = worker(first)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("dbo.users")).containsEntry("code", "TABLE_REPLACED");
            assertThat(worker.resume("dbo.users", "start")).isEmpty();
            worker.drain();
            assertThat(worker.suspended()).isEmpty();
        }
        assertThat(users()).hasSize(3);
    }

    /** The task has seen that the table is there, and has not committed to it yet. */
    @Test
    void aTableThatIsDroppedBeforeItsTasksFirstCommitWaitsToBeToldFromWhere() {
        first.upsert("c", 1L, "ann").upsert("c", 2L, "bob");
        drain(first);
        try (Worker worker = worker(first)) {
            worker.poll(10);
            worker.poll(10);
            lake.catalog().dropTable(TableIdentifier.of("dbo", "users"), true);
            first.upsert("c", 3L, "cleo");
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("dbo.users")).containsEntry("code", "TABLE_REPLACED");
            assertThat(worker.resume("dbo.users", "start")).isEmpty();
            worker.drain();
        }
        assertThat(users()).hasSize(3);
    }

    /** Who resumes it for what it was suspended for does not know that it is gone. */
    @Test
    void aTableThatIsDroppedWhileItIsSuspendedForSomethingElseWaitsToBeToldFromWhere() {
        first.upsert("c", 1L, "ann").upsert("c", 2L, "bob");
        try (Worker worker = worker(first)) {
            worker.drain();
            lake.catalog()
                    .loadTable(TableIdentifier.of("dbo", "users"))
                    .updateProperties()
                    .set("write.data.path", "/dev/null/x")
                    .commit();
            first.upsert("c", 3L, "cleo");
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("dbo.users")).containsEntry("code", "INVALID_CONFIGURATION");
            lake.catalog().dropTable(TableIdentifier.of("dbo", "users"), true);
            assertThat(worker.resume("dbo.users", "")).isEmpty();
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("dbo.users")).containsEntry("code", "TABLE_REPLACED");
            assertThat(worker.resume("dbo.users", "start")).isEmpty();
            worker.drain();
        }
        assertThat(users()).hasSize(3);
    }

    @Test
    void aTableThatIsMadeAnewUnderTheTaskGoesOnFromWhereItWas() {
        first.upsert("c", 1L, "ann").upsert("c", 2L, "bob");
        try (Worker worker = worker(first)) {
            worker.drain();
            var schema =
                    lake.catalog().loadTable(TableIdentifier.of("dbo", "users")).schema();
            lake.catalog().dropTable(TableIdentifier.of("dbo", "users"), true);
            lake.catalog().createTable(TableIdentifier.of("dbo", "users"), schema);
            first.upsert("c", 3L, "cleo");
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("dbo.users"))
                    .containsEntry("code", "TABLE_REPLACED")
                    .extractingByKey("reason")
                    .asString()
                    .contains("recreated");
            assertThat(worker.resume("dbo.users", "held")).isEmpty();
            worker.drain();
        }
        assertThat(users()).hasSize(1);
    }

    @Test
    void aTableThatIsRolledBackUnderTheTaskGoesOnFromItsOwnOffsets() {
        settings.put("dolake.table.mode", "append");
        first.upsert("c", 1L, "ann");
        try (Worker worker = worker(first)) {
            worker.drain();
            var table = lake.catalog().loadTable(TableIdentifier.of("dbo", "users"));
            String property = TableOffsets.property("dolake-sink", first.partition);
            String offsets = table.properties().get(property);
            long snapshot = table.currentSnapshot().snapshotId();
            first.upsert("c", 2L, "bob");
            worker.drain();
            table.refresh();
            table.manageSnapshots().rollbackTo(snapshot).commit();
            table.updateProperties().set(property, offsets).commit();
            first.upsert("c", 3L, "cleo");
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("dbo.users")).containsEntry("code", "TABLE_REPLACED");
            assertThat(worker.resume("dbo.users", "held")).isEmpty();
            worker.drain();
        }
        assertThat(users()).hasSize(3);
    }

    @Test
    void aTopicThatIsAnotherAndHasGrownPastTheOffsetIsNoticedBeforeARecordIsTaken() {
        first.upsert("c", 1L, "ann").upsert("c", 2L, "bob");
        FakeTopic other =
                new FakeTopic("other", 0, "other").shape(Shop.ORDERS, "id").upsert("c", 1L, "x");
        try (Worker worker = worker(first, other)) {
            worker.drain();
        }
        FakeTopic anew = new FakeTopic("one.dbo.users", 0, "users")
                .of("db1")
                .startingAt(5_000_000)
                .shape(Shop.ORDERS, "id");
        anew.truncate().upsert("r", 7L, "seven").upsert("r", 8L, "eight").upsert("r", 9L, "nine");
        other.upsert("c", 2L, "y");
        try (Worker worker = worker(anew, other)) {
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("one.dbo.users-0"))
                    .containsEntry("code", "TOPIC_REPLACED")
                    .extractingByKey("reason")
                    .asString()
                    .contains("the record at offset 1 is another");
            worker.drain(other);
            assertThat(users()).hasSize(2);
            assertThat(worker.resume("one.dbo.users-0", "")).contains("INVALID_ARGUMENT");
            assertThat(worker.resume("one.dbo.users-0", "start")).isEmpty();
            worker.drain();
        }
        assertThat(users()).extracting(row -> row.get("id")).containsExactlyInAnyOrder("7", "8", "9");
    }

    @Test
    void aTopicThatIsAnotherIsReadFromItsStartWhereSettingsSaySo() {
        settings.put(SinkConfig.OFFSETS_AHEAD, "forget");
        first.upsert("c", 1L, "ann").upsert("c", 2L, "bob");
        drain(first);
        FakeTopic anew = new FakeTopic("one.dbo.users", 0, "users")
                .of("db1")
                .startingAt(5_000_000)
                .shape(Shop.ORDERS, "id");
        anew.truncate().upsert("r", 7L, "seven").upsert("r", 8L, "eight");
        try (Worker worker = worker(anew)) {
            worker.drain();
            assertThat(worker.suspended()).isEmpty();
        }
        assertThat(users()).extracting(row -> row.get("id")).containsExactlyInAnyOrder("7", "8");
    }

    @Test
    void aTopicThatStartsOverIsReadAnewWhenToldWithoutARestart() {
        first.upsert("c", 1L, "ann").upsert("c", 2L, "bob");
        try (Worker worker = worker(first)) {
            worker.drain();
            FakeTopic anew = new FakeTopic("one.dbo.users", 0, "users")
                    .of("db1")
                    .startingAt(5_000_000)
                    .shape(Shop.ORDERS, "id");
            worker.replace(anew.truncate()
                    .upsert("r", 6L, "six")
                    .upsert("r", 7L, "seven")
                    .delete(6L));
            worker.awaitSuspended(1);
            assertThat(worker.suspended().get("one.dbo.users-0")).containsEntry("code", "TOPIC_REPLACED");
            assertThat(worker.resume("one.dbo.users-0", "start")).isEmpty();
            worker.drain();
        }
        assertThat(users()).containsExactly(Map.of("id", "7", "item", "seven"));
    }

    @Test
    void theStatusTellsHowFarATableIsInItsSource() {
        first.upsert("c", 1L, "ann").upsert("c", 2L, "bob");
        try (Worker worker = worker(first)) {
            worker.drain();
            org.awaitility.Awaitility.await().until(() -> {
                worker.poll(10);
                return worker.state("dbo.users") != null
                        && worker.state("dbo.users").containsKey("source.one.dbo.users-0");
            });
            assertThat(worker.state("dbo.users").get("source.one.dbo.users-0"))
                    .contains("\"db\":\"db1\"")
                    .contains("\"lsn\":\"1\"");
        }
    }
}
