/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.cdc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.Lsn;
import org.junit.jupiter.api.Test;

class SendWindowTest {
    private final SendWindow.Total total = new SendWindow.Total(1_000_000);
    private final SendWindow window = new SendWindow(3, 1_000, total, Lsn.ZERO);

    private void add(int count) {
        for (int i = 1; i <= count; i++) {
            window.add(new Batch(i, new byte[0], 10, new Lsn(i - 1), new Lsn(i)));
        }
    }

    private long take() {
        Batch batch = window.take();
        return batch == null ? 0 : batch.sequence();
    }

    @Test
    void onlySoManyBatchesAreInFlight() {
        add(5);
        assertThat(new long[] {take(), take(), take(), take()}).containsExactly(1, 2, 3, 0);
        window.acknowledge(2);
        assertThat(new long[] {take(), take(), take()}).containsExactly(4, 5, 0);
        assertThat(window.sentLsn()).isEqualTo(new Lsn(5));
        assertThat(window.pendingEvents()).isEqualTo(30);
    }

    @Test
    void refusedBatchesComeAgainInOrder() {
        add(4);
        take();
        take();
        take();
        window.refuse(2);
        assertThat(window.sentLsn()).isEqualTo(new Lsn(1));
        assertThat(new long[] {take(), take(), take(), take()}).containsExactly(2, 3, 4, 0);
    }

    @Test
    void refusalOfALaterBatchTakesTheEarlierOnesAsArrived() {
        add(4);
        take();
        take();
        take();
        window.refuse(3);
        assertThat(new long[] {take(), take()}).containsExactly(3, 4);
        assertThat(window.pendingEvents()).isEqualTo(20);
    }

    @Test
    void answerToABatchThatWasNotSentIsAnError() {
        add(2);
        take();
        assertThatThrownBy(() -> window.acknowledge(2)).hasMessageContaining("the last batch sent is 1");
        assertThatThrownBy(() -> window.refuse(2)).hasMessageContaining("the last batch sent is 1");
    }

    @Test
    void keepAliveDoesNotOvertakeUnsentBatches() {
        add(1);
        assertThat(window.advance(new Lsn(9))).isFalse();
        take();
        assertThat(window.advance(new Lsn(9))).isTrue();
        assertThat(window.advance(new Lsn(9))).isFalse();
        assertThat(window.sentLsn()).isEqualTo(new Lsn(9));
    }

    /** D8: how large batches are is what the consumer asks for, and so is how many it leaves unacknowledged. */
    @Test
    void isFullByBytesTooAndLetsOneLargeBatchThrough() {
        for (int i = 1; i <= 3; i++) {
            window.add(new Batch(i, new byte[600 * i], 1, new Lsn(i - 1), new Lsn(i)));
        }
        assertThat(window.take().sequence()).isEqualTo(1);
        assertThat(window.isFull()).isFalse();
        assertThat(window.take().sequence()).isEqualTo(2);
        assertThat(window.take()).isNull();
        window.acknowledge(1);
        assertThat(window.isFull()).isTrue();
        window.refuse(2);
        assertThat(window.isFull()).isFalse();
        assertThat(window.take().sequence()).isEqualTo(2);
        window.acknowledge(2);
        assertThat(window.take().sequence()).isEqualTo(3);
        assertThat(window.isFull()).isTrue();
        window.acknowledge(3);
        assertThat(window.isFull()).isFalse();
    }

    @Test
    void beyondTheTotalEachHasOneInFlight() {
        SendWindow.Total few = new SendWindow.Total(1_000);
        SendWindow first = new SendWindow(3, 1_000, few, Lsn.ZERO);
        SendWindow second = new SendWindow(3, 1_000, few, Lsn.ZERO);
        for (int i = 1; i <= 3; i++) {
            first.add(new Batch(i, new byte[300], 1, new Lsn(i - 1), new Lsn(i)));
            second.add(new Batch(i, new byte[300], 1, new Lsn(i - 1), new Lsn(i)));
        }
        assertThat(few.bytes()).isEqualTo(1_800);
        assertThat(first.take()).isNotNull();
        assertThat(first.take()).isNull();
        assertThat(second.take()).isNotNull();
        first.refuse(1);
        assertThat(few.bytes()).isEqualTo(1_800);
        second.close();
        second.close();
        assertThat(few.bytes()).isEqualTo(900);
        assertThat(first.take()).isNotNull();
        assertThat(first.take()).isNotNull();
        first.acknowledge(2);
        assertThat(few.bytes()).isEqualTo(300);
        second.add(new Batch(4, new byte[300], 1, new Lsn(3), new Lsn(4)));
        first.close();
        assertThat(few.bytes()).isZero();
    }
}
