/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ByteSliceTest {
    private final byte[] array = "0123456789".getBytes(StandardCharsets.US_ASCII);

    @Test
    void holdsARunOfAnArrayWithoutCopyingIt() {
        ByteSlice slice = new ByteSlice(array, 2, 3);
        assertThat(slice.toString(StandardCharsets.US_ASCII)).isEqualTo("234");
        assertThat(slice.array()).isSameAs(array);
        assertThat(slice.toBytes()).hasSize(3);
    }

    @Test
    void comparesByContent() {
        assertThat(new ByteSlice(array, 2, 1).contentEquals(new ByteSlice(new byte[] {'2'})))
                .isTrue();
        assertThat(new ByteSlice(array, 2, 2).contentEquals(new ByteSlice(array, 3, 2)))
                .isFalse();
        assertThat(new ByteSlice().contentEquals(new ByteSlice(array, 10, 0))).isTrue();
    }

    @Test
    void refusesWhatLiesOutsideTheArray() {
        assertThatThrownBy(() -> new ByteSlice(array, 9, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new ByteSlice(array, -1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new ByteSlice(array, 1, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new ByteSlice(array, 5, Integer.MAX_VALUE))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
