/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.row.KeyBytes;
import io.dolake.sink.table.TableAccess;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.Lake;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Worker;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** B3: the key of a table may grow by an optional column in which no row has a value yet. */
class KeyGrowthTest {
    private static final Schema PLAIN = SchemaBuilder.struct()
            .field("k", Schema.INT64_SCHEMA)
            .field("v", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    private static final Schema WIDE = SchemaBuilder.struct()
            .field("k", Schema.OPTIONAL_INT64_SCHEMA)
            .field("v", Schema.OPTIONAL_STRING_SCHEMA)
            .field("_r", Schema.OPTIONAL_STRING_SCHEMA)
            .build();

    @TempDir
    Path directory;

    @AutoClose
    private Lake lake;

    private final FakeTopic topic = new FakeTopic("dosql.shop.t", 0, "t");

    private void drain(String... settings) {
        Map<String, String> all = lake.settings("dolake-sink");
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        Worker.drain(all, topic);
    }

    private FakeTopic plain() {
        return topic.shape(PLAIN, "k");
    }

    /** Ordinary rows once others were seen: the row has the column, the key has not. */
    private FakeTopic plainInWide() {
        return topic.shape(WIDE, "k");
    }

    private FakeTopic wide() {
        return topic.shape(WIDE, "k", "_r");
    }

    @Test
    void theKeyGrowsAndStaysOneKeyPerRow() {
        lake = new Lake(directory);
        plain().upsert("c", 1L, "a").upsert("c", 2L, "b");
        drain();
        assertThat(lake.table("t").schema().identifierFieldNames()).containsExactly("k");
        wide().upsert("c", null, "x", "r1").upsert("c", null, "y", "r2").upsert("c", 2L, "z", "r3");
        plainInWide().upsert("u", 1L, "a2", null);
        wide().upsert("u", null, "y2", "r2");
        drain();
        assertThat(TableAccess.keyColumns(lake.table("t"))).containsExactly("_r", "k");
        assertThat(lake.table("t").schema().identifierFieldIds()).isEmpty();
        assertThat(lake.table("t").schema().findField("k").isOptional()).isTrue();
        plainInWide().upsert("u", 2L, "b2", null).delete(1L);
        wide().delete(null, "r1");
        drain();
        assertThat(lake.rows("t"))
                .containsExactlyInAnyOrder(
                        Map.of("k", "2", "v", "b2", "_r", "null"),
                        Map.of("k", "null", "v", "y2", "_r", "r2"),
                        Map.of("k", "2", "v", "z", "_r", "r3"));
        plain().upsert("c", 9L, "old form").delete(2L); // a source that was started anew
        drain();
        assertThat(TableAccess.keyColumns(lake.table("t"))).containsExactly("_r", "k");
        assertThat(lake.rows("t")).hasSize(3).contains(Map.of("k", "9", "v", "old form", "_r", "null"));
        Oracle.assertKeysOnce(lake.table("t"));
    }

    @Test
    void aTableMayBeginWithTheLargerKey() {
        lake = new Lake(directory);
        wide().upsert("c", null, "x", "r1");
        plainInWide().upsert("c", 1L, "a", null);
        drain();
        plain().upsert("u", 1L, "b");
        drain();
        assertThat(lake.rows("t"))
                .containsExactlyInAnyOrder(
                        Map.of("k", "null", "v", "x", "_r", "r1"), Map.of("k", "1", "v", "b", "_r", "null"));
        Oracle.assertKeysOnce(lake.table("t"));
    }

    @Test
    void theDeleteOfARowThatTheTableNeverHadChangesNothing() {
        lake = new Lake(directory);
        plain().upsert("c", 1L, "a");
        drain();
        wide().delete(null, "r1");
        drain();
        assertThat(TableAccess.keyColumns(lake.table("t"))).containsExactly("k");
        plain().upsert("u", 1L, "b");
        drain();
        assertThat(lake.rows("t")).containsExactly(Map.of("k", "1", "v", "b"));
    }

    /** Of a compacted topic a tombstone may be all that is left of a delete. */
    @Test
    void tombstonesOfBothKeysDeleteTheirRows() {
        lake = new Lake(directory);
        plain().upsert("c", 1L, "a").upsert("c", 2L, "b");
        wide().upsert("c", null, "x", "r1").upsert("c", null, "y", "r2");
        tombstone(wide(), null, "r1");
        tombstone(plain(), 1L);
        drain();
        assertThat(lake.rows("t"))
                .containsExactlyInAnyOrder(
                        Map.of("k", "2", "v", "b", "_r", "null"), Map.of("k", "null", "v", "y", "_r", "r2"));
    }

    private static void tombstone(FakeTopic topic, Object... key) {
        topic.delete(key);
        topic.records.remove(topic.records.size() - 2); // the envelope
        org.apache.kafka.connect.sink.SinkRecord last = topic.records.remove(topic.records.size() - 1);
        topic.add(last.keySchema(), last.key(), null, null);
    }

    /** Against a model, over commits and restarts, with deletion vectors, delete files and marked rows. */
    @ParameterizedTest
    @CsvSource({"3, upsert", "2, upsert", "3, soft-delete"})
    void rowsAreThoseOfAModel(int formatVersion, String mode) {
        lake = new Lake(directory, formatVersion);
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        Map<List<Object>, String> model = new HashMap<>();
        boolean grown = false;
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 60; i++) {
                grown |= round > 0 && random.nextInt(20) == 0;
                boolean isOdd = grown && random.nextInt(3) == 0;
                Long k = isOdd && random.nextBoolean() ? null : (Long) (long) random.nextInt(20);
                String r = isOdd ? "r" + random.nextInt(6) : null;
                if (random.nextInt(4) == 0) {
                    change(isOdd, k, r);
                    model.remove(Arrays.asList(k, r));
                } else {
                    String v = "v" + random.nextInt(1000);
                    upsert(isOdd, k, v, r);
                    model.put(Arrays.asList(k, r), v);
                }
            }
            drain("dolake.table.mode", mode);
        }
        List<String> expected = new ArrayList<>();
        model.forEach((key, v) -> expected.add(key.get(0) + " " + key.get(1) + " " + v));
        List<String> rows = lake.rows("t").stream()
                .filter(row -> !"true".equals(row.get("__deleted")))
                .map(row -> row.get("k") + " " + row.get("_r") + " " + row.get("v"))
                .toList();
        assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
        Oracle.assertKeysOnce(lake.table("t"));
    }

    private void change(boolean isOdd, Long k, String r) {
        if (isOdd) {
            wide().delete(k, r);
        } else {
            plain().delete(k);
        }
    }

    private void upsert(boolean isOdd, Long k, String v, String r) {
        if (isOdd) {
            wide().upsert("c", k, v, r);
        } else if (v.hashCode() % 2 == 0) {
            plainInWide().upsert("c", k, v, null);
        } else {
            plain().upsert("c", k, v);
        }
    }

    @Test
    void aColumnThatHasValuesDoesNotJoin() {
        lake = new Lake(directory);
        topic.shape(WIDE, "k").upsert("c", 1L, "a", "value");
        drain();
        wide().upsert("c", 2L, "b", "other");
        assertThatThrownBy(this::drain)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("its key columns are [k], those of the records [_r, k]");
    }

    @Test
    void aRequiredColumnDoesNotJoin() {
        lake = new Lake(directory);
        plain().upsert("c", 1L, "a");
        drain();
        Schema two = SchemaBuilder.struct()
                .field("k", Schema.INT64_SCHEMA)
                .field("v", Schema.OPTIONAL_STRING_SCHEMA)
                .field("w", Schema.STRING_SCHEMA)
                .build();
        topic.shape(two, "k", "w").upsert("c", 1L, "a", "w");
        assertThatThrownBy(this::drain).isInstanceOf(ConnectException.class).hasMessageContaining("key columns");
    }

    @Test
    void aKeyDoesNotLackARequiredColumn() {
        lake = new Lake(directory);
        Schema two = SchemaBuilder.struct()
                .field("k", Schema.INT64_SCHEMA)
                .field("w", Schema.STRING_SCHEMA)
                .build();
        topic.shape(two, "k", "w").upsert("c", 1L, "a");
        drain();
        topic.shape(two, "k").upsert("u", 1L, "b");
        assertThatThrownBy(this::drain).isInstanceOf(ConnectException.class).hasMessageContaining("key columns");
    }

    @Test
    void widenedKeysAreThoseWithNull() {
        Object[] values = {
            1L,
            "text",
            null,
            1.5,
            true,
            ByteBuffer.wrap(new byte[] {1, 2}),
            new java.math.BigDecimal("12.345"),
            UUID.randomUUID(),
            ""
        };
        List<String> names = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i");
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            List<String> part = new ArrayList<>();
            List<Object> given = new ArrayList<>();
            Object[] whole = new Object[values.length];
            for (int i = 0; i < values.length; i++) {
                if (random.nextBoolean()) {
                    part.add(names.get(i));
                    given.add(values[i]);
                    whole[i] = values[i];
                }
            }
            assertThat(KeyBytes.of(given.toArray()).widened(part, names)).isEqualTo(KeyBytes.of(whole));
        }
    }

    /** A8: what is one column in the source is one in the lake. */
    @Test
    void aColumnRenamedInCaseIsRenamed() {
        lake = new Lake(directory);
        topic.shape(row("id", "a", "b"), "id").upsert("c", 1L, "x", "y");
        drain();
        int id = lake.table("t").schema().findField("a").fieldId();
        topic.truncate();
        topic.shape(row("id", "A", "b"), "id").upsert("r", 1L, "x", "y").upsert("r", 2L, "x2", "y2");
        drain();
        Table table = lake.table("t");
        assertThat(names(table)).containsExactly("id", "A", "b");
        assertThat(table.schema().findField("A").fieldId()).isEqualTo(id);
        assertThat(lake.rows("t"))
                .containsExactlyInAnyOrder(
                        new TreeMap<>(Map.of("id", "1", "A", "x", "b", "y")),
                        new TreeMap<>(Map.of("id", "2", "A", "x2", "b", "y2")));
    }

    @Test
    void aKeyColumnRenamedInCaseIsRenamed() {
        lake = new Lake(directory);
        topic.shape(row("id", "a"), "id").upsert("c", 1L, "x");
        drain();
        topic.truncate();
        drain();
        topic.shape(row("ID", "a"), "ID").upsert("r", 1L, "x");
        drain();
        topic.upsert("u", 1L, "z");
        drain();
        assertThat(names(lake.table("t"))).containsExactly("ID", "a");
        assertThat(TableAccess.keyColumns(lake.table("t"))).containsExactly("ID");
        assertThat(lake.rows("t")).containsExactly(new TreeMap<>(Map.of("ID", "1", "a", "z")));
    }

    /** A5: letters outside ASCII have no case in SQLite. */
    @Test
    void columnsThatDifferInTheCaseOfOtherLettersStayTwo() {
        lake = new Lake(directory);
        topic.shape(row("id", "\u00e4"), "id").upsert("c", 1L, "x");
        drain();
        topic.truncate();
        topic.shape(row("id", "\u00c4"), "id").upsert("r", 1L, "y");
        drain();
        assertThat(names(lake.table("t"))).containsExactly("id", "\u00e4", "\u00c4");
    }

    private static List<String> names(Table table) {
        return table.schema().columns().stream().map(field -> field.name()).toList();
    }

    private static Schema row(String key, String... columns) {
        SchemaBuilder row = SchemaBuilder.struct().field(key, Schema.INT64_SCHEMA);
        for (String column : columns) {
            row.field(column, Schema.OPTIONAL_STRING_SCHEMA);
        }
        return row.build();
    }
}
