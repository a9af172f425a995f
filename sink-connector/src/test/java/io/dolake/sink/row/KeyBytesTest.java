/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyBytesTest {
    @Test
    void integersOfAnyWidthAreTheSameKey() {
        assertThat(key(5)).isEqualTo(key(5L)).hasSameHashCodeAs(key(5L));
    }

    @Test
    void floatsOfAnyWidthAreTheSameKey() {
        assertThat(key(1.5f)).isEqualTo(key(1.5));
    }

    @Test
    void zeroHasNoSignInAKey() {
        assertThat(key(-0.0)).isEqualTo(key(0.0));
    }

    @Test
    void decimalsOfAnyScaleAreTheSameKey() {
        assertThat(key(new BigDecimal("1.50"))).isEqualTo(key(new BigDecimal("1.5")));
    }

    @Test
    void columnsDoNotRunIntoEachOther() {
        assertThat(key("ab", "c")).isNotEqualTo(key("a", "bc"));
    }

    @Test
    void nullIsAKeyOfItsOwn() {
        assertThat(key((Object) null)).isNotEqualTo(key("")).isEqualTo(key((Object) null));
    }

    @Test
    void hashesOfManyKeysDiffer() {
        Set<KeyHash> hashes = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            hashes.add(KeyHash.of(key("key-" + i).bytes(), 7));
        }
        assertThat(hashes).hasSize(100_000);
    }

    private static KeyBytes key(Object... values) {
        return KeyBytes.of(values);
    }
}
