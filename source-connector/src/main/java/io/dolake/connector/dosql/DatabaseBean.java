/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.Suspension;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** One database of a task in JMX. */
final class DatabaseBean implements DatabaseMXBean {
    private final DatabaseState state;
    private final Consumer<String> resume;

    DatabaseBean(DatabaseState state, Consumer<String> resume) {
        this.state = state;
        this.resume = resume;
    }

    @Override
    public String getState() {
        return state.now().state().name();
    }

    private String of(Function<Suspension, String> part) {
        Suspension suspension = state.now().suspension();
        return suspension == null ? "" : part.apply(suspension);
    }

    @Override
    public String getCode() {
        return of(suspension -> suspension.code().name());
    }

    @Override
    public String getReason() {
        return of(Suspension::reason);
    }

    @Override
    public String getSuspendedAt() {
        return of(Suspension::position);
    }

    @Override
    public String getSince() {
        return of(suspension -> suspension.since().toString());
    }

    @Override
    public String getRemedy() {
        return of(Suspension::remedy);
    }

    @Override
    public String getPosition() {
        return state.position();
    }

    @Override
    public boolean isConnected() {
        return state.isConnected();
    }

    @Override
    public long getMilliSecondsBehindSource() {
        return state.lagMs();
    }

    @Override
    public Map<String, String> getTableStates() {
        Map<String, String> tables = new TreeMap<>();
        DatabaseStates.names(state).stream()
                .limit(DatabaseStates.MAX_TABLES_LISTED)
                .forEach(table -> tables.put(table, state.state(table).name()));
        return tables;
    }

    @Override
    public long getSkippedChanges() {
        return state.faults().values().stream().mapToLong(TableFault::skipped).sum();
    }

    @Override
    public void resume() {
        resume.accept(state.database());
    }

    @Override
    public void resumeTable(String table) {
        resume.accept(state.database() + "." + table);
    }
}
