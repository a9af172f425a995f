/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import static io.dolake.schemas.Tables.bytes;
import static io.dolake.schemas.Tables.column;
import static io.dolake.schemas.Tables.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.ColumnSchema.Generated;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SqliteRecordTest {
    private static final TableSchema ONE = table(TextEncoding.UTF_8, -1, column("a", "", 0, null));

    private static Object one(TableSchema schema, int... record) {
        return SqliteRecord.values(schema, 42, new ByteSlice(bytes(record)))[0];
    }

    @Test
    void integersAreOfOneToEightBytes() {
        assertThat(one(ONE, 2, 8)).isEqualTo(0L);
        assertThat(one(ONE, 2, 9)).isEqualTo(1L);
        assertThat(one(ONE, 2, 1, 0xFF)).isEqualTo(-1L);
        assertThat(one(ONE, 2, 2, 0x80, 0)).isEqualTo(-32768L);
        assertThat(one(ONE, 2, 3, 1, 0, 0)).isEqualTo(65536L);
        assertThat(one(ONE, 2, 4, 0x7F, 0xFF, 0xFF, 0xFF)).isEqualTo((long) Integer.MAX_VALUE);
        assertThat(one(ONE, 2, 5, 0x80, 0, 0, 0, 0, 0)).isEqualTo(-140737488355328L);
        assertThat(one(ONE, 2, 6, 0x80, 0, 0, 0, 0, 0, 0, 0)).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void realsTextsBlobsAndNullAreRead() {
        assertThat(one(ONE, 2, 7, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0)).isEqualTo(1.5);
        assertThat(one(ONE, 2, 17, 'h', 'i')).isEqualTo("hi");
        assertThat(one(ONE, 2, 13)).isEqualTo("");
        assertThat(one(ONE, 2, 16, 1, 2)).isEqualTo(bytes(1, 2));
        assertThat(one(ONE, 2, 0)).isNull();
    }

    @Test
    void textIsInTheEncodingOfTheDatabase() {
        TableSchema little = table(TextEncoding.UTF_16LE, -1, column("a", "", 0, null));
        TableSchema big = table(TextEncoding.UTF_16BE, -1, column("a", "", 0, null));
        assertThat(one(little, 2, 17, 0xAC, 0x20)).isEqualTo("\u20ac");
        assertThat(one(big, 2, 17, 0x20, 0xAC)).isEqualTo("\u20ac");
    }

    @Test
    void textThatIsNotWellFormedKeepsItsBytes() {
        TableSchema little = table(TextEncoding.UTF_16LE, -1, column("a", "", 0, null));
        assertThat(one(ONE, 2, 15, 0xFF)).isEqualTo(new RawText(bytes(0xFF))); // A4
        assertThat(one(ONE, 2, 15, 0xFE)).isEqualTo(new RawText(bytes(0xFE)));
        assertThat(one(ONE, 2, 19, 0xED, 0xA0, 0x80)).isEqualTo(new RawText(bytes(0xED, 0xA0, 0x80)));
        assertThat(one(ONE, 2, 19, 0xEF, 0xBF, 0xBD)).isEqualTo("\uFFFD");
        assertThat(one(ONE, 2, 19, 'a', 0, 'b')).isEqualTo("a\0b");
        assertThat(one(little, 2, 17, 0x00, 0xD8)).isEqualTo(new RawText(bytes(0x00, 0xD8)));
        assertThat(one(little, 2, 15, 0x41)).isEqualTo(new RawText(bytes(0x41)));
    }

    @Test
    void theRowidStandsForItsAlias() {
        TableSchema schema = table(TextEncoding.UTF_8, 0, column("id", "INTEGER", 1, null));
        assertThat(one(schema, 2, 0)).isEqualTo(42L);
    }

    @Test
    void anIntegerInARealColumnIsAReal() {
        TableSchema schema = table(TextEncoding.UTF_8, -1, column("r", "DOUBLE", 0, null));
        assertThat(one(schema, 2, 1, 3)).isEqualTo(3.0);
    }

    @Test
    void aShortRecordTakesDefaults() {
        TableSchema schema = table(
                TextEncoding.UTF_8,
                -1,
                column("a", "", 0, null),
                column("b", "TEXT", 0, "d"),
                column("c", "", 0, null));
        assertThat(SqliteRecord.values(schema, 1, new ByteSlice(bytes(2, 9)))).containsExactly(1L, "d", null);
    }

    @Test
    void virtualColumnsAreNotInTheRecord() {
        ColumnSchema virtual = new ColumnSchema("v", "INT", false, 0, Generated.VIRTUAL, null);
        TableSchema schema = table(TextEncoding.UTF_8, -1, virtual, column("b", "", 0, null));
        assertThat(SqliteRecord.values(schema, 1, new ByteSlice(bytes(2, 9)))).containsExactly(null, 1L);
    }

    @Test
    void aWithoutRowidRecordBeginsWithTheKey() {
        TableSchema schema =
                Tables.withoutRowid(column("v", "", 0, null), column("b", "", 2, null), column("a", "", 1, null));
        assertThat(SqliteRecord.values(schema, 0, new ByteSlice(bytes(4, 1, 1, 1, 10, 20, 30))))
                .containsExactly(30L, 20L, 10L);
    }

    @Test
    void aSliceIsReadWithinItsBounds() {
        ByteSlice slice = new ByteSlice(bytes(99, 99, 2, 1, 5, 99), 2, 3);
        assertThat(SqliteRecord.values(ONE, 1, slice)).containsExactly(5L);
    }

    @Test
    void lyingLengthsAreErrors() {
        int[][] records = {
            {},
            {0},
            {9, 1},
            {2, 6, 1, 2},
            {2, 200},
            {2, 10},
            {2, 11},
            {3, 0xFF, 0xFF},
            {2, 17, 'x'},
            {10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}
        };
        for (int[] record : records) {
            assertThatThrownBy(() -> one(ONE, record))
                    .isInstanceOfSatisfying(
                            DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WAL_CORRUPT));
        }
    }

    @Test
    void randomBytesAreValuesOrATypedError() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            byte[] record = new byte[random.nextInt(24)];
            random.nextBytes(record);
            if (record.length > 0 && random.nextBoolean()) {
                record[0] = (byte) random.nextInt(record.length + 1);
            }
            try {
                SqliteRecord.values(ONE, 1, new ByteSlice(record));
            } catch (DoLakeException e) {
                assertThat(e.code()).as("seed %d", seed).isEqualTo(ErrorCode.WAL_CORRUPT);
            }
        }
    }
}
