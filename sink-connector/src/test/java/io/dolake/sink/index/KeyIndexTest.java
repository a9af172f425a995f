/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.IndexConfig;
import io.dolake.sink.row.KeyBytes;
import io.dolake.sink.row.KeyHash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyIndexTest {
    private static final long ALL = 1L << 26;

    @TempDir
    Path directory;

    private final IndexSpace.Usage usage = new IndexSpace.Usage();

    /** In memory, in the file from the first page on, and half and half. */
    @ParameterizedTest
    @ValueSource(longs = {ALL, 0, 400_000})
    void behavesAsAMapUnderRandomUse(long memoryBytes) {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("KeyIndexTest seed=" + seed);
        Random random = new Random(seed);
        Map<Integer, Long> model = new HashMap<>();
        try (IndexSpace space = space(memoryBytes, ALL)) {
            KeyIndex index = new KeyIndex(space, "shop.orders");
            for (int round = 0; round < 60; round++) {
                // Grows in some rounds and shrinks in others, so that pages are split and merged.
                int removesOfTen = random.nextInt(11);
                int keys = 1 << random.nextInt(16);
                for (int i = 0; i < 3_000; i++) {
                    int key = random.nextInt(keys);
                    if (random.nextInt(10) < removesOfTen) {
                        assertThat(index.remove(hash(key))).isEqualTo(orAbsent(model.remove(key)));
                    } else {
                        long place = place(random);
                        assertThat(index.put(hash(key), RowPosition.file(place), RowPosition.position(place)))
                                .isEqualTo(orAbsent(model.put(key, place)));
                    }
                }
                putBatch(index, model, random);
                if (random.nextInt(5) == 0) {
                    int gone = random.nextInt(60);
                    index.keepFiles(file -> file % 60 < gone);
                    model.values().removeIf(place -> RowPosition.file(place) % 60 >= gone);
                } else if (random.nextInt(20) == 0) {
                    index.clear();
                    model.clear();
                    assertThat(index.bytes()).isZero();
                    assertThat(index.spilledBytes()).isZero();
                }
                assertSame(index, model);
            }
            index.clear();
            assertThat(usage.memoryBytes()).isZero();
            assertThat(usage.spilledBytes()).isZero();
        }
    }

    private static void putBatch(KeyIndex index, Map<Integer, Long> model, Random random) {
        KeyBatch batch = new KeyBatch();
        List<Long> replaced = new ArrayList<>();
        List<Long> expected = new ArrayList<>();
        int first = random.nextInt(60_000);
        for (int key = first; key < first + random.nextInt(5_000); key++) {
            long place = place(random);
            batch.add(hash(key), place);
            Long previous = model.put(key, place);
            if (previous != null) {
                expected.add(previous);
            }
        }
        index.putAll(batch, replaced::add);
        assertThat(replaced).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static void assertSame(KeyIndex index, Map<Integer, Long> model) {
        assertThat(index.size()).isEqualTo(model.size());
        KeyBatch batch = new KeyBatch();
        for (int key = 0; key < 1 << 16; key++) {
            batch.add(hash(key), 0);
        }
        index.findAll(batch);
        for (int key = 0; key < batch.size(); key++) {
            long expected = orAbsent(model.get(key));
            if (batch.place(key) != expected || (key % 64 == 0 && index.find(hash(key)) != expected)) {
                assertThat(batch.place(key)).as("key %s", key).isEqualTo(expected);
                assertThat(index.find(hash(key))).as("key %s", key).isEqualTo(expected);
            }
        }
    }

    @Test
    void keepsToItsMemoryAndHasTheRestInAFileWithoutAName() throws Exception {
        try (IndexSpace space = space(400_000, ALL)) {
            KeyIndex index = new KeyIndex(space, "shop.orders");
            fill(index, 100_000);
            assertThat(index.bytes()).isBetween(390_000L, 400_000L + 64_000);
            assertThat(index.spilledBytes()).isBetween(2_000_000L, 6_000_000L);
            assertThat(usage.spilledBytes()).isEqualTo(index.spilledBytes());
            try (var files = Files.list(directory)) {
                assertThat(files).as("a process that dies leaves nothing").isEmpty();
            }
        }
        assertThat(usage.memoryBytes()).isZero();
        assertThat(usage.spilledBytes()).isZero();
    }

    @Test
    void theTablesOfAWorkerShareItsMemory() {
        try (IndexSpace space = space(ALL, ALL, 400_000)) {
            KeyIndex first = new KeyIndex(space, "shop.orders");
            KeyIndex second = new KeyIndex(space, "shop.items");
            fill(first, 20_000);
            fill(second, 20_000);
            assertThat(second.spilledBytes()).isPositive();
            first.clear();
            fill(second, 20_000);
            assertThat(second.bytes()).as("memory that others gave back").isGreaterThan(350_000);
            assertThat(index(second, 0)).isEqualTo(0);
            assertThat(index(second, 19_999)).isEqualTo(19_999);
        }
    }

    @Test
    void aTableThatShrinksGivesBackWhatItTook() {
        try (IndexSpace space = space(ALL, ALL)) {
            KeyIndex index = new KeyIndex(space, "shop.orders");
            fill(index, 100_000);
            long full = index.bytes();
            for (int key = 500; key < 100_000; key++) {
                index.remove(hash(key));
            }
            assertThat(index.bytes()).isLessThan(full / 20);
            assertThat(index(index, 499)).isEqualTo(499);
        }
    }

    @Test
    void refusesToGrowPastMemoryAndDisk() {
        try (IndexSpace space = space(100_000, 200_000)) {
            KeyIndex small = new KeyIndex(space, "shop.orders");
            assertThatThrownBy(() -> fill(small, 20_000)).isInstanceOfSatisfying(DoLakeException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                assertThat(e.getMessage())
                        .isEqualTo("Cannot index the keys of table shop.orders: the indexes of this worker take "
                                + usage.memoryBytes() + " bytes of memory and 196608 of disk, and"
                                + " dolake.index.spill.max.bytes is 200000");
                assertThat(e.hint().orElseThrow()).contains(IndexConfig.SPILL_MAX_BYTES, IndexConfig.MEMORY_MAX_BYTES);
            });
        }
    }

    @Test
    void saysWhereItCannotWrite() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        try (IndexSpace space = new IndexSpace(new IndexConfig(0, 0, file, ALL, 1), usage)) {
            KeyIndex index = new KeyIndex(space, "shop.orders");
            assertThatThrownBy(() -> fill(index, 1))
                    .isInstanceOf(DoLakeException.class)
                    .hasMessageStartingWith("Cannot write the file of the key indexes in " + file);
        }
    }

    private IndexSpace space(long tableBytes, long spillBytes) {
        return space(tableBytes, spillBytes, ALL);
    }

    private IndexSpace space(long tableBytes, long spillBytes, long memoryBytes) {
        return new IndexSpace(new IndexConfig(tableBytes, memoryBytes, directory, spillBytes, 1), usage);
    }

    private static void fill(KeyIndex index, int keys) {
        for (int key = 0; key < keys; key++) {
            index.put(hash(key), 1, key);
        }
    }

    private static int index(KeyIndex index, int key) {
        return RowPosition.position(index.find(hash(key)));
    }

    private static long place(Random random) {
        return RowPosition.pack(1 + random.nextInt(50), random.nextInt(Integer.MAX_VALUE));
    }

    private static long orAbsent(Long place) {
        return place == null ? KeyIndex.ABSENT : place;
    }

    private static KeyHash hash(int key) {
        return KeyHash.of(KeyBytes.of(new Object[] {key}).bytes(), 42);
    }
}
