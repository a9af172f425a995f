/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import static io.dolake.schemas.Tables.bytes;
import static io.dolake.schemas.Tables.column;
import static io.dolake.schemas.Tables.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.ColumnSchema.Generated;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChangeCodecTest {
    private static final TableSchema T = table(
            TextEncoding.UTF_16BE,
            0,
            column("id", "INTEGER", 1, null),
            column("a", "TEXT", 0, "d\u00e9f"),
            column("b", "BLOB", 0, bytes(1, 2)),
            column("c", "INT", 0, Long.MIN_VALUE),
            column("r", "REAL", 0, -0.5),
            new ColumnSchema("g", "INT", true, 0, Generated.STORED, null));
    private static final TableSchema W = Tables.withoutRowid(column("k", "TEXT", 1, null));

    /** Keeps the events that it receives. */
    private static final class Log implements ChangeListener {
        private final List<Object> entries = new ArrayList<>();

        @Override
        public void begin(Lsn lsn, long commitTimeMs) {
            entries.add("begin " + lsn + " " + commitTimeMs);
        }

        @Override
        public void schemaChange(SchemaChange change) {
            entries.add(change);
        }

        @Override
        public void rowChange(RowChange change) {
            entries.add(List.of(
                    change.event(),
                    change.operation(),
                    change.rowid(),
                    Optional.ofNullable(change.beforeSchema()),
                    change.beforeSchema() == null
                            ? ""
                            : List.of(boxed(change.before().toBytes())),
                    Optional.ofNullable(change.afterSchema()),
                    change.afterSchema() == null
                            ? ""
                            : List.of(boxed(change.after().toBytes()))));
        }

        @Override
        public void commit(long events) {
            entries.add("commit " + events);
        }

        private static List<Byte> boxed(byte[] bytes) {
            List<Byte> list = new ArrayList<>();
            for (byte b : bytes) {
                list.add(b);
            }
            return list;
        }
    }

    private static void transaction(ChangeListener listener) {
        listener.begin(new Lsn(-1), 1_700_000_000_000L);
        listener.schemaChange(
                new SchemaChange(0, SchemaChange.Kind.ALTER, "table", "t", "old", "CREATE TABLE t(...)", T));
        listener.schemaChange(
                new SchemaChange(1, SchemaChange.Kind.DROP, "index", "i", null, "DROP INDEX \"i\"", null));
        RowChange row = new RowChange();
        row.after().set(bytes(1, 2, 3), 1, 2);
        listener.rowChange(row.set(2, Operation.CREATE, Long.MIN_VALUE, null, T));
        row.before().set(bytes(9), 0, 1);
        listener.rowChange(row.set(3, Operation.UPDATE, 5, T, W));
        listener.rowChange(row.set(4, Operation.DELETE, 0, W, null));
        listener.commit(5);
    }

    private static List<Object> decode(ChangeDecoder decoder, byte[] block) {
        Log log = new Log();
        decoder.decode(new ByteSlice(block), log);
        return log.entries;
    }

    @Test
    void everythingThatIsWrittenIsRead() {
        Log written = new Log();
        transaction(written);
        ChangeEncoder encoder = new ChangeEncoder();
        transaction(encoder);
        assertThat(decode(new ChangeDecoder(), encoder.toBytes())).isEqualTo(written.entries);
        assertThat(encoder.slice().length()).isEqualTo(encoder.size());
    }

    @Test
    void aSchemaIsWrittenOnceUntilReset() {
        ChangeEncoder encoder = new ChangeEncoder();
        ChangeDecoder decoder = new ChangeDecoder();
        transaction(encoder);
        List<Object> first = decode(decoder, encoder.toBytes());
        int size = encoder.size();
        encoder.clear();
        transaction(encoder);
        assertThat(encoder.size()).isLessThan(size);
        assertThat(decode(decoder, encoder.toBytes())).isEqualTo(first);
        assertThat(decoder.schemaCount()).isEqualTo(2);
        encoder.reset();
        transaction(encoder);
        assertThat(decode(new ChangeDecoder(), encoder.toBytes())).isEqualTo(first);
    }

    @Test
    void anEqualSchemaIsTheSameSchema() {
        ChangeEncoder encoder = new ChangeEncoder();
        transaction(encoder);
        int size = encoder.size();
        TableSchema equal = new TableSchema(
                T.name(),
                T.columns().stream()
                        .map(c -> new ColumnSchema(
                                c.name(),
                                c.declaredType(),
                                c.notNull(),
                                c.primaryKeyIndex(),
                                c.generated(),
                                c.defaultValue() instanceof byte[] b ? b.clone() : c.defaultValue()))
                        .toList(),
                false,
                false,
                0,
                T.encoding(),
                T.schemaLsn(),
                T.sql());
        RowChange row = new RowChange();
        row.after().set(bytes(1), 0, 1);
        encoder.rowChange(row.set(0, Operation.CREATE, 1, null, equal));
        assertThat(encoder.size() - size).isEqualTo(8);
    }

    @Test
    void schemasCanBeTakenBack() {
        ChangeEncoder encoder = new ChangeEncoder();
        transaction(encoder);
        ChangeDecoder decoder = new ChangeDecoder();
        List<Object> first = decode(decoder, encoder.toBytes());
        decoder.keepSchemas(0);
        assertThat(decode(decoder, encoder.toBytes())).isEqualTo(first);
    }

    @Test
    void aCutBlockIsATypedErrorOrEndsBetweenEntries() {
        ChangeEncoder encoder = new ChangeEncoder();
        transaction(encoder);
        byte[] block = encoder.toBytes();
        int whole = 0;
        for (int length = 0; length < block.length; length++) {
            try {
                new ChangeDecoder().decode(new ByteSlice(block, 0, length), new Log());
                whole++;
            } catch (DoLakeException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.CHANGE_LOG_CORRUPT);
            }
        }
        // Nothing, and after begin, two schemas, two schema changes and three rows.
        assertThat(whole).isEqualTo(9);
    }

    @Test
    void aDamagedBlockIsATypedErrorOrOtherEntries() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        ChangeEncoder encoder = new ChangeEncoder();
        transaction(encoder);
        byte[] block = encoder.toBytes();
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = block.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            try {
                new ChangeDecoder().decode(new ByteSlice(damaged), new Log());
            } catch (DoLakeException e) {
                assertThat(e.code())
                        .as("seed %d", seed)
                        .isIn(ErrorCode.CHANGE_LOG_CORRUPT, ErrorCode.INVALID_DATABASE_FILE);
            }
        }
    }

    @Test
    void aSchemaThatWasNotWrittenIsAnError() {
        byte[] row = {ChangeEncoder.ROW_CHANGE, 0, 0, 2, 0, 1, 0};
        assertThatThrownBy(() -> decode(new ChangeDecoder(), row)).hasMessageContaining("table schema 1 of 0");
    }
}
