/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.Operation;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** A change log written by hand, to be read from any LSN. */
final class ScriptedLog {
    static final long COMMIT_TIME_MS = 1_700_000_000_000L;

    private final List<Transaction> transactions = new ArrayList<>();

    /** A transaction under construction; events are numbered as they are added. */
    static final class Transaction {
        private final Lsn lsn;
        private final List<BiConsumer<ChangeListener, Long>> events = new ArrayList<>();

        Transaction(long lsn) {
            this.lsn = new Lsn(lsn);
        }

        Transaction insert(TableSchema table, long rowid, Object... values) {
            return row(Operation.CREATE, rowid, null, null, table, values);
        }

        Transaction update(TableSchema table, long rowid, Object[] before, Object... after) {
            return row(Operation.UPDATE, rowid, table, before, table, after);
        }

        Transaction delete(TableSchema table, long rowid, Object... values) {
            return row(Operation.DELETE, rowid, table, values, null, null);
        }

        Transaction row(
                Operation operation,
                long rowid,
                TableSchema beforeSchema,
                Object[] before,
                TableSchema afterSchema,
                Object[] after) {
            events.add((listener, event) -> {
                RowChange change = new RowChange().set(event, operation, rowid, beforeSchema, afterSchema);
                if (before != null) {
                    byte[] record = Fixtures.record(before);
                    change.before().set(record, 0, record.length);
                }
                if (after != null) {
                    byte[] record = Fixtures.record(after);
                    change.after().set(record, 0, record.length);
                }
                listener.rowChange(change);
            });
            return this;
        }

        Transaction ddl(SchemaChange.Kind kind, String name, String previousName, TableSchema schema) {
            events.add((listener, event) -> listener.schemaChange(
                    new SchemaChange(event, kind, "table", name, previousName, kind + " " + name, schema)));
            return this;
        }
    }

    Transaction transaction(long lsn) {
        Transaction transaction = new Transaction(lsn);
        transactions.add(transaction);
        return transaction;
    }

    /** Hands over everything after the LSN. */
    void read(Lsn after, ChangeListener listener) {
        for (Transaction transaction : transactions) {
            if (transaction.lsn.isAfter(after)) {
                listener.begin(transaction.lsn, COMMIT_TIME_MS);
                for (int i = 0; i < transaction.events.size(); i++) {
                    transaction.events.get(i).accept(listener, (long) i);
                }
                listener.commit(transaction.events.size());
            }
        }
    }
}
