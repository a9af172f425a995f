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
 * The status of one database and its tables. The task's thread writes it, any thread reads it: values are consistent
 * with each other only within one field.
 */
final class DatabaseState {
    private final String database;
    private final Duration silence;
    private final Changes changes;

    /** The information about the database as a whole. */
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

    /** Listener for every change of state, on the task's thread. */
    interface Changes {
        /** @param table null for the database itself */
        void changed(DatabaseState database, String table, RunState state, Suspension suspension);
    }

    /** @param silence after this time without a message from the engine, the database counts as not connected */
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

    /** Makes the known tables readable from any thread. */
    void knows(Supplier<List<String>> known) {
        tables = known;
    }

    /** The engine has sent a message; the received changes are this old. */
    void heard(long lagMs) {
        linked = true;
        lagAtWordMs = Math.max(0, lagMs);
        wordNanos = System.nanoTime();
        polledNanos = wordNanos;
    }

    /** The stream was polled without a result; returns whether it has been silent for too long. */
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

    /** Adopts the state in the offset; reports tables whose state has changed. */
    void at(DoSqlOffsetContext offset) {
        if (!epoch.equals(offset.epoch())) {
            epoch = offset.epoch();
        }
        Position known = position;
        if (known == null || known.event != offset.event() || !known.lsn.equals(offset.lsn())) {
            position = new Position(offset.lsn(), offset.event());
        }
        // both texts are built again only when they change, as this is called for each row of a snapshot
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

    /** Tables whose definition is known, in no order. */
    List<String> tables() {
        return tables.get();
    }

    String epoch() {
        return epoch;
    }

    /** LSN and event up to which changes have been sent; empty before anything is known. */
    String position() {
        Position known = position;
        return known == null ? "" : known.lsn + ":" + known.event;
    }

    /** Whether the engine has sent a message lately. */
    boolean isConnected() {
        return linked && polledNanos - wordNanos <= silence.toNanos();
    }

    /** The lag behind the engine as of its last message; without a message for too long it grows. */
    long lagMs() {
        long since = System.nanoTime() - wordNanos;
        boolean isFresh = linked && since <= silence.toNanos();
        return lagAtWordMs + (isFresh ? 0 : TimeUnit.NANOSECONDS.toMillis(since));
    }
}
