/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import io.dolake.sink.config.TypeConfig;
import io.dolake.sink.row.Change;
import io.dolake.sink.row.KeyBytes;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.row.SoftDeletes;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.types.ConnectTypes;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TableBufferTest {
    private static final TableIdentifier TABLE = TableIdentifier.of("shop", "orders");
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);
    private static final RowShape SHAPE =
            RowShape.of(Shop.ORDERS, List.of("id"), Set.of(), new ConnectTypes(TypeConfig.DEFAULT));

    private final TableBuffer buffer = new TableBuffer(TABLE, new SoftDeletes("__"), 0);

    @Test
    void keepsTheLastChangeOfAKey() {
        add(upsert(1, 10), 0);
        add(upsert(1, 20), 1);
        assertThat(buffer.rows()).hasSize(1);
        assertThat(buffer.rows().values()).first().satisfies(entry -> {
            assertThat(entry.row().length()).isEqualTo(20);
            assertThat(entry.offset()).isEqualTo(1);
        });
    }

    @Test
    void aDeleteAfterAnInsertIsADelete() {
        add(upsert(1, 10), 0);
        add(delete(1), 1);
        assertThat(buffer.rows().values()).singleElement().matches(TableBuffer.Entry::isDelete);
    }

    @Test
    void aTruncateDropsWhatWaitsAndIsRemembered() {
        add(upsert(1, 10), 0);
        add(new Change.Truncate(TABLE), 1);
        add(upsert(2, 10), 2);
        assertThat(buffer.rows()).hasSize(1);
        assertThat(buffer.truncation()).isEqualTo(new TableBuffer.Truncation(PARTITION, 1));
    }

    @Test
    void countsTheOffsetsOfAllChangesFoldedOrNot() {
        add(upsert(1, 10), 5);
        add(upsert(1, 10), 6);
        add(new Change.Truncate(TABLE), 9);
        assertThat(buffer.firstOffsets()).containsEntry(PARTITION, 5L);
    }

    @Test
    void bytesAreThoseOfWhatIsKept() {
        long first = add(upsert(1, 10), 0);
        long second = add(upsert(1, 30), 1);
        long third = add(new Change.Truncate(TABLE), 2);
        assertThat(second).isEqualTo(20);
        assertThat(first + second + third).isZero();
        assertThat(buffer.bytes()).isZero();
    }

    @Test
    void refusesAnotherKeyWithoutATruncateBetween() {
        add(upsert(1, 10), 0);
        Change other = new Change.Delete(TABLE, List.of("item"), KeyBytes.of(new Object[] {"tea"}));
        assertThatThrownBy(() -> add(other, 1)).isInstanceOf(DoLakeException.class);
        add(new Change.Truncate(TABLE), 2);
        add(other, 3);
        assertThat(buffer.keyNames()).containsExactly("item");
    }

    private long add(Change change, long offset) {
        return buffer.add(change, PARTITION, offset, 0L);
    }

    private static Change upsert(long id, int bytes) {
        return new Change.Upsert(TABLE, SHAPE, KeyBytes.of(new Object[] {id}), new byte[bytes]);
    }

    private static Change delete(long id) {
        return new Change.Delete(TABLE, List.of("id"), KeyBytes.of(new Object[] {id}));
    }
}
