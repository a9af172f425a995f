/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.ChangeEncoder;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.Operation;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Makes batches as a server sends them. */
final class Changes {
    private static final byte[] RECORD_OF_ONE_NULL = {2, 0};

    private Changes() {}

    /** A transaction that inserts a row into the table; the encoder knows the schemas that were sent before. */
    static byte[] batch(long sequence, ChangeEncoder encoder, long lsn, String table) {
        encoder.clear();
        encoder.begin(new Lsn(lsn), 0);
        TableSchema schema = new TableSchema(
                table,
                List.of(new ColumnSchema("id", "INTEGER", false, 1, ColumnSchema.Generated.NO, null)),
                false,
                false,
                0,
                TextEncoding.UTF_8,
                Lsn.ZERO,
                "CREATE TABLE " + table + "(id INTEGER PRIMARY KEY)");
        RowChange change = new RowChange().set(0, Operation.CREATE, 1, null, schema);
        change.after().set(RECORD_OF_ONE_NULL, 0, RECORD_OF_ONE_NULL.length);
        encoder.rowChange(change);
        encoder.commit(1);
        byte[] block = encoder.toBytes();
        return ByteBuffer.allocate(Long.BYTES + block.length)
                .putLong(sequence)
                .put(block)
                .array();
    }

    /** Names of the tables that the rows of a batch belong to. */
    static List<String> tables(CdcStream.Message message) {
        Seen seen = new Seen();
        ((CdcStream.Batch) message).decode(seen);
        return seen.tables;
    }

    /** LSNs of the transactions that begin in a batch. */
    static List<Long> lsns(CdcStream.Message message) {
        Seen seen = new Seen();
        ((CdcStream.Batch) message).decode(seen);
        return seen.lsns;
    }

    private static final class Seen implements ChangeListener {
        private final List<String> tables = new ArrayList<>();
        private final List<Long> lsns = new ArrayList<>();

        @Override
        public void begin(Lsn lsn, long commitTimeMs) {
            lsns.add(lsn.value());
        }

        @Override
        public void schemaChange(SchemaChange change) {}

        @Override
        public void rowChange(RowChange change) {
            tables.add(change.schema().name());
        }

        @Override
        public void commit(long events) {}
    }
}
