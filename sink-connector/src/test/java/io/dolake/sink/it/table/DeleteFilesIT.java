/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.ForeignDeletes;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.util.ContentFileUtil;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which delete files there are: ours, and those of others, which count but are not touched. */
class DeleteFilesIT {
    @TempDir
    Path directory;

    private final FakeTopic topic = Shop.orders();
    private final Map<TopicPartition, Long> groupOffsets = new HashMap<>();

    private void write(Lake lake) {
        try (Worker worker = new Worker(lake.settings("dolake-sink"), groupOffsets, UnaryOperator.identity(), topic)) {
            worker.drain();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void aDataFileHasOneDeleteFileOfItsOwn(int formatVersion) throws Exception {
        Random random = new Random(3);
        try (Lake lake = new Lake(directory, formatVersion)) {
            try (Worker worker = new Worker(lake.settings("dolake-sink"), topic)) {
                for (int round = 0; round < 6; round++) {
                    Shop.change(topic, random, 40, 0, false);
                    worker.drain();
                }
            }
            Table table = lake.table("orders");
            assertThat(ForeignDeletes.all(table)).isNotEmpty();
            for (FileScanTask task : ForeignDeletes.tasks(table)) {
                assertThat(task.deletes())
                        .hasSizeLessThanOrEqualTo(1)
                        .allMatch(ContentFileUtil::isFileScoped)
                        .allMatch(delete -> ContentFileUtil.isDV(delete) == (formatVersion == 3));
            }
            Oracle.assertEverySnapshot(lake, topic, "orders");
        }
    }

    @Test
    void positionDeletesOfOthersThatSpanFilesCountAndStay() throws Exception {
        try (Lake lake = new Lake(directory, 2)) {
            writeTwoFilesAndDeleteTheirFirstRows(lake);
            topic.upsert("u", 2L, "brown rice").upsert("u", 4L, "honey");
            write(lake);
            List<DeleteFile> deletes = ForeignDeletes.all(lake.table("orders"));
            // The one that spans both files, found with each; and one of each file's own.
            assertThat(deletes).hasSize(4);
            assertThat(deletes.stream().filter(ContentFileUtil::isFileScoped)).hasSize(2);
            assertRows(lake, "2 brown rice", "4 honey");
            topic.upsert("u", 1L, "tea").delete(2L);
            write(lake);
            assertRows(lake, "1 tea", "4 honey");
            Oracle.assertKeysOnce(lake.table("orders"));
        }
    }

    @Test
    void anUpgradedTableGetsVectorsWithAllThatWasDeletedBefore() throws Exception {
        try (Lake lake = new Lake(directory, 2)) {
            topic.upsert("c", 9L, "oil");
            writeTwoFilesAndDeleteTheirFirstRows(lake);
            topic.delete(2L);
            write(lake);
            lake.table("orders")
                    .updateProperties()
                    .set(TableProperties.FORMAT_VERSION, "3")
                    .commit();
            topic.upsert("u", 1L, "green tea").upsert("u", 4L, "honey").delete(3L);
            write(lake);
            assertThat(ForeignDeletes.all(lake.table("orders"))).isNotEmpty().allMatch(ContentFileUtil::isDV);
            assertRows(lake, "1 green tea", "4 honey");
            Oracle.assertKeysOnce(lake.table("orders"));
        }
    }

    /** Rows 9 or 1, 2 in one file and 3, 4 in another; then the first row of each is deleted by someone else. */
    private void writeTwoFilesAndDeleteTheirFirstRows(Lake lake) throws IOException {
        topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice");
        write(lake);
        topic.upsert("c", 3L, "salt").upsert("c", 4L, "sugar");
        write(lake);
        ForeignDeletes.deleteFirstRows(lake.table("orders"));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void equalityDeletesOfOthersCount(int formatVersion) throws Exception {
        try (Lake lake = new Lake(directory, formatVersion)) {
            topic.upsert("c", 1L, "tea").upsert("c", 2L, "rice").upsert("c", 3L, "salt");
            try (Worker worker =
                    new Worker(lake.settings("dolake-sink"), groupOffsets, UnaryOperator.identity(), topic)) {
                worker.drain();
                ForeignDeletes.deleteById(lake.table("orders"), 2L);
                topic.upsert("u", 1L, "green tea").delete(2L);
                worker.drain();
                topic.upsert("u", 3L, "pepper");
                worker.drain();
            }
            assertRows(lake, "1 green tea", "3 pepper");
            // A new task reads the table as it finds it.
            topic.upsert("u", 1L, "black tea").upsert("c", 2L, "rice");
            write(lake);
            assertRows(lake, "1 black tea", "2 rice", "3 pepper");
            assertThat(ForeignDeletes.all(lake.table("orders")))
                    .anyMatch(delete -> delete.content() == FileContent.EQUALITY_DELETES);
            Oracle.assertKeysOnce(lake.table("orders"));
        }
    }

    @Test
    void formatVersionOneTakesNoUpdates() throws Exception {
        try (Lake lake = new Lake(directory, 1)) {
            topic.upsert("c", 1L, "tea");
            write(lake);
            topic.upsert("u", 1L, "green tea");
            Worker worker = new Worker(lake.settings("dolake-sink"), groupOffsets, UnaryOperator.identity(), topic);
            assertThatThrownBy(() -> Awaitility.await().until(() -> {
                        worker.poll(100);
                        return false;
                    }))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("need format version 2 or newer, it has 1");
            worker.close();
        }
    }

    private static void assertRows(Lake lake, String... rows) {
        assertThat(lake.rows("orders"))
                .extracting(row -> row.get("id") + " " + row.get("item"))
                .containsExactlyInAnyOrder(rows);
    }
}
