/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.testkit;

import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import java.util.ArrayList;
import java.util.List;

/**
 * Hands transactions on when their commit has come: a stream may end in the middle of one, and begins it again then.
 */
public final class WholeTransactions implements ChangeListener {
    private final ChangeListener next;
    private final List<Runnable> waiting = new ArrayList<>();

    public WholeTransactions(ChangeListener next) {
        this.next = next;
    }

    @Override
    public void begin(Lsn lsn, long commitTimeMs) {
        waiting.add(() -> next.begin(lsn, commitTimeMs));
    }

    @Override
    public void schemaChange(SchemaChange change) {
        waiting.add(() -> next.schemaChange(change));
    }

    @Override
    public void rowChange(RowChange change) {
        RowChange kept = change.copy();
        waiting.add(() -> next.rowChange(kept));
    }

    @Override
    public void commit(long events) {
        waiting.forEach(Runnable::run);
        waiting.clear();
        next.commit(events);
    }
}
