/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.Lsn;
import io.dolake.schemas.RunState;
import io.dolake.schemas.Suspension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What one database and its tables are doing. The thread of the task writes, any thread reads: what is read belongs together
 * only as far as it stands in one field.
 */
final class DatabaseState {
    private final String database;
    private final Duration silence;
    private final Changes changes;

    /** What a person may want to know of the database as a whole. */
    record Now(RunState state, Suspension suspension) {}

    private volatile Now now = new Now(RunState.STARTING, null);
    private volatile String epoch = "";
    private volatile Position position;
    private volatile Map<String, TableFault> faults = Map.of();
    private volatile List<String> pending = List.of();
    private volatile Supplier<List<String>> tables = List::of;
    private String faultsSeen = "";
    private String pendingSeen = "";

    private volatile boolean linked;
    private volatile long wordNanos = System.nanoTime();
    private volatile long polledNanos = wordNanos;
    private volatile long lagAtWordMs;

    private record Position(Lsn lsn, long event) {}

    /** Told of every change of state, on the thread of the task. */
    interface Changes {
        /** @param table null for the database itself */
        void changed(DatabaseState database, String table, RunState state, Suspension suspension);
    }

    /** @param silence after so long without a word of the engine, the database counts as not connected */
    DatabaseState(String database, Duration silence, Changes changes) {
        this.database = database;
        this.silence = silence;
        this.changes = changes;
    }

    String database() {
        return database;
    }

    Now now() {
        return now;
    }

    void is(RunState state) {
        put(new Now(state, null));
    }

    void suspended(Suspension reason) {
        linked = false;
        put(new Now(RunState.SUSPENDED, reason));
    }

    private void put(Now next) {
        if (!next.equals(now)) {
            now = next;
            changes.changed(this, null, next.state(), next.suspension());
        }
    }

    /** Where the tables that are known can be read, from any thread. */
    void knows(Supplier<List<String>> known) {
        tables = known;
    }

    /** The engine has spoken; what was received lies so far back. */
    void heard(long lagMs) {
        linked = true;
        lagAtWordMs = Math.max(0, lagMs);
        wordNanos = System.nanoTime();
        polledNanos = wordNanos;
    }

    /** The stream was looked at, and had nothing; whether it has been silent for too long. */
    boolean silent() {
        polledNanos = System.nanoTime();
        return polledNanos - wordNanos > silence.toNanos();
    }

    void disconnected() {
        linked = false;
    }

    Duration silence() {
        return silence;
    }

    /** Takes over where the offset stands; tells of tables whose state is another one. */
    void at(DoSqlOffsetContext offset) {
        if (!epoch.equals(offset.epoch())) {
            epoch = offset.epoch();
        }
        Position known = position;
        if (known == null || known.event != offset.event() || !known.lsn.equals(offset.lsn())) {
            position = new Position(offset.lsn(), offset.event());
        }
        // both texts are made anew only when they change, and this is called for each row of a snapshot beside
        String faultsNow = offset.faults().toString();
        String pendingNow = offset.pendingResnapshots().toString();
        if (faultsNow.equals(faultsSeen) && pendingNow.equals(pendingSeen)) {
            return;
        }
        faultsSeen = faultsNow;
        pendingSeen = pendingNow;
        Map<String, TableFault> before = faults;
        List<String> pendingBefore = pending;
        faults = offset.faults().byTable();
        pending = offset.pendingResnapshots().pending();
        Map<String, Boolean> names = new TreeMap<>();
        before.keySet().forEach(name -> names.put(name, true));
        faults.keySet().forEach(name -> names.put(name, true));
        pendingBefore.forEach(name -> names.put(name, true));
        pending.forEach(name -> names.put(name, true));
        names.keySet().forEach(name -> {
            RunState old = state(name, before, pendingBefore);
            TableFault fault = faults.get(name);
            boolean isOther = old != state(name) || !Objects.equals(before.get(name), fault);
            if (isOther) {
                changes.changed(this, name, state(name), fault == null ? null : fault.last());
            }
        });
    }

    private static RunState state(String table, Map<String, TableFault> faults, List<String> pending) {
        if (pending.contains(table)) {
            return RunState.SNAPSHOTTING;
        }
        TableFault fault = faults.get(table);
        return fault == null ? RunState.STREAMING : fault.state();
    }

    RunState state(String table) {
        return state(table, faults, pending);
    }

    Map<String, TableFault> faults() {
        return faults;
    }

    /** Tables that are about to be read. */
    List<String> pending() {
        return pending;
    }

    /** Tables whose definition is known, without order. */
    List<String> tables() {
        return tables.get();
    }

    String epoch() {
        return epoch;
    }

    /** LSN and event up to which changes are sent; empty before anything is known. */
    String position() {
        Position known = position;
        return known == null ? "" : known.lsn + ":" + known.event;
    }

    /** Whether the engine has spoken lately. */
    boolean isConnected() {
        return linked && polledNanos - wordNanos <= silence.toNanos();
    }

    /** How far behind the engine: as of its last word; without a word for too long it grows. */
    long lagMs() {
        long since = System.nanoTime() - wordNanos;
        boolean isFresh = linked && since <= silence.toNanos();
        return lagAtWordMs + (isFresh ? 0 : TimeUnit.NANOSECONDS.toMillis(since));
    }
}
