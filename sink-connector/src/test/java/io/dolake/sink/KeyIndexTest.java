/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyIndexTest {
    private final KeyIndex index = new KeyIndex(1L << 26, "shop.orders");

    @Test
    void behavesAsAMapUnderRandomUse() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("KeyIndexTest seed=" + seed);
        Random random = new Random(seed);
        Map<Integer, Long> model = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            int key = random.nextInt(20_000);
            if (random.nextInt(3) == 0) {
                index.remove(hash(key));
                model.remove(key);
            } else {
                int file = 1 + random.nextInt(50);
                int position = random.nextInt(Integer.MAX_VALUE);
                index.put(hash(key), file, position);
                model.put(key, KeyIndex.pack(file, position));
            }
        }
        assertThat(index.size()).isEqualTo(model.size());
        for (int key = 0; key < 20_000; key++) {
            assertThat(index.find(hash(key))).isEqualTo(model.getOrDefault(key, KeyIndex.ABSENT));
        }
    }

    @Test
    void forgetsTheKeysOfFilesThatWent() {
        index.put(hash(1), 1, 10);
        index.put(hash(2), 2, 20);
        index.keepFiles(file -> file == 2);
        assertThat(index.find(hash(1))).isEqualTo(KeyIndex.ABSENT);
        assertThat(KeyIndex.position(index.find(hash(2)))).isEqualTo(20);
    }

    @Test
    void refusesToGrowPastItsLimit() {
        KeyIndex small = new KeyIndex(1 << 16, "shop.orders");
        assertThatThrownBy(() -> {
                    for (int key = 0; key < 10_000; key++) {
                        small.put(hash(key), 1, key);
                    }
                })
                .isInstanceOf(DoLakeException.class)
                .hasMessageContaining("shop.orders")
                .hasMessageContaining(SinkConfig.INDEX_MAX_BYTES);
    }

    private static KeyHash hash(int key) {
        return KeyHash.of(KeyBytes.of(new Object[] {key}).bytes(), 42);
    }
}
